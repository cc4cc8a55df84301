"""Failures, retries, failure nodes, gates."""

import os
from datetime import timedelta
from typing import Optional

from flytekit import WorkflowFailurePolicy, approve, sleep, task, wait_for_input, workflow
from flytekit.exceptions.user import FlyteRecoverableException
from flytekit.types.error.error import FlyteError


@task
def work(n: int) -> int:
    if n < 0:
        raise ValueError(f"{n} is negative")
    return n + 1


@task
def report(n: int) -> int:
    print(f"report {n}")
    return n


@task(retries=2)
def second_time(n: int) -> int:
    """flytekit's own local execution sets no number of the attempt."""
    if int(os.environ.get("FLYTE_ATTEMPT_NUMBER", "1")) < 1:
        raise FlyteRecoverableException("not at once")
    return n * 3


@task
def clean_up(n: int, err: Optional[FlyteError] = None) -> None:
    print(f"cleaned up after {n}: {err}")


@workflow
def raising(n: int = -1) -> int:
    return work(n=n)


@workflow(on_failure=clean_up)
def handled(n: int = -1) -> int:
    return work(n=n)


@workflow(failure_policy=WorkflowFailurePolicy.FAIL_AFTER_EXECUTABLE_NODES_COMPLETE)
def goes_on(n: int = -1) -> tuple[int, int]:
    return work(n=n), report(n=n)


@workflow
def retried(n: int = 4) -> int:
    return second_time(n=n)


@workflow
def slept(n: int = 4) -> int:
    waiting = sleep(timedelta(seconds=1))
    made = work(n=n)
    waiting >> made
    return made


@workflow
def approved(n: int = 4) -> int:
    return report(n=approve(work(n=n), "look-at-it", timeout=timedelta(minutes=5)))


@workflow
def asked(n: int = 4) -> int:
    given = wait_for_input("how-many", timeout=timedelta(minutes=5), expected_type=int)
    return report(n=given)
