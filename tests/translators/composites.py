"""Workflows of workflows, branches, maps and failures, for the tests of the plan and of the back ends."""

from __future__ import annotations

import sys
from datetime import timedelta
from functools import partial
from typing import Any

from jetbridge import (
    LaunchPlan,
    WorkflowFailurePolicy,
    conditional,
    map_task,
    sleep,
    task,
    workflow,
)


@task
def add(a: int, b: int = 1) -> int:
    return a + b


@task
def numbers(n: int) -> list[int]:
    return list(range(n))


@task
def total(xs: list[int]) -> int:
    return sum(xs)


@task
def is_even(n: int) -> bool:
    return n % 2 == 0


@task
def odd_fails(n: int, factor: int) -> int:
    if n % 2:
        raise ValueError(f"{n} is odd")
    return n * factor


@task
def count_missing(xs: list[int | None]) -> int:
    return sum(x is None for x in xs)


@task
def note(n: int, text: str = "") -> str:
    return f"{text}{n}"


@task
def note_length(n: int) -> int:
    return len(str(n))


@workflow
def inner(a: int, b: int = 10) -> tuple[int, int]:
    first = add(a=a, b=b)
    return first, b


@workflow
def middle(a: int) -> int:
    low, _ = inner(a=a)
    high, same = inner(a=low, b=100)
    return add(a=high, b=same)


@workflow
def nested(n: int = 1) -> tuple[int, int]:
    """Three deep; the same workflow twice."""
    start = add(a=n)
    return middle(a=start), middle(a=5)


@workflow
def choose(n: int = 3, word: str = "x") -> str:
    """Nested conditionals over outputs, inputs and constants, and a value that passes through a join."""
    doubled = add(a=n, b=n)
    picked = (
        conditional("size")
        .if_((doubled > 10) & (n < 100))
        .then(add(a=doubled, b=1000))
        .elif_(doubled == 6)
        .then(
            conditional("word").if_(word == "x").then(middle(a=doubled)).else_().then(add(a=doubled, b=-1))  # type: ignore[attr-defined]
        )
        .else_()
        .then(add(a=doubled))
    )
    return note(n=picked, text="got ")


@workflow
def refuse(n: int = 3) -> int:
    return conditional("sign").if_(n > 100).then(add(a=n)).else_().fail("n is too small")  # type: ignore[return-value]


@workflow
def by_flag(n: int = 4) -> int:
    even = is_even(n=n)
    return (  # type: ignore[return-value]
        conditional("parity").if_(even.is_true()).then(add(a=n, b=100)).else_().then(add(a=n, b=200))  # type: ignore[attr-defined]
    )


@workflow
def fan_out(n: int = 4) -> tuple[int, list[int]]:
    """A map over an output, a map over that map, and a sum."""
    xs = numbers(n=n)
    tens = map_task(partial(add, b=10))(a=xs)
    again = map_task(add, concurrency=2)(a=tens, b=xs)
    return total(xs=again), again


@workflow
def mapped_inside(xs: list[int]) -> int:
    return total(xs=map_task(partial(add, b=1))(a=xs))


@workflow
def map_in_branch(n: int = 3) -> int:
    """A map inside a sub-workflow inside a branch."""
    xs = numbers(n=n)
    return (  # type: ignore[return-value]
        conditional("few").if_(n < 5).then(mapped_inside(xs=xs)).else_().then(total(xs=xs))  # type: ignore[attr-defined]
    )


@workflow
def map_at_once(n: int = 3) -> list[int]:
    """A map that is the case of a branch itself."""
    xs = numbers(n=n)
    return (  # type: ignore[return-value]
        conditional("few").if_(n < 5).then(map_task(partial(add, b=1))(a=xs)).else_().then(numbers(n=2))  # type: ignore[attr-defined]
    )


@workflow
def losing_some(n: int = 4) -> int:
    """Two of four elements fail, and half must succeed."""
    kept = map_task(partial(odd_fails, factor=3), min_success_ratio=0.5)(n=numbers(n=n))
    return count_missing(xs=kept)


@workflow
def losing_too_many(n: int = 4) -> int:
    return count_missing(xs=map_task(partial(odd_fails, factor=3), min_success_ratio=0.9)(n=numbers(n=n)))


@task
def clean_up(n: int, err: Any = None) -> None:
    sys.stdout.write(f"cleaning up after {n}\n")


@task
def handle(n: int) -> None:
    sys.stdout.write(f"handled the failure of {n}\n")


@workflow(on_failure=handle)
def failing(n: int = 3) -> int:
    return odd_fails(n=n, factor=1)


@workflow(on_failure=handle)
def stopping(n: int = 3) -> tuple[int, int, int]:
    """One task fails at once; nothing else starts but the failure node."""
    bad = odd_fails(n=n, factor=1)
    first = add(a=add(a=n))
    chosen = conditional("large").if_(first > 100).then(add(a=first)).else_().then(note_length(n=first))  # type: ignore[attr-defined]
    return bad, chosen, total(xs=map_task(partial(add, b=1))(a=numbers(n=chosen)))  # type: ignore[return-value]


@workflow(failure_policy=WorkflowFailurePolicy.FAIL_AFTER_EXECUTABLE_NODES_COMPLETE)
def going_on(n: int = 3) -> tuple[int, int]:
    bad = odd_fails(n=n, factor=1)
    slow = add(a=add(a=add(a=n)))
    return add(a=bad), slow


NINE = LaunchPlan.get_or_create(inner, name="nine", fixed_inputs={"b": 9}, default_inputs={"a": 7})


@workflow
def launching(n: int = 2) -> int:
    """A launch plan as a node: its fixed input, and one from here."""
    low, _ = NINE(a=n)
    return low


@workflow
def resting(n: int = 1) -> int:
    first = add(a=n)
    rest = sleep(timedelta(seconds=1))
    second = add(a=first)
    first >> rest >> second  # type: ignore[operator]
    return second


@workflow
def pick(n: int) -> int:
    """A branch whose value leaves the workflow."""
    return conditional("half").if_(n > 2).then(add(a=n, b=10)).else_().then(add(a=n, b=20))  # type: ignore[return-value,attr-defined]


@workflow
def deciding_twice(n: int = 3) -> str:
    """Conditions on what came out of a branch, here and in a sub-workflow, and on an input of one."""
    here = conditional("here").if_(n > 2).then(add(a=n, b=10)).else_().then(add(a=n, b=20))  # type: ignore[attr-defined]
    there = pick(n=here)
    return (  # type: ignore[return-value]
        conditional("last")
        .if_((here > 12) & (there > 20))  # type: ignore[operator]
        .then(note(n=there, text="high "))
        .else_()
        .then(note(n=here, text="low "))  # type: ignore[attr-defined]
    )


@task
def fails(n: int) -> int:
    raise ValueError(f"{n} is never right")


@workflow
def losing_all(n: int = 3) -> int:
    """All elements fail, and that is allowed."""
    return count_missing(xs=map_task(fails, min_success_ratio=0.0)(n=numbers(n=n)))


@workflow
def unequal(n: int = 2) -> list[int]:
    return map_task(add)(a=numbers(n=n), b=numbers(n=3))


@workflow(on_failure=handle)
def failing_inside(n: int) -> int:
    return odd_fails(n=n, factor=1)


@workflow
def mended_inside(n: int = 3) -> int:
    """The failure node is that of the sub-workflow, and the run fails all the same."""
    return failing_inside(n=add(a=n, b=0))
