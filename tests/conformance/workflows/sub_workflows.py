"""Workflows in workflows, three deep, and one of them twice."""

from typing import Any, NamedTuple

from jetbridge import LaunchPlan, task, workflow


class Pair(NamedTuple):
    low: int
    high: int


@task
def increment(n: int, by: int = 1) -> int:
    return n + by


@workflow
def inner(n: int) -> int:
    return increment(n=increment(n=n), by=10)


@workflow
def middle(n: int) -> Pair:
    return Pair(increment(n=n), inner(n=n))


@workflow
def three_deep(n: int = 1) -> tuple[int, int]:
    first = middle(n=n)
    second = middle(n=first.high)
    return second.low, increment(n=second.high)


inner_plan = LaunchPlan.get_or_create(inner, "sub_workflows.inner_plan", fixed_inputs={"n": 5})


@workflow
def launch_plan_as_node() -> int:
    plan: Any = inner_plan
    return increment(n=plan())
