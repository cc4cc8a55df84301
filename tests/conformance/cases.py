"""The cases of the conformance matrix: workflows in `examples/`, and how each back end writes them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path

from google.protobuf import text_format

from jetbridge.cli.target import load_target
from jetbridge.serialize.closure import Closure
from jetbridge.serialize.settings import SerializationSettings
from jetbridge_translators import registry
from jetbridge_translators.api import Engine
from jetbridge_translators.base import Settings
from jetbridge_translators.plan.build import build
from jetbridge_translators.plan.model import Plan

ROOT = Path(__file__).parents[2]
GOLDEN = ROOT / "tests" / "golden"
IMAGE = "ghcr.io/example/tasks:1"
STORE = "s3://example/runs"


@dataclass(frozen=True, slots=True)
class Case:
    """A workflow of the examples."""

    file: str
    workflow: str

    @property
    def target(self) -> str:
        return f"{ROOT / 'examples' / self.file}:{self.workflow}"

    @property
    def golden(self) -> Path:
        return GOLDEN / f"{self.file.removesuffix('.py')}-{self.workflow}"


@dataclass(frozen=True, slots=True)
class Writing:
    """A way to write a workflow: a back end, its version and options."""

    backend: str
    target: str
    options: tuple[tuple[str, str], ...] = ()

    @property
    def name(self) -> str:
        return "-".join([self.backend, self.target, *(value for _, value in self.options)])

    @property
    def settings(self) -> Settings:
        return Settings(store=STORE, target=self.target, options=dict(self.options))


CASES = (Case("penguins.py", "pipeline"), Case("hello_spark.py", "my_spark"))


def writings() -> tuple[Writing, ...]:
    """Every installed back end that translates, at its default version and its newest, with each of its choices."""
    return tuple(
        Writing(name, target, options)
        for name in registry.backend_names()
        for backend in [registry.backend(name)]
        if backend.translate is not None
        for target in dict.fromkeys([backend.default_target, backend.targets[-1]])
        for options in _choices(name)
    )


def _choices(name: str) -> list[tuple[tuple[str, str], ...]]:
    """One set of options for each choice of the first option that has choices."""
    for option in registry.backend(name).options:
        if option.choices:
            return [((option.name, choice),) for choice in option.choices]
    return [()]


@cache
def closure(case: Case) -> Closure:
    return load_target(case.target).close(SerializationSettings(image=IMAGE, source_root=str(ROOT / "examples")))


@cache
def plan(case: Case) -> Plan:
    return build(closure(case), registry.handler)


def translate(case: Case, writing: Writing) -> dict[str, bytes]:
    return dict(Engine().translate(closure(case), writing.backend, writing.settings).files)


def closure_text(case: Case) -> str:
    """The closure as protobuf text, with the entries of maps sorted by protobuf itself."""
    found = closure(case)
    parts = [text_format.MessageToString(message) for message in (found.compiled, found.launch_plan)]
    return "\n# launch plan\n".join(parts)
