"""Waiting: for time to pass, and for a person."""

# pyright: basic, reportAttributeAccessIssue=false, reportCallIssue=false, reportArgumentType=false
# pyright: reportUnusedExpression=false

from datetime import timedelta

from jetbridge import approve, sleep, task, wait_for_input, workflow


@task
def increment(n: int) -> int:
    return n + 1


@workflow
def slept(n: int = 1) -> int:
    first = increment(n=n)
    pause = sleep(timedelta(seconds=1))
    last = increment(n=first)
    first >> pause
    pause >> last
    return last


@task
def doubled(n: int) -> int:
    return 2 * n


@workflow
def unanswered(n: int = 1) -> int:
    """Nobody gives the value in time, so nobody is asked for the approval."""
    amount = wait_for_input("amount", timeout=timedelta(seconds=1), expected_type=int)
    return doubled(n=approve(doubled(n=amount), "large enough?", timeout=timedelta(hours=1)))
