"""A workflow of which one task fails where the environment says so: on the machine of the test, and not in a pod."""

from __future__ import annotations

import os

from jetbridge import conditional, map_task, task, workflow


@task
def fails_if_asked(n: int) -> int:
    if os.environ.get("BROKEN") == str(n):
        raise ValueError("broken here")
    return n + 1


@task
def numbers(n: int) -> list[int]:
    return list(range(n))


@task
def total(ns: list[int]) -> int:
    return sum(ns)


@workflow
def part(n: int) -> int:
    return fails_if_asked(n=fails_if_asked(n=n))


@workflow
def recoverable(n: int = 3) -> tuple[int, int, int]:
    """With BROKEN=101 the second use of `part` fails in its second task, and with BROKEN=1 an element of the map."""
    mapped = total(ns=map_task(fails_if_asked)(n=numbers(n=n)))
    large = conditional("large").if_(mapped > 2).then(part(n=10)).else_().then(fails_if_asked(n=0))
    last = part(n=100)
    _ = large >> last
    return mapped, large, last
