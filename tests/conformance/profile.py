"""What the kit must be told of a back end beside its record: how files are checked, and where a real engine is.

The profile of a back end is `PROFILE` of `tests/conformance/backends/<name>.py`, or the entry point of that name in the
group `jetbridge.conformance`. Nothing else in the kit knows a back end.
"""

from __future__ import annotations

import importlib
import importlib.util
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

import pytest

from jetbridge.entry_points import discover, find_optional
from jetbridge_translators import registry
from tests.conformance.case import GOLDENS, Case
from tests.conformance.read_back.graph import ReadBack

GROUP = "jetbridge.conformance"
CLUSTER = "cluster"
find = cache(discover)
"""Entry points, read once: each look-up takes 12 ms here."""
Options = Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Writing:
    """A back end's files for a case at one version, with some of its options."""

    backend: str
    target: str
    options: Options = field(default_factory=dict[str, str])

    @property
    def name(self) -> str:
        """As the folder of its goldens is called."""
        return "-".join([self.backend, self.target, *self.options.values()])

    def __hash__(self) -> int:
        return hash(self.name)


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """What a back end wrote for a case."""

    case: str
    writing: Writing
    files: Mapping[str, bytes]


Validate = Callable[[Sequence[Written], Path], Sequence[str]]
"""T2: every problem that the engine's own tools find, as `<case> <writing>: <problem>`; the folder is for its use."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """A way to run on a back end's engine.

    Attributes:
        name: Unique among all ways.
        marker: The pytest marker of its tests; empty where every machine can do it, `cluster` with a Kubernetes.
        options: Of the back end.
        all_cases: Whether a run is so cheap that every case is run, and not only the composite ones.
        at_once: How many runs go on at the same time.
        has: What there is for cases that need more than the engine.
        account: The kubeconfig of our own test cluster that has just the rights it needs.
    """

    name: str
    marker: str = ""
    options: Options = field(default_factory=dict[str, str])
    all_cases: bool = True
    at_once: int = 2
    has: frozenset[str] = frozenset()
    account: str = ""

    def takes(self, case: Case) -> bool:
        """Whether the case is run this way."""
        return (self.all_cases or case.composite) and self.has.issuperset(case.needs)


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """What the kit knows of a back end.

    Attributes:
        validate: The check of its files; None where it writes none.
        validate_marker: The pytest marker of that check; empty where it is quick on every machine.
        broken: A text of its files, and one in its place that the check must find.
        read_back: How the graph in its files is read; None where it writes none.
        ways: How it is run.
        variants: Sets of options with which it writes other files that must be seen; its names are the values.
        goldens: Where the files that it writes are kept, in a folder for each case.
        reference: Whether the others are compared with it. There is one.
    """

    validate: Validate | None = None
    validate_marker: str = ""
    broken: tuple[str, str] = ("task", "tisk")
    read_back: ReadBack | None = None
    ways: tuple[Way, ...] = ()
    variants: tuple[Options, ...] = ({},)
    goldens: Path = GOLDENS
    reference: bool = False


def marks(marker: str) -> list[pytest.MarkDecorator]:
    """What a test is marked with; nothing for an empty marker."""
    return [getattr(pytest.mark, marker)] if marker else []


def profile(backend: str) -> Profile | None:
    """The profile of a back end; None when nobody gives one."""
    module = f"tests.conformance.backends.{backend.replace('-', '_')}"
    if importlib.util.find_spec(module):
        return importlib.import_module(module).PROFILE
    found = find_optional(GROUP, backend, find)
    return found if isinstance(found, Profile) else None


@cache
def profiles() -> dict[str, Profile]:
    """The profiles of the installed back ends that have one."""
    return {name: found for name in registry.backend_names(find) if (found := profile(name)) is not None}


def writings() -> tuple[Writing, ...]:
    """Every back end that translates, at its default version and its newest, in each of its variants."""
    return tuple(
        Writing(backend=name, target=target, options=options)
        for name, found in profiles().items()
        for backend in [registry.backend(name, find)]
        if backend.translate is not None
        for target in dict.fromkeys([backend.default_target, backend.targets[-1]])
        for options in found.variants
    )


def ways(*markers: str) -> tuple[tuple[str, Way], ...]:
    """The ways that have one of the markers, or all but those on a cluster, each with its back end's name."""
    return tuple(
        (name, way)
        for name, found in profiles().items()
        for way in found.ways
        if not found.reference and (way.marker in markers if markers else way.marker != CLUSTER)
    )


def reference() -> tuple[str, Way]:
    """The back end that the others are compared with, and how it is run."""
    ((name, found),) = ((name, found) for name, found in profiles().items() if found.reference)
    return name, found.ways[0]
