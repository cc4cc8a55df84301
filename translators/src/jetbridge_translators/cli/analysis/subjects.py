"""What an analysis looks at: one workflow, or all that a package or a module holds."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from jetbridge.cli.console import author_output
from jetbridge.cli.options import serialization_settings
from jetbridge.cli.target import Target, load_target
from jetbridge.launch_plan import LaunchPlan
from jetbridge.package import Package, read_package
from jetbridge.package_closure import closure_from_package, launchable_names
from jetbridge.serialize.closure import Closure, runnable_closure_of
from jetbridge.serialize.settings import SerializationSettings


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
    if target.endswith((".tgz", ".tar.gz")) and Path(target).is_file():
        package = read_package(Path(target))
        names = launchable_names(package)
        if len(names) > 1:
            return Subjects(tuple(_held(package, name) for name in names))
    loaded = load_target(target)
    settings = serialization_settings(images, loaded.source_root)
    if len(loaded.launch_plans) > 1:
        plans = tuple(_written(plan, settings) for plan in loaded.launch_plans)
        return Subjects(plans, loaded.source_root)
    return Subjects((_one(loaded, settings),), loaded.source_root)


def _one(loaded: Target, settings: SerializationSettings) -> Subject:
    name = loaded.launch_plans[0].name if loaded.launch_plans else loaded.name
    return Subject(name, lambda: loaded.close(settings))


def _held(package: Package, name: str) -> Subject:
    return Subject(name, partial(closure_from_package, package, name))


def _written(plan: LaunchPlan, settings: SerializationSettings) -> Subject:
    def close() -> Closure:
        with author_output():
            return runnable_closure_of(plan, settings)

    return Subject(plan.name, close)
