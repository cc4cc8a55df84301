"""Back ends, task types and native overrides by name, all from entry points and checked when they are loaded."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar, cast

from jetbridge import entry_points
from jetbridge.entry_points import Discover, discover
from jetbridge.errors import RegistryError
from jetbridge_translators.base import Backend, Lower
from jetbridge_translators.handler import TaskHandler

BACKENDS = "jetbridge.backends"
PLAN = "jetbridge.plan"
LOWER = "jetbridge.lower"
T = TypeVar("T")


def backend(name: str, find: Discover = discover) -> Backend:
    """The back end of a name. Raises `RegistryError`."""
    return _checked(entry_points.load(BACKENDS, name, find), Backend, BACKENDS, name)


def backend_names(find: Discover = discover) -> tuple[str, ...]:
    """The installed back ends."""
    return entry_points.names(BACKENDS, find)


def handler(task_type: str, find: Discover = discover) -> TaskHandler | None:
    """The handler of a task type; None when nobody owns it."""
    found = entry_points.find_optional(PLAN, task_type, find)
    return None if found is None else _checked(found, TaskHandler, PLAN, task_type)


def task_types(find: Discover = discover) -> tuple[str, ...]:
    """The task types that have a handler."""
    return entry_points.names(PLAN, find)


def lowering(backend_name: str, task_type: str, find: Discover = discover) -> Lower | None:
    """The native override of a task type on a back end; None when there is none."""
    group = f"{LOWER}.{backend_name}"
    found = entry_points.find_optional(group, task_type, find)
    return None if found is None else cast("Lower", _checked(found, Callable, group, task_type))


def _checked(found: object, kind: type[T] | object, group: str, name: str) -> T:
    if isinstance(found, cast("type[T]", kind)):
        return found
    raise RegistryError(
        f"{name!r} ({group}) is a {type(found).__name__}, which is not what that group holds",
        hint="See docs/guide/write-a-plugin.md for what each entry point group holds.",
    )
