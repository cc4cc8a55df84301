"""Tasks that are tried again, and overrides of one node."""

import os
from datetime import timedelta
from typing import Any, cast

from jetbridge import FlyteRecoverableException, Resources, current_context, task, workflow


@task(retries=2)
def flaky(until: int) -> int:
    """Succeeds at the attempt `until`."""
    attempt = current_context().attempt
    if attempt < until:
        raise FlyteRecoverableException(f"attempt {attempt} did not get through")
    return attempt


@task
def patient(until: int) -> int:
    attempt = current_context().attempt
    if attempt < until:
        raise FlyteRecoverableException(f"attempt {attempt} did not get through")
    return attempt


@task(
    environment={"WORD": "of the task"},
    requests=Resources(cpu="50m", mem="64Mi"),
    limits=Resources(mem="512Mi"),
    timeout=timedelta(minutes=5),
    interruptible=True,
)
def settled(n: int) -> str:
    return f"{n} {os.environ['WORD']}"


@workflow
def recovers(until: int = 1) -> int:
    return flaky(until=until)


@workflow
def overrides(n: int = 1) -> tuple[int, str, str]:
    """The same tasks with and without overrides."""
    first, second = cast("Any", patient(until=1)), cast("Any", settled(n=n))
    tried = first.with_overrides(node_name="patient_one", retries=1, requests=Resources(cpu="60m"))
    changed = cast("Any", settled(n=tried)).with_overrides(
        limits=Resources(mem="400Mi"), timeout=timedelta(minutes=4), interruptible=False
    )
    return tried, second, changed
