# `a >> b` alone is a statement of Flyte's, and wrong calls are what is tested.
# pyright: reportUnusedExpression=false, reportUnknownMemberType=false, reportUnknownVariableType=false
# pyright: reportUnknownArgumentType=false
"""Everything that is wrong with a workflow is shown at once, each with its file and line."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any, cast

import pytest

from jetbridge import LaunchPlan, task, workflow
from jetbridge.errors import CompileError, Problem
from jetbridge.serialize.closure import closure_of, deployable_closure_of
from jetbridge.serialize.entities import entities_of
from jetbridge.workflow import AnyWorkflow
from tests.sdk.tracing import (
    SETTINGS,
    add,
    half,
    line,
    number,
    pair,
    say,
    template,
    total,
)


def problems(flow: AnyWorkflow) -> list[Problem]:
    with pytest.raises(CompileError) as caught:
        template(flow)
    found = list(caught.value.problems)
    assert all(problem.location and problem.location.file.endswith("test_workflow_problems.py") for problem in found), (
        found
    )
    return found


def lines_below(flow: AnyWorkflow) -> list[tuple[int, str]]:
    """Line (counted from the decorator's) and code of each problem."""
    first = inspect.getsourcelines(cast("Any", flow).function)[1]
    return [(problem.location.line - first, problem.code) for problem in problems(flow) if problem.location]


def test_every_problem_of_the_calls_is_shown_at_once_with_its_line() -> None:
    @workflow
    def flow(n: int, text: str) -> int:
        number(n="three")  # type: ignore[arg-type] # line 2
        number(n=text)  # type: ignore[arg-type] # line 3
        cast("Any", number)(m=1)  # line 4
        cast("Any", add)()  # line 5
        cast("Any", add)(n, a=n)  # line 6
        cast("Any", number)(1, 2)  # line 7
        cast("Any", half)(value=cast("Any", line(n=n)).slop)  # line 8
        cast("Any", number)(n=[number(n=n)])  # line 9
        cast("Any", number)(n=cast("Any", number(n=n)).part)  # line 10
        cast("Any", number)(n=pair(n=n))  # line 11
        cast("Any", number)(n=say(text="x"))  # line 12
        return text  # type: ignore[return-value]

    assert lines_below(flow) == [
        (0, "MismatchingTypes"),
        (2, "MismatchingTypes"),
        (3, "MismatchingTypes"),
        (4, "VariableNameNotFound"),
        (5, "ParameterNotBound"),
        (6, "ParameterBoundMoreThanOnce"),
        (7, "VariableNameNotFound"),
        (8, "FieldNotFound"),
        (9, "MismatchingTypes"),
        (10, "FieldNotFound"),
        (11, "MismatchingTypes"),
        (12, "MismatchingTypes"),
    ]


def test_each_problem_has_a_hint_or_says_what_to_do() -> None:
    @workflow
    def flow() -> int:
        cast("Any", number)(m=1)
        return half(value=line(n=1).slop)  # type: ignore[attr-defined, return-value]

    found = problems(flow)
    assert [problem.hint for problem in found][:3] == [
        "Change one of the two annotations, or convert the value in a task.",
        "There is: n.",
        "Did you mean 'slope'?",
    ]


def test_a_cycle_is_named() -> None:
    @workflow
    def flow() -> None:
        first, second = cast("Any", number()), cast("Any", number())
        first >> second
        second >> first

    (problem,) = problems(flow)
    assert problem.code == "CycleDetected"
    assert "n0 → n1 → n0" in problem.message


@pytest.mark.parametrize(("count", "declared"), [(1, 2), (3, 2)])
def test_the_number_of_outputs_must_be_that_of_the_declaration(count: int, declared: int) -> None:
    @workflow
    def flow() -> tuple[int, int]:
        return cast("Any", tuple(number() for _ in range(count)))

    (problem,) = problems(flow)
    assert f"declares {declared} outputs and returns {count}" in problem.message


def _use_as_bool(promise: Any) -> None:
    if promise:
        pass


USES: list[tuple[Callable[[Any], object], str]] = [
    (_use_as_bool, "used as a truth value"),
    (lambda promise: promise in [1, 2], "used as a truth value|compared"),
    (list, "iterated over"),
    (len, r"measured with len\(\)"),
    (lambda promise: f"{promise}", "made part of a text"),
    (lambda promise: "n = %s" % promise, "made part of a text"),  # noqa: UP031
    (lambda promise: promise[-1], "indexed with -1"),
    (lambda promise: promise[0:2], r"indexed with slice\(0, 2, None\)"),
    (lambda promise: promise + 1, "TypeError"),
    (lambda promise: promise >> 3, "ordered"),
    (int, "TypeError"),
]


@pytest.mark.parametrize(
    ("use", "message"),
    USES,
)
def test_a_promise_used_as_a_value_is_refused(use: Callable[[Any], Any], message: str) -> None:
    @workflow
    def flow() -> None:
        use(number())

    with pytest.raises(CompileError, match=message) as caught:
        template(flow)
    assert caught.value.problems[-1].location
    assert caught.value.hint


def test_an_exception_in_the_function_comes_with_its_line_and_the_problems_before_it() -> None:
    @workflow
    def flow() -> None:
        number(n="x")  # type: ignore[arg-type]
        raise KeyError("boom")

    assert lines_below(flow) == [(2, "MismatchingTypes"), (3, "WorkflowBuildError")]
    assert "KeyError: 'boom'" in problems(flow)[1].message


def test_an_unknown_override_names_what_is_meant() -> None:
    @workflow
    def wrong() -> None:
        cast("Any", number()).with_overrides(retry=3)

    @workflow
    def not_yet() -> None:
        cast("Any", number()).with_overrides(task_config=3)

    @workflow
    def on_input(n: int) -> None:
        cast("Any", n).with_overrides(retries=1)

    (problem,) = problems(wrong)
    assert (problem.code, problem.hint) == ("UnsupportedOverride", "Did you mean 'retries'?")
    assert "flytekit has 'task_config'" in problems(not_yet)[0].hint
    assert "overridden" in problems(on_input)[0].message


def test_the_problems_of_a_workflow_in_a_workflow_are_shown_with_its_own() -> None:
    @workflow
    def inner() -> int:
        number(m=1)  # type: ignore[call-arg]
        return number()

    @workflow
    def outer() -> int:
        number(n="x")  # type: ignore[arg-type]
        return inner()

    assert {problem.code for problem in problems(outer)} == {"MismatchingTypes", "VariableNameNotFound"}


def test_a_task_whose_types_cannot_be_read_is_named() -> None:
    @task
    def odd(x: complex) -> int:
        return 1

    @task
    def untyped(x) -> int:  # type: ignore[no-untyped-def]
        return 1

    @workflow
    def flow() -> int:
        odd(x=1j)
        return untyped(x=1)

    assert {problem.code for problem in problems(flow)} <= {"InvalidInterface", "MismatchingTypes"}


def test_an_empty_workflow_has_no_nodes() -> None:
    @workflow
    def flow() -> None:
        return None

    assert [problem.code for problem in problems(flow)] == ["NoNodesFound"]


@pytest.mark.parametrize("name", ["start-node", "inputs", "", "_", "é", "a" * 64])
def test_a_node_name_that_is_no_label_is_refused(name: str) -> None:
    @workflow
    def flow() -> int:
        return cast("Any", number()).with_overrides(node_name=name)

    assert "InvalidValue" in {problem.code for problem in problems(flow)}


def test_a_node_name_twice_is_refused() -> None:
    @workflow
    def flow() -> None:
        cast("Any", number()).with_overrides(node_name="a")
        cast("Any", number()).with_overrides(node_name="A")

    assert "DuplicateId" in {problem.code for problem in problems(flow)}


def test_two_tasks_of_one_name_are_refused() -> None:
    def make(k: int) -> Any:
        @task
        def made(n: int) -> int:
            return n + k

        return made

    first, second = make(1), make(2)

    @workflow
    def flow() -> int:
        return second(n=first(n=1))

    assert [problem.code for problem in problems(flow)] == ["ValueCollision"]


def test_a_task_that_no_worker_can_import_is_refused_when_packaged() -> None:
    @task
    def local(n: int) -> int:
        return n

    @workflow
    def flow() -> int:
        return local(n=1)

    plan = LaunchPlan.get_or_create(flow)
    assert closure_of(plan, SETTINGS).compiled.tasks
    for package in (deployable_closure_of, lambda plan, settings: entities_of([plan], settings)):  # type: ignore[misc]
        with pytest.raises(CompileError, match="cannot import task 'test") as caught:
            package(plan, SETTINGS)
        assert [problem.code for problem in caught.value.problems] == ["TaskNotImportable"]


def test_a_constant_nested_too_deeply_is_a_problem() -> None:
    deep: Any = 1
    for _ in range(5000):
        deep = [deep]

    @workflow
    def flow() -> int:
        return total(values=deep, table={})

    assert {problem.code for problem in problems(flow)} <= {"MismatchingTypes", "WorkflowBuildError"}
