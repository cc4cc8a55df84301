"""A map over as many trivial elements as are asked for."""

from functools import partial

from jetbridge import map_task, task, workflow


@task
def numbers(n: int) -> list[int]:
    """What is mapped."""
    return list(range(n))


@task
def add(n: int, more: int) -> int:
    """An element."""
    return n + more


@task
def total(xs: list[int]) -> int:
    """Their sum."""
    return sum(xs)


@workflow
def mapped(n: int = 1000) -> int:
    """The sum of 1 to n. Few at a time: the machine is small, and what the engine holds is the same."""
    return total(xs=map_task(partial(add, more=1), concurrency=12)(n=numbers(n=n)))
