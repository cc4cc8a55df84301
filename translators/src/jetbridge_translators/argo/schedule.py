"""A launch plan's schedule in the words of an Argo CronWorkflow."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from jetbridge.errors import Problem
from jetbridge_translators.plan.model import Plan, Schedule
from jetbridge_translators.plan.schedule import schedule_problems

SCHEDULED_TIME = '"{{workflow.scheduledTime}}"'
"""The time of a run's schedule as JSON; Argo puts RFC 3339 there."""


def cron(schedule: Schedule) -> str:
    """The schedule as Argo reads it.

    Example:
        >>> cron(Schedule(cron="@daily")), cron(Schedule(rate=timedelta(minutes=90)))
        ('@daily', '@every 5400s')
    """
    return schedule.cron if schedule.rate is None else f"@every {schedule.rate // timedelta(seconds=1)}s"


def problems_of(plan: Plan, store: str) -> Iterator[Problem]:
    """What keeps a plan from running by itself, with a store or without."""
    if plan.schedule is not None and not store:
        yield Problem(
            code="ParameterNotBound",
            message="a schedule starts runs that nobody tells where to store their data",
            where=f"launch plan {plan.name}",
            hint="Name the object store: --store s3://BUCKET/FOLDER.",
        )
    yield from schedule_problems(plan)
