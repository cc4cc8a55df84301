"""Workflows that wait for a person."""

from __future__ import annotations

from datetime import timedelta

from jetbridge import approve, conditional, map_task, task, wait_for_input, workflow

LONG = timedelta(minutes=10)


@task
def double(n: int) -> int:
    return 2 * n


@task
def describe(n: int, doubled: int, word: str) -> str:
    return f"{n} {doubled} {word}"


@task
def big(n: int) -> str:
    return f"big {n}"


@task
def small(n: int) -> str:
    return f"small {n}"


@workflow
def inner(n: int) -> tuple[str, list[int]]:
    """A value decides a branch and another one the size of a map, in a sub-workflow."""
    amount = wait_for_input("amount", timeout=LONG, expected_type=int)
    items = wait_for_input("items", timeout=LONG, expected_type=list[int])
    told = conditional("size").if_(amount > 10).then(big(n=amount)).else_().then(small(n=n))
    return told, map_task(double)(n=items)


@workflow
def answered(n: int = 3) -> tuple[str, list[int], str]:
    doubled = double(n=n)
    allowed = approve(doubled, "allow", timeout=LONG)
    word = wait_for_input("word", timeout=LONG, expected_type=str)
    told, doubles = inner(n=allowed)
    return told, doubles, describe(n=n, doubled=allowed, word=word)


@workflow
def decided(n: int = 3) -> int:
    """An approval, whose value decides."""
    allowed = approve(double(n=n), "allow", timeout=LONG)
    return double(n=allowed)


@workflow
def given() -> int:
    return double(n=wait_for_input("amount", timeout=LONG, expected_type=int))


@workflow
def late() -> int:
    return double(n=wait_for_input("amount", timeout=timedelta(seconds=3), expected_type=int))
