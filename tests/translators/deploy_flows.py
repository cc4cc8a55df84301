"""Workflows that are deployed together."""

from __future__ import annotations

from jetbridge import CronSchedule, LaunchPlan, task, workflow


@task
def inc(n: int) -> int:
    return n + 1


@workflow
def first(n: int = 1) -> int:
    return inc(n=n)


@workflow
def second(n: int = 2) -> int:
    return inc(n=inc(n=n))


@workflow
def regular(n: int = 3) -> int:
    return inc(n=n)


nightly = LaunchPlan.get_or_create(regular, name="nightly", schedule=CronSchedule(schedule="0 2 * * *"))
