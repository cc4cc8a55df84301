"""A task that prints."""

from __future__ import annotations

from jetbridge import task, workflow


@task
def says(n: int) -> int:
    print(f"the number is {n}")
    return n


@workflow
def talking(n: int = 3) -> int:
    return says(n=n)
