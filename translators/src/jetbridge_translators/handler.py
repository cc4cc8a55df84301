"""The seam of a task type: one record, found by the entry point group `jetbridge.plan` under FlyteIDL's task type."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import cast

from jetbridge.errors import RegistryError, UsageError
from jetbridge.idl import TaskTemplate
from jetbridge_translators.option import Option
from jetbridge_translators.planning import Planning
from jetbridge_translators.work import Work


@dataclass(frozen=True, slots=True)
class BuildContext:
    """What a handler is told beside the task.

    Attributes:
        inputs: The names of the inputs that the node binds, sorted.
        planning: What the user decides about the plan.
        workflow: The name of the workflow that runs.
    """

    inputs: tuple[str, ...]
    planning: Planning = field(default_factory=Planning)
    workflow: str = ""

    def option(self, option: Option) -> str:
        """What the user says of an option of the handler's own. Raises `UsageError` for what is none of its choices."""
        value = self.planning.options.get(option.name, option.default)
        if option.choices and value not in option.choices:
            raise UsageError(
                f"--{option.name} cannot be {value!r}", hint=f"Choose one of: {', '.join(option.choices)}."
            )
        return value


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskHandler:
    """What the owner of a task type gives: Flyte's BuildResource as a pure function.

    Attributes:
        build_resource: The task to the work it asks of a back end. Raises `jetbridge.errors.JetbridgeError` for a task
            whose `custom` or target the handler cannot use.
        shapes: The kinds of work that it gives; anything else is an error of the plugin.
        summary: One line for `jetbridge plugins`.
        options: What the user may decide about tasks of this type, whatever the back end: `BuildContext.option`.
    """

    build_resource: Callable[[TaskTemplate, BuildContext], Work]
    shapes: tuple[type[Work], ...]
    summary: str = ""
    options: tuple[Option, ...] = ()


def checked(work: object, handler: TaskHandler, task_type: str) -> Work:
    """What a handler gave. Raises `RegistryError` when it is not of the shapes that the handler promises."""
    if type(work) in handler.shapes:
        return cast("Work", work)
    promised = " or ".join(shape.__name__ for shape in handler.shapes)
    raise RegistryError(
        f"the plugin of task type {task_type!r} gave a {type(work).__name__}, and promises {promised}",
        hint="Report it to the plugin's authors: `jetbridge plugins` names their distribution.",
    )
