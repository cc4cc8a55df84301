# Promises stand for values, and `a >> b` alone is a statement of Flyte's.
# pyright: basic, reportUnusedExpression=false, reportAttributeAccessIssue=false, reportArgumentType=false
# pyright: reportCallIssue=false, reportOptionalMemberAccess=false, reportReturnType=false
"""Workflows put together by calls, and failure nodes."""

from __future__ import annotations

from pathlib import Path
from typing import Optional

import pytest

from jetbridge import FlyteError, LaunchPlan, Workflow, WorkflowFailurePolicy, map_task, task, workflow
from jetbridge.errors import CompileError, UsageError
from jetbridge.idl_admin import WorkflowMetadata
from tests.sdk.tracing import inputs, shown, template


@task
def increment(n: int, by: int = 1) -> int:
    return n + by


@task
def write(path: str, n: int = 0) -> None:
    with Path(path).open("a") as file:
        file.write(f"{n}\n")


@task
def broken(n: int) -> int:
    raise KeyError(f"{n} is not good")


@workflow
def inner(n: int) -> tuple[int, int]:
    return increment(n=n), n


def built() -> Workflow:
    flow = Workflow(name="test.built")
    n = flow.add_workflow_input("n", int)
    first = flow.add_entity(increment, n=n)
    second = flow.add_subwf(inner, n=first.o0)
    third = flow.add_task(map_task(increment), n=[n, second.outputs["o1"]], by=[1, 2])
    third.with_overrides(node_name="many")
    flow.add_workflow_output("last", second.outputs["o0"])
    flow.add_workflow_output("both", [first.o0, second.o1], list[int])
    flow.add_workflow_output("many", third.o0)
    return flow


def test_nodes_are_added_one_by_one() -> None:
    flow = built()
    assert flow.ready()
    found = template(flow)
    assert [node.id for node in found.nodes] == ["n0", "n1", "many"]
    assert inputs(found.nodes[2]) == {"n": "[.n, n1.o1]", "by": "[1, 2]"}
    assert [(each.var, shown(each.binding)) for each in found.outputs] == [
        ("last", "n1.o0"),
        ("both", "[n0.o0, n1.o1]"),
        ("many", "many.o0"),
    ]
    assert flow(n=1) == (3, [2, 2], [2, 4])


def test_it_is_a_workflow_like_any_other() -> None:
    flow = built()

    @workflow
    def outer(n: int) -> int:
        return increment(n=flow(n=n).last)

    assert outer(n=1) == 4
    assert LaunchPlan.get_or_create(flow, "test.built.plan", fixed_inputs={"n": 2})() == (4, [3, 3], [3, 5])


def test_order_and_readiness() -> None:
    flow = Workflow(name="test.ordered")
    flow.add_workflow_input("n", int)
    assert not flow.ready()
    first, second = flow.add_entity(increment, n=1), flow.add_entity(increment, n=2)
    second.runs_before(first)
    assert not flow.ready()
    assert list(template(flow).nodes[0].upstream_node_ids) == ["n1"]


def test_what_is_wrong_is_said() -> None:
    flow = Workflow(name="test.wrong")
    flow.add_workflow_input("n", int)
    node = flow.add_entity(increment, m=1)
    flow.add_workflow_output("o", node.o0)
    for call, message in (
        (lambda: flow.add_workflow_input("n", int), "input 'n' already"),
        (lambda: flow.add_workflow_output("o", node.o0), "output 'o' already"),
        (lambda: flow.add_workflow_output("p", [node.o0]), "type of output 'p'"),
        (lambda: flow.create_conditional("c"), "no conditional 'c'"),
    ):
        with pytest.raises(UsageError, match=message) as caught:
            call()
        assert caught.value.hint
    with pytest.raises(AttributeError, match="no output 'o7'"):
        node.o7  # noqa: B018
    with pytest.raises(CompileError) as errors:
        flow(n=1)
    assert {problem.code for problem in errors.value.problems} >= {"VariableNameNotFound", "ParameterNotBound"}
    assert all(problem.location for problem in errors.value.problems)


def test_a_failure_node_runs_and_the_run_fails_all_the_same(tmp_path: Path) -> None:
    @workflow(on_failure=write)
    def cleaned(path: str, n: int = 7) -> int:
        return broken(n=n)

    with pytest.raises(KeyError, match="7 is not good"):
        cleaned(path=str(tmp_path / "log"))
    assert (tmp_path / "log").read_text() == "7\n"
    assert template(cleaned).failure_node.id == "fn0"

    flow = Workflow(name="test.failing")
    flow.add_entity(broken, n=flow.add_workflow_input("n", int))
    flow.add_entity(write, path=flow.add_workflow_input("path", str))
    flow.add_on_failure_handler(write)
    with pytest.raises(KeyError):
        flow(n=8, path=str(tmp_path / "log"))
    assert (tmp_path / "log").read_text() == "7\n8\n"


def test_the_policy_lets_the_other_nodes_run(tmp_path: Path) -> None:
    policy = WorkflowFailurePolicy.FAIL_AFTER_EXECUTABLE_NODES_COMPLETE

    @workflow(failure_policy=policy)
    def goes_on(path: str) -> int:
        write(path=path, n=increment(n=broken(n=1)))
        write(path=path, n=increment(n=5))
        return increment(n=1)

    with pytest.raises(KeyError, match="1 is not good"):
        goes_on(path=str(tmp_path / "log"))
    assert (tmp_path / "log").read_text() == "6\n"
    assert template(goes_on).metadata.on_failure == WorkflowMetadata.FAIL_AFTER_EXECUTABLE_NODES_COMPLETE


def test_a_failure_node_takes_the_workflows_inputs() -> None:
    @workflow(on_failure=increment)
    def wrong(n: str, other: int) -> int:
        return increment(n=other)

    with pytest.raises(CompileError) as caught:
        wrong(n="x", other=1)
    messages = [problem.message for problem in caught.value.problems]
    assert [problem.code for problem in caught.value.problems] == ["MismatchingInterfaces"] * 3
    assert "input 'n' of the same type" in messages[0]
    assert all(problem.location and problem.hint for problem in caught.value.problems)


def test_a_failure_node_learns_of_the_error() -> None:
    seen: list[FlyteError | None] = []

    @task
    def learn(n: int, err: Optional[FlyteError] = None) -> None:  # noqa: UP045
        seen.append(err)

    @workflow(on_failure=learn)
    def failing(n: int) -> int:
        return broken(n=n)

    with pytest.raises(KeyError):
        failing(n=3)
    assert seen == [FlyteError(message="'3 is not good'", failed_node_id="fn0")]
