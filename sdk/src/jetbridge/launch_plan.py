"""`LaunchPlan`: a workflow with inputs filled in, and perhaps a schedule."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any, TypeAlias, Unpack

from jetbridge.entity import NodeSettings
from jetbridge.errors import UsageError
from jetbridge.flytekit_options import LAUNCH_PLAN, refuse_options
from jetbridge.interface import Interface
from jetbridge.launch_options import (
    ConcurrencyPolicy,
    LaunchOptions,
    Notification,
    RawOutputDataConfig,
    SecurityContext,
    plain_values,
    security_of,
)
from jetbridge.suggest import did_you_mean
from jetbridge.trace import current_trace
from jetbridge.workflow import AnyWorkflow


@dataclass(frozen=True, slots=True)
class CronSchedule:
    """A schedule in cron's five fields or an alias such as `@daily`.

    Attributes:
        schedule: The cron expression.
        kickoff_time_input_arg: A datetime input that receives the scheduled time.
        offset: An ISO 8601 duration that is added to each time; Flyte's own scheduler does not look at it.
    """

    schedule: str
    kickoff_time_input_arg: str | None = None
    offset: str | None = None

    def __post_init__(self) -> None:
        if self.offset is not None and not _OFFSET.fullmatch(self.offset):
            raise UsageError(f"{self.offset!r} is no ISO 8601 duration", hint="Write it as `PT30M` or `P1D`.")
        if self.schedule.lower() not in _ALIASES and not _CRON.fullmatch(self.schedule.strip()):
            raise UsageError(
                f"{self.schedule!r} is no cron schedule",
                hint=f"Write five fields, such as `0 6 * * 1-5`, or one of {', '.join(_ALIASES[:6])}.",
            )


_CRON = re.compile(r"[\d*?/,LW#A-Za-z-]+(\s+[\d*?/,LW#A-Za-z-]+){4}")
_OFFSET = re.compile(r"[-+]?P([-+0-9YMWD]+)?(T([-+0-9HMS.,]+)?)?")
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
        notifications: Who is told when a run ends.
        raw_output_data_config: Where a run's files and tables go.
        security_context: Whom a run acts as.
        overwrite_cache: Whether cached outputs are made anew.
        concurrency: How many runs there may be at a time.
        auto_activate: Whether registering makes it active; not part of FlyteIDL.
    """

    workflow: AnyWorkflow
    name: str
    default_inputs: Mapping[str, object] = field(default_factory=dict[str, object])
    fixed_inputs: Mapping[str, object] = field(default_factory=dict[str, object])
    schedule: Schedule | None = None
    max_parallelism: int = 0
    labels: Mapping[str, str] = field(default_factory=dict[str, str])
    annotations: Mapping[str, str] = field(default_factory=dict[str, str])
    notifications: tuple[Notification, ...] = ()
    raw_output_data_config: RawOutputDataConfig | None = None
    security_context: SecurityContext | None = None
    overwrite_cache: bool = False
    concurrency: ConcurrencyPolicy | None = None
    auto_activate: bool = False

    @property
    def interface(self) -> Interface:
        """The workflow's, with this plan's values as defaults."""
        values = {**self.default_inputs, **self.fixed_inputs}
        own = self.workflow.interface
        inputs = {
            name: replace(variable, default=values[name]) if name in values else variable
            for name, variable in own.inputs.items()
        }
        return replace(own, inputs=inputs)

    @property
    def node_settings(self) -> NodeSettings:
        """The metadata of a node that runs it: the workflow's."""
        return self.workflow.node_settings

    def __call__(self, *args: object, **kwargs: object) -> Any:
        for name in kwargs:
            if name in self.fixed_inputs:
                raise UsageError(
                    f"input {name!r} of launch plan {self.name!r} is fixed",
                    hint="Leave it out, or launch the workflow.",
                )
        trace = current_trace()
        if trace is not None:
            return trace.call(self, args, kwargs)
        return self.workflow.invoke(args, {**self.default_inputs, **self.fixed_inputs, **kwargs})

    @classmethod
    def get_or_create(
        cls,
        workflow: AnyWorkflow,
        name: str | None = None,
        default_inputs: Mapping[str, object] | None = None,
        fixed_inputs: Mapping[str, object] | None = None,
        schedule: Schedule | None = None,
        **options: Unpack[LaunchOptions],
    ) -> LaunchPlan:
        """A launch plan of a workflow; the default one when only the workflow is given.

        Args:
            workflow: What is launched.
            name: The launch plan's name; needed when anything else is given.
            default_inputs: Values that a run may replace, by input.
            fixed_inputs: Values that no run may replace, by input.
            schedule: When it runs by itself.
            options: See `LaunchOptions`.

        Raises:
            UsageError: inputs without a name, inputs the workflow does not have, or an option that does not exist.
        """
        refuse_options("LaunchPlan", [each for each in options if each not in _OPTIONS], _OPTIONS, LAUNCH_PLAN)
        inputs = {**(default_inputs or {}), **(fixed_inputs or {})}
        if name is None:
            return cls._default(workflow, {"inputs": inputs or None, "schedule": schedule, **options})
        for given in inputs:
            if given not in workflow.interface.inputs:
                raise UsageError(
                    f"workflow {workflow.name!r} has no input {given!r}",
                    hint=did_you_mean(given, workflow.interface.inputs),
                )
        return cls(
            workflow=workflow,
            name=name,
            default_inputs=dict(default_inputs or {}),
            fixed_inputs=dict(fixed_inputs or {}),
            schedule=schedule,
            max_parallelism=options.get("max_parallelism") or 0,
            labels=plain_values(options.get("labels")),
            annotations=plain_values(options.get("annotations")),
            notifications=tuple(options.get("notifications") or ()),
            raw_output_data_config=options.get("raw_output_data_config"),
            security_context=security_of(options.get("security_context"), options.get("auth_role")),
            overwrite_cache=bool(options.get("overwrite_cache")),
            concurrency=options.get("concurrency"),
            auto_activate=options.get("auto_activate", False),
        )

    @classmethod
    def _default(cls, workflow: AnyWorkflow, options: Mapping[str, object]) -> LaunchPlan:
        for option, value in options.items():
            if value is not None and option != "auto_activate":
                what = "inputs or a schedule" if option in ("inputs", "schedule") else f"{option}="
                raise UsageError(f"a launch plan with {what} needs a name", hint='Give `name="…"`.')
        return cls(
            workflow=workflow,
            name=workflow.name,
            labels=plain_values(workflow.default_options.labels),
            annotations=plain_values(workflow.default_options.annotations),
        )

    @classmethod
    def create(cls, name: str, workflow: AnyWorkflow, *args: Any, **options: Any) -> LaunchPlan:
        """The same as `get_or_create`, with the name first, as flytekit has it."""
        return cls.get_or_create(workflow, name, *args, **options)

    @classmethod
    def get_default_launch_plan(cls, context: object, workflow: AnyWorkflow) -> LaunchPlan:
        """The launch plan that has the workflow's own defaults; `context` is flytekit's and is not used."""
        return cls.get_or_create(workflow)


_OPTIONS = ("name", "default_inputs", "fixed_inputs", "schedule", *LaunchOptions.__annotations__)
