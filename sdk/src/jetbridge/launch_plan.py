"""`LaunchPlan`: a workflow with inputs filled in, and perhaps a schedule."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from datetime import timedelta
from typing import Any, TypeAlias

from jetbridge.errors import UsageError
from jetbridge.flytekit_options import LAUNCH_PLAN, refuse_options
from jetbridge.suggest import did_you_mean
from jetbridge.workflow import AnyWorkflow


@dataclass(frozen=True, slots=True)
class CronSchedule:
    """A schedule in cron's five fields or an alias such as `@daily`.

    Attributes:
        schedule: The cron expression.
        kickoff_time_input_arg: A datetime input that receives the scheduled time.
    """

    schedule: str
    kickoff_time_input_arg: str | None = None

    def __post_init__(self) -> None:
        if self.schedule.lower() not in _ALIASES and not _CRON.fullmatch(self.schedule.strip()):
            raise UsageError(
                f"{self.schedule!r} is no cron schedule",
                hint=f"Write five fields, such as `0 6 * * 1-5`, or one of {', '.join(_ALIASES[:6])}.",
            )


_CRON = re.compile(r"[\d*?/,LW#A-Za-z-]+(\s+[\d*?/,LW#A-Za-z-]+){4}")
# Flyte's own older words (flytekit `core/schedule.py`).
_OLD_ALIASES = (
    *("hourly", "hours", "daily", "days", "weekly", "weeks"),
    *("monthly", "months", "annually", "yearly", "years"),
)
_ALIASES = ("@hourly", "@daily", "@weekly", "@monthly", "@annually", "@yearly", *_OLD_ALIASES)


@dataclass(frozen=True, slots=True)
class FixedRate:
    """A schedule with a constant delay: whole minutes, hours or days.

    Attributes:
        duration: The delay.
        kickoff_time_input_arg: A datetime input that receives the scheduled time.
    """

    duration: timedelta
    kickoff_time_input_arg: str | None = None

    def __post_init__(self) -> None:
        if self.duration < timedelta(minutes=1) or self.duration % timedelta(minutes=1):
            raise UsageError(
                f"a fixed rate of {self.duration} is not whole minutes", hint="Use minutes, hours or days."
            )


Schedule: TypeAlias = CronSchedule | FixedRate


@dataclass(frozen=True, slots=True, kw_only=True)
class LaunchPlan:
    """A workflow with defaults, fixed inputs and a schedule. Use `get_or_create`, as in flytekit.

    Attributes:
        workflow: What is launched.
        name: The launch plan's name; the workflow's own for its default launch plan.
        default_inputs: Values that a run may replace, by input.
        fixed_inputs: Values that no run may replace, by input.
        schedule: When it runs by itself.
        max_parallelism: The most nodes at a time; 0 for no limit.
        labels: Kubernetes labels of a run.
        annotations: Kubernetes annotations of a run.
    """

    workflow: AnyWorkflow
    name: str
    default_inputs: Mapping[str, object] = field(default_factory=dict[str, object])
    fixed_inputs: Mapping[str, object] = field(default_factory=dict[str, object])
    schedule: Schedule | None = None
    max_parallelism: int = 0
    labels: Mapping[str, str] = field(default_factory=dict[str, str])
    annotations: Mapping[str, str] = field(default_factory=dict[str, str])

    @classmethod
    def get_or_create(
        cls,
        workflow: AnyWorkflow,
        name: str | None = None,
        default_inputs: Mapping[str, object] | None = None,
        fixed_inputs: Mapping[str, object] | None = None,
        schedule: Schedule | None = None,
        max_parallelism: int | None = None,
        labels: Mapping[str, str] | None = None,
        annotations: Mapping[str, str] | None = None,
        **unknown: Any,
    ) -> LaunchPlan:
        """A launch plan of a workflow; the default one when only the workflow is given.

        Raises:
            UsageError: inputs without a name, inputs the workflow does not have, or an option that does not exist
                (`unknown` catches those of flytekit that are not supported yet).
        """
        known = [option.name for option in fields(cls)]
        refuse_options("LaunchPlan", unknown, known, LAUNCH_PLAN)
        if name is None and (default_inputs or fixed_inputs or schedule):
            raise UsageError("a launch plan with inputs or a schedule needs a name", hint='Give `name="…"`.')
        for given in (*(default_inputs or {}), *(fixed_inputs or {})):
            if given not in workflow.interface.inputs:
                raise UsageError(
                    f"workflow {workflow.name!r} has no input {given!r}",
                    hint=did_you_mean(given, workflow.interface.inputs),
                )
        return cls(
            workflow=workflow,
            name=name or workflow.name,
            default_inputs=dict(default_inputs or {}),
            fixed_inputs=dict(fixed_inputs or {}),
            schedule=schedule,
            max_parallelism=max_parallelism or 0,
            labels=dict(labels or {}),
            annotations=dict(annotations or {}),
        )

    @classmethod
    def create(cls, name: str, workflow: AnyWorkflow, **options: Any) -> LaunchPlan:
        """The same as `get_or_create`, with the name first, as flytekit has it."""
        return cls.get_or_create(workflow, name, **options)

    @classmethod
    def get_default_launch_plan(cls, context: object, workflow: AnyWorkflow) -> LaunchPlan:
        """The launch plan that has the workflow's own defaults; `context` is flytekit's and is not used."""
        return cls(workflow=workflow, name=workflow.name)
