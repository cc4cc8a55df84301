"""A launch plan's schedule, limits and notifications as the plan has them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from flyteidl.admin.launch_plan_pb2 import CONCURRENCY_LIMIT_BEHAVIOR_SKIP
from flyteidl.core.execution_pb2 import WorkflowExecution

from jetbridge.errors import Problem
from jetbridge.idl_admin import FixedRateUnit, LaunchPlan
from jetbridge.idl_admin import Notification as NotificationMessage
from jetbridge_translators.plan.model import Notification, Plan, Schedule

_UNITS = {
    FixedRateUnit.MINUTE: timedelta(minutes=1),
    FixedRateUnit.HOUR: timedelta(hours=1),
    FixedRateUnit.DAY: timedelta(days=1),
}
# Flyte's own words for cron's aliases (flytekit `core/schedule.py`).
_ALIASES = {
    **dict.fromkeys(("hourly", "hours", "@hourly"), "@hourly"),
    **dict.fromkeys(("daily", "days", "@daily"), "@daily"),
    **dict.fromkeys(("weekly", "weeks", "@weekly"), "@weekly"),
    **dict.fromkeys(("monthly", "months", "@monthly"), "@monthly"),
    **dict.fromkeys(("annually", "yearly", "years", "@annually", "@yearly"), "@yearly"),
}
_CRON = re.compile(r"([A-Za-z0-9*,/?-]+ ){4}[A-Za-z0-9*,/?-]+")
"""The form that Argo 4.0's CRDs take, and Flyte's own scheduler (robfig/cron)."""


def schedule_of(launch_plan: LaunchPlan) -> Schedule | None:
    """The schedule; None for a launch plan that runs on demand."""
    schedule = launch_plan.spec.entity_metadata.schedule
    kickoff = schedule.kickoff_time_input_arg
    kind = schedule.WhichOneof("ScheduleExpression")
    if kind == "rate":
        return Schedule(rate=schedule.rate.value * _UNITS[schedule.rate.unit], kickoff_time_input=kickoff)
    if kind == "cron_schedule":
        cron = schedule.cron_schedule.schedule
        return Schedule(cron=_cron(cron), kickoff_time_input=kickoff)
    if kind == "cron_expression":
        return Schedule(cron=_cron(schedule.cron_expression), kickoff_time_input=kickoff)
    return None


def _cron(text: str) -> str:
    words = " ".join(text.split())
    return _ALIASES.get(words.lower(), words)


def schedule_problems(plan: Plan) -> Iterator[Problem]:
    """What keeps a plan from running by itself, on any back end."""
    schedule = plan.schedule
    if schedule is None:
        return
    if schedule.rate is None and not (schedule.cron in _ALIASES.values() or _CRON.fullmatch(schedule.cron)):
        yield Problem(
            code="InvalidSchedule",
            message=f"the schedule {schedule.cron!r} is not a cron expression of five fields",
            where=f"launch plan {plan.name}",
            hint="Write minute, hour, day of month, month and weekday, such as `30 6 * * 1`, or `daily`.",
        )
    for item in plan.inputs:
        if item.default is None and item.name != schedule.kickoff_time_input:
            yield Problem(
                code="ParameterNotBound",
                message=f"input {item.name!r} has no value when the schedule starts a run",
                where=f"launch plan {plan.name}",
                hint="Give it a default, or a value in the launch plan's default_inputs or fixed_inputs.",
            )


def run_settings(launch_plan: LaunchPlan) -> dict[str, Any]:
    """The arguments of `plan.model.Plan` that a launch plan decides, beside the inputs."""
    spec = launch_plan.spec
    policy = spec.concurrency_policy
    return {
        "schedule": schedule_of(launch_plan),
        "labels": dict(sorted(spec.labels.values.items())),
        "annotations": dict(sorted(spec.annotations.values.items())),
        "max_parallelism": spec.max_parallelism,
        "overwrite_cache": spec.overwrite_cache,
        # Without a behaviour the limit has no effect (flyteadmin `execution_manager.go`).
        "max_runs": policy.max if policy.behavior == CONCURRENCY_LIMIT_BEHAVIOR_SKIP else 0,
        "notifications": tuple(map(_notification, spec.entity_metadata.notifications)),
    }


def _notification(message: NotificationMessage) -> Notification:
    kind = message.WhichOneof("type")
    recipients = getattr(message, kind).recipients_email if kind else ()
    return Notification(
        phases=tuple(WorkflowExecution.Phase.Name(phase) for phase in message.phases), recipients=tuple(recipients)
    )
