"""Workflows that wait for a person, for the tests of gates and of recovery."""

from __future__ import annotations

import os
from datetime import timedelta

from jetbridge import approve, conditional, dynamic, map_task, task, wait_for_input, workflow
from tests.translators.running import mark

LONG = timedelta(minutes=10)


@task
def double(n: int) -> int:
    mark(f"double {n}")
    return 2 * n


@task
def joined(n: int, word: str) -> str:
    return f"{n} {word}"


@workflow
def gated(n: int = 3) -> str:
    allowed = approve(double(n=n), "allow", timeout=LONG)
    return joined(n=allowed, word=wait_for_input("word", timeout=LONG, expected_type=str))


@workflow
def shared() -> tuple[int, int]:
    """Two nodes of one signal id."""
    first = wait_for_input("amount", timeout=LONG, expected_type=int)
    second = wait_for_input("amount", timeout=LONG, expected_type=int)
    return double(n=first), double(n=second)


@workflow
def decided() -> int:
    amount = wait_for_input("amount", timeout=LONG, expected_type=int)
    return conditional("large").if_(amount > 10).then(double(n=amount)).else_().then(double(n=0))


@dynamic
def asks(n: int) -> int:
    return double(n=wait_for_input(f"amount {n}", timeout=LONG, expected_type=int))


@workflow
def asked_by_a_dynamic_task(n: int = 3) -> int:
    return asks(n=n)


@workflow
def late() -> int:
    return double(n=wait_for_input("amount", timeout=timedelta(milliseconds=10), expected_type=int))


# --- for recovery


@task
def fails_if_asked(n: int) -> int:
    """Fails where the environment of this machine says so, and nowhere else."""
    if os.environ.get("BROKEN") and n == int(os.environ["BROKEN"]):
        raise ValueError("broken here")
    if "MARKS" in os.environ:
        mark(f"tried {n}")
    return n + 1


@task
def numbers(n: int) -> list[int]:
    if "MARKS" in os.environ:
        mark(f"numbers {n}")
    return list(range(n))


@task
def total(ns: list[int]) -> int:
    if "MARKS" in os.environ:
        mark("total")
    return sum(ns)


@workflow
def part(n: int) -> int:
    return fails_if_asked(n=fails_if_asked(n=n))


@workflow
def recoverable(n: int = 3) -> tuple[int, int, int]:
    """With BROKEN=101 the second use of `part` fails in its second node."""
    mapped = total(ns=map_task(fails_if_asked)(n=numbers(n=n)))
    large = conditional("large").if_(mapped > 2).then(part(n=10)).else_().then(fails_if_asked(n=0))
    last = part(n=100)
    _ = large >> last  # the last one fails when all others have succeeded
    return mapped, large, last
