"""A launch plan's schedule in the words of an Argo CronWorkflow."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta

from jetbridge.errors import Problem
from jetbridge_translators.plan.model import Plan, Schedule

SCHEDULED_TIME = '"{{workflow.scheduledTime}}"'
"""The time of a run's schedule as JSON; Argo puts RFC 3339 there."""

_ALIASES = {
    **dict.fromkeys(("hourly", "hours", "@hourly"), "@hourly"),
    **dict.fromkeys(("daily", "days", "@daily"), "@daily"),
    **dict.fromkeys(("weekly", "weeks", "@weekly"), "@weekly"),
    **dict.fromkeys(("monthly", "months", "@monthly"), "@monthly"),
    **dict.fromkeys(("annually", "@annually", "yearly", "years", "@yearly"), "@yearly"),
}
"""flytekit's words for a schedule (`CronSchedule`)."""
_CRON = re.compile(r"([A-Za-z0-9*,/?-]+ ){4}[A-Za-z0-9*,/?-]+")
"""The form that the CRDs of Argo 4.0 take."""


def cron(schedule: Schedule) -> str:
    """The schedule as Argo reads it; empty when it cannot be said.

    Example:
        >>> cron(Schedule(cron="daily")), cron(Schedule(rate=timedelta(minutes=90)))
        ('@daily', '@every 5400s')
    """
    if schedule.rate is not None:
        return f"@every {schedule.rate // timedelta(seconds=1)}s"
    words = " ".join(schedule.cron.split())
    return _ALIASES.get(words.lower(), words if _CRON.fullmatch(words) else "")


def problems_of(plan: Plan, store: str) -> Iterator[Problem]:
    """What keeps a plan from running by itself, with a store or without."""
    schedule = plan.schedule
    if schedule is None:
        return
    if not store:
        yield Problem(
            code="ParameterNotBound",
            message="a schedule starts runs that nobody tells where to store their data",
            where=f"launch plan {plan.name}",
            hint="Name the object store: --store s3://BUCKET/FOLDER.",
        )
    if not cron(schedule):
        yield Problem(
            code="InvalidForArgo",
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
