"""Workflows of many branches that build on another, for the tests of how they are written and decided."""

from __future__ import annotations

from typing import Any

from jetbridge import conditional, task, workflow


@task
def same(n: int) -> int:
    return n


@task
def more(n: int) -> int:
    return n + 1


@task
def less(n: int) -> int:
    return n - 2


@workflow
def handed_on(n: int) -> tuple[int, int]:
    """Gives one of its inputs as it is."""
    return n, same(n=n)


def chain(length: int) -> Any:
    """A workflow of so many conditionals, each of which compares twice what the one before gave."""

    def decide(n: int = 3) -> int:
        value = same(n=n)
        for number in range(length):
            low, high = number % 3, 4 + number % 5
            value = (
                conditional(f"c{number}")
                .if_(value < low)
                .then(more(n=value))
                .elif_((value > high) & (value != low))
                .then(less(n=value))
                .else_()
                .then(same(n=value))
            )
        return value

    decide.__name__ = decide.__qualname__ = f"decide_{length}"
    return workflow(decide)


def decided(length: int, n: int) -> int:
    """What such a workflow gives."""
    for number in range(length):
        low, high = number % 3, 4 + number % 5
        n = n + 1 if n < low else n - 2 if n > high else n
    return n


@workflow
def step(n: int) -> tuple[int, int]:
    """A sub-workflow that compares its input, and hands it on."""
    changed = conditional("step").if_(n < 0).then(more(n=n)).elif_(n > 9).then(less(n=n)).else_().then(same(n=n))
    return changed, n


@workflow
def steps(n: int) -> tuple[int, int]:
    """Two of them, so that three deep its input is compared eight times."""
    first, _ = step(n=n)
    second, kept = step(n=first)
    return second, kept


@workflow
def deep(n: int = 12) -> tuple[int, int]:
    """Four of them."""
    first, _ = steps(n=n)
    second, kept = steps(n=first)
    return second, same(n=kept)
