# Promises stand for values.
# pyright: basic, reportUnusedExpression=false, reportAttributeAccessIssue=false, reportArgumentType=false
# pyright: reportCallIssue=false, reportOptionalMemberAccess=false, reportReturnType=false
"""`map_task`: plain calls, the wire form, partly failing maps, and what is refused."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any, Optional

import pytest

from jetbridge import LaunchPlan, conditional, dynamic, map_task, task, workflow
from jetbridge.errors import CompileError, RunError, UsageError
from jetbridge.serialize.closure import closure_of
from tests.sdk.tracing import SETTINGS, template


@task(retries=3)
def scale(n: int, factor: int = 2) -> int:
    return n * factor


@task
def odd_only(n: int) -> int:
    if n % 2 == 0:
        raise ValueError(f"{n} is even")
    return n


@task
def weighted(n: int, weights: list[int]) -> int:
    return n * sum(weights)


@task
def pair(n: int) -> tuple[int, int]:
    return n, n


@task
def silent(n: int) -> None:
    assert n


@dynamic
def grown(n: int) -> int:
    return scale(n=n)


def test_a_map_is_called_with_lists() -> None:
    assert map_task(partial(scale, factor=10))(n=[1, 2, 3]) == [10, 20, 30]
    assert map_task(scale)(n=[1, 2], factor=[3, 4]) == [3, 8]
    assert map_task(partial(scale, factor=10))(n=[]) == []
    assert map_task(partial(weighted, weights=[1, 2]))(n=[1, 2]) == [3, 6]
    assert map_task(silent)(n=[1]) is None


@workflow
def mapped(values: list[int]) -> list[int]:
    return map_task(partial(scale, factor=10))(n=map_task(odd_only)(n=values))


@workflow
def in_branches(n: int, values: list[int]) -> list[int]:
    return conditional("m").if_(n > 1).then(mapped(values=values)).else_().then(map_task(odd_only)(n=values))


def test_maps_run_in_workflows_sub_workflows_and_branches() -> None:
    assert mapped(values=[1, 3]) == [10, 30]
    assert in_branches(n=2, values=[1]) == [10]
    assert in_branches(n=1, values=[1]) == [1]


@pytest.mark.parametrize("options", [{"min_success_ratio": 0.5}, {"min_successes": 2}])
def test_failed_elements_become_none(options: dict[str, Any]) -> None:
    assert map_task(odd_only, **options)(n=[1, 2, 3, 4]) == [1, None, 3, None]
    with pytest.raises(ValueError, match="is even"):
        map_task(odd_only, **options)(n=[1, 2, 4, 6])


def test_a_number_of_elements_must_succeed_in_a_workflow_too() -> None:
    @workflow
    def flow(values: list[int]) -> list[Optional[int]]:  # noqa: UP045
        return map_task(odd_only, min_successes=2)(n=values)

    assert template(flow).nodes[0].array_node.min_successes == 2
    assert flow(values=[1, 2, 3, 4]) == [1, None, 3, None]
    with pytest.raises(ValueError, match="is even"):
        flow(values=[1, 2, 4])


def test_one_failure_fails_a_map_of_all() -> None:
    with pytest.raises(ValueError, match="2 is even"):
        map_task(odd_only)(n=[1, 2])


def test_a_ratio_is_rounded_up_as_propeller_rounds_it() -> None:
    """0.6 is a little more as a 32-bit float, so that 0.6 of 5 needs 4 (flytekit's own local run takes 3)."""
    with pytest.raises(ValueError, match="even"):
        map_task(odd_only, min_success_ratio=0.6)(n=[1, 3, 5, 2, 4])


def test_lists_of_two_lengths_are_refused() -> None:
    with pytest.raises(RunError, match="not of one length: n has 1, factor has 2"):
        map_task(scale)(n=[1], factor=[1, 2])


def test_retries_and_the_like_are_those_of_an_element() -> None:
    @workflow
    def flow(values: list[int]) -> list[int]:
        return map_task(partial(scale, factor=1), concurrency=4)(n=values).with_overrides(retries=7, node_name="all")

    (node,) = template(flow).nodes
    array = node.array_node
    assert (node.id, node.metadata.retries.retries, array.node.metadata.retries.retries) == ("all", 0, 7)
    assert (array.parallelism, array.min_success_ratio, list(array.bound_inputs)) == (4, 1.0, ["factor"])
    assert array.node.task_node.reference_id.name == array.node.id
    compiled = closure_of(LaunchPlan.get_or_create(flow), SETTINGS).compiled
    (each,) = compiled.tasks
    args = list(each.template.container.args)
    assert args[0] == "jetbridge-map-execute"
    assert args[args.index("vars") + 1 : args.index("vars") + 3] == ["factor", "resolver"]
    assert each.template.task_type_version == 1


@workflow
def scaled_row(row: list[int], factor: int = 10) -> list[int]:
    return map_task(partial(scale, factor=factor))(n=row)


plan = LaunchPlan.get_or_create(scaled_row, "test.map.plan", fixed_inputs={"factor": 3})
picky = LaunchPlan.get_or_create(in_branches, "test.map.picky", fixed_inputs={"n": 1})


def test_a_map_over_a_launch_plan_maps_a_map() -> None:
    @workflow
    def rows(table: list[list[int]]) -> list[list[int]]:
        return map_task(plan, concurrency=2)(row=table)

    @workflow
    def some(table: list[list[int]]) -> list[Optional[list[int]]]:  # noqa: UP045
        return map_task(picky, min_success_ratio=0.5)(values=table)

    assert rows(table=[[1, 2], [], [3]]) == [[3, 6], [], [9]]
    assert rows(table=[]) == []
    assert some(table=[[1], [2]]) == [[1], None]
    (node,) = template(rows).nodes
    inner = node.array_node.node
    assert inner.workflow_node.launchplan_ref.name == "test.map.plan"
    assert node.array_node.is_original_sub_node_interface.value
    closure = closure_of(LaunchPlan.get_or_create(rows), SETTINGS)
    assert [each.template.id.name for each in closure.compiled.sub_workflows] == [f"{__name__}.scaled_row"]
    with pytest.raises(UsageError, match="outside a workflow"):
        map_task(plan)(row=[[1]])


WRONG: list[tuple[Callable[[], Any], str]] = [
    (lambda: map_task(map_task(scale)), "takes a task"),
    (lambda: map_task(mapped), "takes a task"),
    (lambda: map_task(grown), "dynamic task"),
    (lambda: map_task(pair), "one output"),
    (lambda: map_task(partial(scale, factr=1)), "has no input 'factr'"),
    (lambda: map_task(partial(scale, 3)), "by position"),
    (lambda: map_task(scale, min_success_ratio=1.5), "between 0 and 1"),
    (lambda: map_task(scale, min_success_ratio=0.5, min_successes=2), "both"),
]


@pytest.mark.parametrize(("make", "message"), WRONG)
def test_what_cannot_be_mapped_is_said_with_its_line(make: Callable[[], Any], message: str) -> None:
    with pytest.raises(CompileError, match=message) as caught:
        make()
    (problem,) = caught.value.problems
    assert problem.location
    assert problem.location.file.endswith("test_map_task.py")
    assert problem.hint


def test_a_value_that_is_no_list_is_a_problem() -> None:
    @workflow
    def flow(n: int) -> list[int]:
        return map_task(odd_only)(n=n)

    with pytest.raises(CompileError) as caught:
        flow(n=1)
    assert "MismatchingTypes" in {problem.code for problem in caught.value.problems}
