"""Waiting: for time to pass."""

# pyright: basic, reportAttributeAccessIssue=false, reportCallIssue=false, reportArgumentType=false
# pyright: reportUnusedExpression=false

from datetime import timedelta

from jetbridge import sleep, task, workflow


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
