"""What an analysis looks at: one workflow, or all that a package or a module holds."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

from jetbridge.cli.options import serialization_settings
from jetbridge.cli.target import load_targets
from jetbridge.errors import UsageError
from jetbridge.serialize.closure import Closure


@dataclass(frozen=True, slots=True)
class Subject:
    """A workflow or launch plan.

    Attributes:
        name: How it is called as long as its closure cannot be made.
        close: Makes its closure.
    """

    name: str
    close: Callable[[], Closure]


@dataclass(frozen=True, slots=True)
class Subjects:
    """What TARGET names; `source_root` is the folder of the authors' files, empty for a package."""

    subjects: tuple[Subject, ...]
    source_root: str = ""


def subjects_of(target: str, images: Sequence[str]) -> Subjects:
    """What TARGET names. Raises `UsageError` or `InvalidPackageError`."""
    found = load_targets(target, images)
    if not found:
        raise UsageError(f"{target!r} has no workflow", hint="Tasks alone are run by a workflow: write one.")
    root = found[0].source_root
    settings = serialization_settings(images, root)
    return Subjects(tuple(Subject(each.name, partial(each.close, settings)) for each in found), root)
