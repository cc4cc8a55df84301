# Promises stand for values, and `a >> b` alone is a statement of Flyte's.
# pyright: basic, reportUnusedExpression=false, reportAttributeAccessIssue=false, reportArgumentType=false
# pyright: reportCallIssue=false, reportOptionalMemberAccess=false, reportReturnType=false
"""Workflows and launch plans as nodes: the closure, the package, plain calls, and what is refused."""

from __future__ import annotations

from typing import Any, NamedTuple

import pytest

from jetbridge import LaunchPlan, conditional, reference_launch_plan, reference_task, task, workflow
from jetbridge.errors import CompileError, RunError, UsageError
from jetbridge.package import package_bytes, parse_package
from jetbridge.package_closure import closure_from_package
from jetbridge.serialize.closure import closure_of, refers_elsewhere
from jetbridge.serialize.entities import entities_of
from tests.sdk.tracing import SETTINGS, inputs


class Pair(NamedTuple):
    low: int
    high: int


@task
def increment(n: int, by: int = 1) -> int:
    return n + by


@workflow
def inner(n: int, by: int = 10) -> int:
    return increment(n=increment(n=n), by=by)


@workflow
def middle(n: int = 2) -> Pair:
    return Pair(increment(n=n), inner(n=n))


@workflow
def three_deep(n: int = 1) -> tuple[int, int]:
    first = middle(n=n)
    second = middle().with_overrides(node_name="again")
    return first.high, inner(n=second.low, by=0)


fixed = LaunchPlan.get_or_create(inner, "test.fixed", default_inputs={"n": 3}, fixed_inputs={"by": 5})


@workflow
def launching(n: int = 1) -> tuple[int, int]:
    return fixed(n=n), fixed()


def test_the_closure_holds_each_workflow_and_task_once() -> None:
    compiled = closure_of(LaunchPlan.get_or_create(three_deep), SETTINGS).compiled
    names = [each.template.id.name for each in compiled.sub_workflows]
    assert names == [f"{__name__}.inner", f"{__name__}.middle"]
    assert [each.template.id.name for each in compiled.tasks] == [f"{__name__}.increment"]
    nodes = compiled.primary.template.nodes
    assert [node.id for node in nodes] == ["n0", "again", "n2"]
    assert inputs(nodes[1]) == {"n": "2"}
    assert inputs(nodes[2]) == {"by": "0", "n": "again.low"}
    assert nodes[0].workflow_node.sub_workflow_ref.name == f"{__name__}.middle"


def test_calls_run_them_with_their_defaults() -> None:
    assert three_deep() == (12, 4)
    assert three_deep(n=5) == (16, 4)
    assert launching() == (7, 9)
    assert fixed() == 9
    assert fixed(n=10) == 16


def test_a_launch_plan_as_a_node_drops_what_is_fixed() -> None:
    closure = closure_of(LaunchPlan.get_or_create(launching), SETTINGS)
    first, second = closure.compiled.primary.template.nodes
    assert (inputs(first), inputs(second)) == ({"n": ".n"}, {"n": "3"})
    assert first.workflow_node.launchplan_ref.name == "test.fixed"
    (plan,) = closure.launch_plans
    assert plan.spec.workflow_id.name == f"{__name__}.inner"
    (interface,) = closure.compiled.launch_plans
    assert set(interface.template.interface.inputs.variables) == {"n"}
    with pytest.raises(UsageError, match=r"'by' of launch plan 'test\.fixed' is fixed"):
        fixed(by=3)


def test_a_package_gives_the_same_closure_back() -> None:
    for flow in (three_deep, launching):
        plan = LaunchPlan.get_or_create(flow)
        package = parse_package(package_bytes(entities_of([plan], SETTINGS)), "package")
        assert closure_from_package(package, plan.name) == closure_of(plan, SETTINGS)


def test_a_package_holds_dependencies_first_and_each_workflow_with_its_launch_plan() -> None:
    entities: list[Any] = entities_of([LaunchPlan.get_or_create(three_deep), fixed], SETTINGS)
    names = [(type(each).__name__, each.id.name if hasattr(each, "id") else each.template.id.name) for each in entities]
    expected = [("TaskSpec", f"{__name__}.increment")]
    for name in ("inner", "middle", "three_deep"):
        expected += [("WorkflowSpec", f"{__name__}.{name}"), ("LaunchPlan", f"{__name__}.{name}")]
    assert names == [*expected, ("LaunchPlan", "test.fixed")]
    assert [each.id.name for each in entities[-3].sub_workflows] == [f"{__name__}.inner", f"{__name__}.middle"]


def test_sub_workflows_of_nested_branches_are_held() -> None:
    """flytekit loses those below the first branch (`tools/translator.py`, get_serializable_workflow)."""

    @workflow
    def deep(n: int) -> int:
        return (
            conditional("a")
            .if_(n > 1)
            .then(conditional("b").if_(n > 2).then(inner(n=n)).else_().then(increment(n=n)))
            .else_()
            .then(increment(n=n))
        )

    compiled = closure_of(LaunchPlan.get_or_create(deep), SETTINGS).compiled
    assert [each.template.id.name for each in compiled.sub_workflows] == [f"{__name__}.inner"]


def test_workflows_that_call_each_other_are_a_cycle() -> None:
    @workflow
    def ping(n: int) -> int:
        return pong(n=n)

    @workflow
    def pong(n: int) -> int:
        return ping(n=n)

    with pytest.raises(CompileError, match="in a circle") as caught:
        ping(n=1)
    (problem,) = caught.value.problems
    assert problem.code == "CycleDetected"
    assert problem.location
    assert "@dynamic" in problem.hint


def test_every_problem_of_every_workflow_is_shown() -> None:
    @workflow
    def broken(n: int) -> str:
        return increment(n=n)  # type: ignore[return-value]

    @workflow
    def outer(n: int) -> int:
        broken(m=n)
        return increment(n=broken(n=n))

    with pytest.raises(CompileError) as caught:
        outer(n=1)
    codes = sorted(problem.code for problem in caught.value.problems)
    assert codes == ["MismatchingTypes", "MismatchingTypes", "ParameterNotBound", "VariableNameNotFound"]
    assert all(problem.location for problem in caught.value.problems)


def test_references_are_packaged_and_not_run() -> None:
    @reference_task(project="p", domain="d", name="far.task", version="v1")
    def far(n: int) -> int: ...

    @reference_launch_plan(project="p", domain="d", name="far.plan", version="v2")
    def far_plan(n: int) -> int: ...

    @workflow
    def referring(n: int) -> int:
        return far_plan(n=far(n=n))

    plan = LaunchPlan.get_or_create(referring)
    entities: list[Any] = entities_of([plan], SETTINGS)
    assert [type(each).__name__ for each in entities] == ["WorkflowSpec", "LaunchPlan"]
    identifier = entities[0].template.nodes[0].task_node.reference_id
    assert (identifier.project, identifier.domain, identifier.name, identifier.version) == ("p", "d", "far.task", "v1")
    assert refers_elsewhere(plan)
    with pytest.raises(UsageError, match=r"'far\.task' is a reference"):
        far(n=1)
    with pytest.raises(RunError, match=r"'far\.task' is a reference"):
        referring(n=1)
