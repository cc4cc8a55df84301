"""What is installed, as data: each task type, who owns it, and what each back end makes of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib.metadata import EntryPoint

from jetbridge.entry_points import Discover, discover, owner, version
from jetbridge.errors import RegistryError
from jetbridge_translators import registry
from jetbridge_translators.base import Backend, Unsupported
from jetbridge_translators.capability import Level
from jetbridge_translators.plan.check import shape_feature
from jetbridge_translators.work import Work

OWN_OPERATOR = "own operator"
BROKEN = "broken"


@dataclass(frozen=True, slots=True)
class Support:
    """What a back end makes of one kind of work of a task type.

    Attributes:
        level: `own operator`, `native`, `emulated`, `refused` or `broken`.
        shape: The kind of work as a feature, such as `container-work`; empty where it does not matter.
        how: How, or for what is refused why.
        hint: The way out of a refusal.
    """

    level: str
    shape: str = ""
    how: str = ""
    hint: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskType:
    """A task type that somebody owns.

    Attributes:
        name: FlyteIDL's task type.
        owner: The distribution; several where they dispute it.
        version: Its version.
        summary: One line.
        error: Why it cannot be used; empty where it can.
        hint: What helps.
        backends: What each back end makes of it.
    """

    name: str
    owner: str
    version: str
    summary: str = ""
    error: str = ""
    hint: str = ""
    backends: Mapping[str, tuple[Support, ...]] = field(default_factory=dict[str, tuple[Support, ...]])


def catalog(find: Discover = discover) -> tuple[TaskType, ...]:
    """Every task type that has an owner, sorted; what cannot be loaded says so in its place."""
    backends = {name: registry.backend(name, find) for name in registry.backend_names(find)}
    points = find(registry.PLAN)
    return tuple(
        _task_type(name, [point for point in points if point.name == name], backends, find)
        for name in registry.task_types(find)
    )


def _task_type(name: str, points: list[EntryPoint], backends: Mapping[str, Backend], find: Discover) -> TaskType:
    owners = ", ".join(dict.fromkeys(map(owner, points)))
    versions = ", ".join(dict.fromkeys(map(version, points)))
    try:
        handler = registry.handler(name, find)
    except RegistryError as error:
        return TaskType(name=name, owner=owners, version=versions, error=error.message, hint=error.hint)
    assert handler is not None  # noqa: S101 -- its name comes from the same entry points
    supports = {each: _supports(name, handler.shapes, backend, find) for each, backend in backends.items()}
    return TaskType(name=name, owner=owners, version=versions, summary=handler.summary, backends=supports)


def _supports(name: str, shapes: tuple[type[Work], ...], backend: Backend, find: Discover) -> tuple[Support, ...]:
    try:
        override = registry.lowering(backend.name, name, find)
    except RegistryError as error:
        return (Support(BROKEN, how=error.message, hint=error.hint),)
    if isinstance(override, Unsupported):
        return (Support(Level.REFUSED.value, how=override.reason, hint=override.workaround),)
    if override is not None:
        return (Support(OWN_OPERATOR),)
    return tuple(_by_shape(shape_feature(shape), backend) for shape in shapes)


def _by_shape(shape: str, backend: Backend) -> Support:
    cell = next((cell for cell in backend.capabilities if cell.feature == shape), None)
    if cell is None:
        return Support(Level.REFUSED.value, shape, f"{backend.name} says nothing about it")
    return Support(cell.level.value, shape, cell.how, cell.workaround)
