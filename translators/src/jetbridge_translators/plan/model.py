"""The plan: a workflow as every translator reads it, made from the FlyteIDL closure by one pure function.

It is never stored and never built by users, and it holds nothing that the closure lacks.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from jetbridge.bindings import Bind
from jetbridge.errors import Location
from jetbridge.idl import Literal, LiteralType, TaskTemplate
from jetbridge_translators.work import Work


@dataclass(frozen=True, slots=True, kw_only=True)
class Input:
    """A workflow input; `default` is absent where a value is required, `fixed` where nobody may set it."""

    name: str
    type: LiteralType
    default: Literal | None = None
    fixed: bool = False
    description: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Output:
    """A workflow output and where it comes from."""

    name: str
    type: LiteralType
    bind: Bind


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One task node.

    Attributes:
        id: The node id, unique in its workflow.
        path: The node's path below the run root, unique in the run.
        name: A readable name, unique in the plan (a Python identifier): `fit`, or `fit_n2` where `fit` occurs twice.
        task_type: FlyteIDL's task type.
        template: The task.
        args: The binding of each input that has one.
        after: Ids of the steps that must have succeeded before.
        retries: How often another attempt may follow a recoverable failure.
        timeout: The longest time of one attempt; None for no limit.
        interruptible: Whether the attempt may run where it can be pre-empted; None when the author did not say.
        work: What the node asks of the back end.
        location: The author's line.
    """

    id: str
    path: str
    name: str
    task_type: str
    template: TaskTemplate
    args: Mapping[str, Bind]
    after: tuple[str, ...]
    retries: int
    timeout: timedelta | None
    interruptible: bool | None
    work: Work
    location: Location | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Schedule:
    """When a launch plan runs by itself: a cron expression of five fields or an alias, or a constant delay."""

    cron: str = ""
    rate: timedelta | None = None
    kickoff_time_input: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """A workflow: steps in topological order.

    Attributes:
        name: The workflow's name, or the launch plan's where that has one of its own, such as `penguins.pipeline`.
        description: The first line of the author's documentation.
        schedule: When it runs by itself; None for on demand.
    """

    name: str
    description: str
    inputs: tuple[Input, ...]
    steps: tuple[Step, ...]
    outputs: tuple[Output, ...]
    schedule: Schedule | None = None
