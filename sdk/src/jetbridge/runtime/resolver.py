"""Finding a task again on the worker: resolvers, by the dotted name in `--resolver`."""

from __future__ import annotations

import importlib
from collections.abc import Sequence
from typing import Protocol, cast

from jetbridge.errors import UsageError
from jetbridge.suggest import did_you_mean
from jetbridge.task import AnyTask, PythonFunctionTask

DEFAULT_RESOLVER = "jetbridge.runtime.resolver.default_task_resolver"


class TaskResolver(Protocol):
    """How a task is named in a container's arguments, and loaded from them."""

    def loader_args(self, task: AnyTask) -> list[str]:
        """The arguments after `--`."""
        ...

    def load_task(self, loader_args: Sequence[str]) -> AnyTask:
        """The task that the arguments name. Raises whatever importing the user's module raises."""
        ...


class DefaultTaskResolver:
    """`task-module M task-name T`: the attribute `T` of module `M`, as flytekit's default resolver has it."""

    def loader_args(self, task: AnyTask) -> list[str]:
        """The arguments after `--`."""
        return ["task-module", task.module_name, "task-name", task.short_name]

    def load_task(self, loader_args: Sequence[str]) -> AnyTask:
        """The task. Raises `UsageError` when the attribute is missing or no task."""
        _, module_name, _, task_name, *_ = loader_args
        module = importlib.import_module(module_name)
        found = getattr(module, task_name, None)
        if isinstance(found, PythonFunctionTask):
            return cast("AnyTask", found)
        raise UsageError(
            f"module {module_name!r} has no task {task_name!r}",
            hint=did_you_mean(task_name, [name for name, value in vars(module).items() if _is_task(value)]),
        )


def _is_task(value: object) -> bool:
    return isinstance(value, PythonFunctionTask)


default_task_resolver = DefaultTaskResolver()


_OURS = (DEFAULT_RESOLVER, "flytekit.core.python_auto_container.default_task_resolver")
"""flytekit's default resolver has the same arguments, so its name in a container's command means ours."""


def load_resolver(name: str) -> TaskResolver:
    """The resolver of a dotted name. Raises `UsageError`."""
    if name in _OURS:
        return default_task_resolver
    module_name, _, attribute = name.rpartition(".")
    try:
        return cast("TaskResolver", getattr(importlib.import_module(module_name), attribute))
    except (ImportError, AttributeError, ValueError) as error:
        raise UsageError(
            f"the resolver {name!r} cannot be loaded: {error}",
            hint="Install the distribution that has it in the task's image.",
        ) from error
