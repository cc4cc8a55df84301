# Promises stand for values.
# pyright: basic, reportUnusedExpression=false, reportAttributeAccessIssue=false, reportArgumentType=false
# pyright: reportCallIssue=false, reportReturnType=false
"""Dynamic tasks and what they make, for the tests of the plan and of the back ends."""

from __future__ import annotations

import time
from typing import Any

from jetbridge import LaunchPlan, conditional, dynamic, map_task, task, workflow


@task
def increment(n: int) -> int:
    return n + 1


@task
def fails(n: int) -> int:
    raise ValueError(f"{n} is never right")


@task
def total(xs: list[int]) -> int:
    return sum(xs)


@workflow
def inner(n: int) -> int:
    return increment(n=increment(n=n))


@dynamic
def repeated(times: int) -> int:
    n: Any = 0
    for _ in range(times):
        n = increment(n=n)
    return n


@workflow
def grown(times: int = 2) -> int:
    return increment(n=repeated(times=times))


@workflow
def deciding(times: int = 2) -> int:
    """An engine must know the value of a dynamic task."""
    made = repeated(times=times)
    return conditional("many").if_(made > 1).then(increment(n=made)).else_().then(inner(n=made))


@dynamic
def everything(count: int) -> tuple[list[int], int, dict[str, int], int]:
    """Sub-workflows, a map, a branch whose value decides, a nested dynamic task, a constant."""
    many = [inner(n=value) for value in range(count)]
    mapped = map_task(increment)(n=many)
    summed = total(xs=mapped)
    chosen = conditional("size").if_(summed > 5).then(repeated(times=2)).else_().then(increment(n=summed))
    return mapped, chosen, {"sum": summed}, 7


@workflow
def all_of_it(count: int = 2) -> tuple[list[int], int, dict[str, int], int]:
    return everything(count=count)


@dynamic
def going_down(n: int) -> int:
    """It calls itself."""
    return n if n == 0 else increment(n=going_down(n=n - 1))


@workflow
def recursive(n: int = 2) -> int:
    return going_down(n=n)


@dynamic(retries=3)
def with_a_failure(n: int) -> int:
    return increment(n=fails(n=n))


@workflow
def child_fails(n: int = 3) -> int:
    return increment(n=with_a_failure(n=n))


LAUNCHED = LaunchPlan.get_or_create(inner, name="launched_in_dynamic", fixed_inputs={"n": 1})


@dynamic
def launching() -> int:
    return LAUNCHED()


@workflow
def launched() -> int:
    return launching()


@workflow
def in_a_sub_workflow(times: int = 1) -> int:
    return grown(times=times)


@task
def waits() -> int:
    time.sleep(300)
    return 1


@dynamic
def made_to_wait() -> int:
    return waits()


@workflow
def waiting() -> int:
    return made_to_wait()
