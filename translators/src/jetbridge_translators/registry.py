"""Back ends, task types and native overrides by name, all from entry points and checked when they are loaded."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from typing import TypeVar, cast

from jetbridge import entry_points
from jetbridge.entry_points import Discover, discover
from jetbridge.errors import JetbridgeError, RegistryError, UsageError
from jetbridge.idl import TaskTemplate
from jetbridge_translators.base import Backend, Lower
from jetbridge_translators.handler import BuildContext, TaskHandler
from jetbridge_translators.option import Option
from jetbridge_translators.plan.building import Handlers
from jetbridge_translators.planning import Planning
from jetbridge_translators.work import Work

BACKENDS = "jetbridge.backends"
PLAN = "jetbridge.plan"
DEFAULT = "jetbridge.plan.default"
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


def handlers(planning: Planning, find: Discover = discover) -> Handlers:
    """The look-up of a plan: a task type's owner, or for types that the user named the container that they carry.

    Entry points are read from disk, so each task type is looked up once.

    Raises:
        UsageError: a type that the user named has an owner.
    """
    for task_type in planning.as_container:
        if task_type in task_types(find):
            raise UsageError(
                f"--as-container {task_type}: that task type has an owner, which knows how it runs",
                hint="Leave the option out; `jetbridge plugins` lists what is installed.",
            )

    @cache
    def look_up(task_type: str) -> TaskHandler | None:
        return _as_container(find) if task_type in planning.as_container else handler(task_type, find)

    return look_up


def _as_container(find: Discover) -> TaskHandler:
    """A task as what it carries: the group's names are FlyteIDL's targets, as Flyte's default plugin serves them."""

    def build_resource(template: TaskTemplate, context: BuildContext) -> Work:
        target = template.WhichOneof("target")
        if target not in entry_points.names(DEFAULT, find):
            raise JetbridgeError(
                f"task {template.id.name!r} carries no container that could run, but {target or 'nothing'}",
                hint=f"Leave out `--as-container {template.type}`: the type needs a plugin.",
            )
        return default_handler(target, find).build_resource(template, context)

    shapes = (shape for name in entry_points.names(DEFAULT, find) for shape in default_handler(name, find).shapes)
    return TaskHandler(build_resource=build_resource, shapes=tuple(dict.fromkeys(shapes)))


def default_handler(target: str, find: Discover = discover) -> TaskHandler:
    """Who runs what a task carries, by FlyteIDL's name of the target. Raises `RegistryError`."""
    return _checked(entry_points.load(DEFAULT, target, find), TaskHandler, DEFAULT, target)


def task_types(find: Discover = discover) -> tuple[str, ...]:
    """The task types that have a handler."""
    return entry_points.names(PLAN, find)


def planning_options(find: Discover = discover) -> Mapping[str, tuple[Option, tuple[str, ...]]]:
    """The options that owners of task types offer, by name, each with its task types; a broken owner offers none."""
    found: dict[str, tuple[Option, tuple[str, ...]]] = {}
    for task_type in task_types(find):
        for option in _options_of(task_type, find):
            found[option.name] = (option, (*found.get(option.name, (option, ()))[1], task_type))
    return found


def _options_of(task_type: str, find: Discover) -> tuple[Option, ...]:
    try:
        owner = handler(task_type, find)
    except RegistryError:
        return ()
    return owner.options if owner is not None else ()


def lowering(backend_name: str, task_type: str, find: Discover = discover) -> Lower | None:
    """The native override of a task type on a back end, or `Unsupported`; None when there is none."""
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
