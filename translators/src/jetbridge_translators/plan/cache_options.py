"""What our entrypoint is told of a task that is cached."""

from __future__ import annotations

from collections.abc import Sequence

from jetbridge.errors import JetbridgeError
from jetbridge.idl import TaskTemplate, TypedInterface
from jetbridge.runtime.cache_interface import interface_text
from jetbridge_translators.plan.features import uses
from jetbridge_translators.plan.macros import FLYTEKIT_MAP_ENTRYPOINT, MAP_ENTRYPOINT
from jetbridge_translators.plan.model import Plan
from jetbridge_translators.work import Macro, Templated, Text

_OF_MAPS = (MAP_ENTRYPOINT, FLYTEKIT_MAP_ENTRYPOINT)


def cache_options(template: TaskTemplate, args: Sequence[str]) -> tuple[Templated, ...]:
    """The options of a cached task; none for another, and none for a task without outputs, which Flyte never caches.

    Args:
        template: The task.
        args: The container's arguments in it. The elements of a map have entries of their own, by their own values.

    Raises:
        JetbridgeError: the task has no cache version.
    """
    metadata = template.metadata
    if not metadata.discoverable or not template.interface.outputs.variables:
        return ()
    if not metadata.discovery_version.strip():
        raise JetbridgeError(
            f"task {template.id.name!r} is cached, and has no cache version",
            hint='Give one: `@task(cache=True, cache_version="1")`.',
        )
    return (
        Text(("--cache-root=", Macro.STORE)),
        f"--cache-task={template.id.name}",
        f"--cache-version={metadata.discovery_version}",
        f"--cache-interface={interface_text(called_interface(template, args))}",
        *(f"--cache-ignore={name}" for name in sorted(metadata.cache_ignore_input_vars)),
        *(("--cache-serialize",) if metadata.cache_serializable else ()),
        Text(("--cache-overwrite=", Macro.OVERWRITE_CACHE)),
    )


def is_cached(plan: Plan) -> bool:
    """Whether a task of a plan is told of the cache."""
    return any(use.feature == "task-cache" for use in uses(plan))


def called_interface(template: TaskTemplate, args: Sequence[str]) -> TypedInterface:
    """What a command is called with: of a map task, whose interface has lists, the interface of an element."""
    whole = bound_inputs(args)
    if whole is None:
        return template.interface
    element = TypedInterface()
    element.CopyFrom(template.interface)
    for name, variable in template.interface.inputs.variables.items():
        if name not in whole:
            element.inputs.variables[name].type.CopyFrom(variable.type.collection_type)
    for name, variable in template.interface.outputs.variables.items():
        element.outputs.variables[name].type.CopyFrom(variable.type.collection_type)
    return element


def bound_inputs(args: Sequence[str]) -> frozenset[str] | None:
    """The inputs that every element of a map takes whole; None where the command is not that of a map."""
    at = next((at for at, word in enumerate(args) if word in _OF_MAPS), None)
    if at is None:
        return None
    # `-- vars A,B …`: the command itself may stand behind a `--` of another one.
    return frozenset(args[args.index("--", at) + 2].split(","))
