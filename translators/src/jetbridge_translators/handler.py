"""The seam of a task type: one record, found by the entry point group `jetbridge.plan` under FlyteIDL's task type."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from jetbridge.idl import TaskTemplate
from jetbridge_translators.work import Work


@dataclass(frozen=True, slots=True)
class BuildContext:
    """What a handler is told beside the task.

    Attributes:
        inputs: The names of the inputs that the node binds, sorted.
    """

    inputs: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskHandler:
    """What the owner of a task type gives: Flyte's BuildResource as a pure function.

    Attributes:
        build_resource: The task to the work it asks of a back end. Raises `jetbridge.errors.JetbridgeError` for a task
            whose `custom` or target the handler cannot use.
        summary: One line for `jetbridge plugins`.
    """

    build_resource: Callable[[TaskTemplate, BuildContext], Work]
    summary: str = ""
