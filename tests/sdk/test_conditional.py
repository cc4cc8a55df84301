# Promises stand for values.
# pyright: basic, reportUnusedExpression=false, reportAttributeAccessIssue=false, reportArgumentType=false
# pyright: reportCallIssue=false, reportOptionalMemberAccess=false, reportReturnType=false
"""`conditional`: the branch that is taken, the wire form, and what is refused."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

import pytest

from jetbridge import LaunchPlan, conditional, task, workflow
from jetbridge.errors import BindingError, CompileError, RunError
from tests.sdk.tracing import inputs, template


@dataclass
class Box:
    width: int
    height: int


class Ends(NamedTuple):
    low: int
    high: int


@task
def increment(n: int) -> int:
    return n + 1


@task
def name(text: str) -> str:
    return text


@task
def ends(n: int) -> Ends:
    return Ends(n, n + 1)


@task
def make_box(width: int, height: int) -> Box:
    return Box(width, height)


@task
def never() -> int:
    raise AssertionError("this branch is not taken")


@workflow
def inner(n: int) -> int:
    return increment(n=increment(n=n))


plan = LaunchPlan.get_or_create(inner, "test.conditional.plan", fixed_inputs={"n": 40})


@workflow
def ways(n: int) -> int:
    return (
        conditional("ways")
        .if_(n == 0)
        .then(increment(n=n))
        .elif_((n == 1) | (n == 2))
        .then(inner(n=n))
        .elif_((n > 2) & (n < 10) & (n != 5))
        .then(plan())
        .elif_(n == 5)
        .then(conditional("five").if_(n > 7).then(never()).else_().then(increment(n=n)))
        .else_()
        .fail("too many ways")
    )


@pytest.mark.parametrize(("n", "expected"), [(0, 1), (1, 3), (2, 4), (3, 42), (9, 42), (5, 6)])
def test_the_first_case_that_holds_is_taken(n: int, expected: int) -> None:
    assert ways(n=n) == expected


def test_fail_ends_the_run_with_its_message() -> None:
    with pytest.raises(RunError, match="too many ways"):
        ways(n=10)


@workflow
def compared(whole: int, number: float, text: str, flag: bool, when: datetime, span: timedelta, word: str) -> str:
    return (
        conditional("kinds")
        .if_((number >= 2.5) & (text < word))
        .then(name(text="number"))
        .elif_(flag.is_true() & (when > datetime(2026, 1, 1, tzinfo=UTC)))
        .then(name(text="time"))
        .elif_(flag.is_false() & (span <= timedelta(minutes=1)))
        .then(name(text="span"))
        .else_()
        .then(name(text="none"))
    )


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"number": 2.5, "text": "a"}, "number"),
        ({"number": 2.5, "text": "c"}, "none"),
        ({"flag": True, "when": datetime(2026, 1, 2, tzinfo=UTC)}, "time"),
        (
            {"flag": True, "when": datetime(2026, 1, 1, 0, 0, 0, 999_999, tzinfo=UTC)},
            "none",
        ),  # whole seconds, as propeller
        ({"span": timedelta(seconds=60, microseconds=5)}, "span"),
    ],
)
def test_values_of_every_kind_are_compared(change: dict[str, Any], expected: str) -> None:
    given: dict[str, Any] = {
        "whole": 1,
        "number": 0.0,
        "text": "a",
        "flag": False,
        "when": datetime(2020, 1, 1, tzinfo=UTC),
        "span": timedelta(hours=1),
        "word": "b",
        **change,
    }
    assert compared(**given) == expected


def test_the_result_has_the_outputs_that_all_branches_have() -> None:
    @task
    def high_only(n: int) -> NamedTuple("High", [("high", int)]):  # type: ignore[valid-type]
        return (n * 100,)

    @workflow
    def both(n: int) -> tuple[int, int]:
        low, high = conditional("both").if_(n > 1).then(ends(n=n)).else_().then(ends(n=0))
        return low, high

    @workflow
    def shared(n: int) -> int:
        high = conditional("shared").if_(n > 1).then(ends(n=n)).else_().then(high_only(n=n))
        return increment(n=high)

    assert (both(n=5), both(n=1)) == ((5, 6), (0, 1))
    assert (shared(n=5), shared(n=1)) == (7, 101)


def test_operands_are_named_after_where_they_come_from() -> None:
    @workflow
    def flow(n: int) -> int:
        box = make_box(width=n, height=2).with_overrides(node_name="box")
        first = increment(n=n)
        return conditional("b").if_((first > n) & (box.width > box.height)).then(inner(n=first)).else_().fail("no")

    node = template(flow).nodes[2]
    assert inputs(node) == {
        ".n": ".n",
        "n1.o0": "n1.o0",
        "box.o0.height": "box.o0[height]",
        "box.o0.width": "box.o0[width]",
    }
    assert list(node.upstream_node_ids) == ["box", "n1"]
    then = node.branch_node.if_else.case.then_node
    assert (then.id, inputs(then)) == ("n0", {"n": "n1.o0"})
    assert node.branch_node.if_else.error.failed_node_id == "b"
    assert flow(n=3) == 6


def test_a_call_in_a_condition_runs_before_the_branch() -> None:
    @workflow
    def flow(n: int) -> int:
        return (
            conditional("b")
            .if_(increment(n=increment(n=n)) == 3)
            .then(increment(n=10))
            .elif_(increment(n=n) > 5)
            .then(increment(n=20))
            .else_()
            .fail("neither")
        )

    nodes = template(flow).nodes
    assert [node.id for node in nodes] == ["n0", "n1", "n2", "n3"]
    assert inputs(nodes[3]) == {"n1.o0": "n1.o0", "n2.o0": "n2.o0"}
    assert (flow(n=1), flow(n=9)) == (11, 21)


def _truth(n: Any) -> Any:
    return conditional("b").if_(n > 1 and n < 3).then(increment(n=n)).else_().fail("x")


def _chained(n: Any) -> Any:
    return conditional("b").if_(1 < n < 3).then(increment(n=n)).else_().fail("x")


WRONG: list[tuple[Callable[[Any], Any], str, str]] = [
    (_truth, "PromiseUsedAsValue", "joined by `&` and `|`"),
    (_chained, "PromiseUsedAsValue", "joined by `&` and `|`"),
    (lambda n: conditional("b").if_(n), "BranchNodeHasNoCondition", "x.is_true()"),
    (lambda n: conditional("b").if_(True), "BranchNodeHasNoCondition", "Compare promises"),
    (lambda n: conditional("b").if_((n > 1) & True), "BranchNodeHasNoCondition", "Compare promises"),
    (lambda n: conditional("b").if_(n > 1).fail("x"), "BranchNodeHasNoCondition", "Only `else_()` can fail"),
    (lambda n: conditional("b").if_(n > 1).then(increment(n=n)), "BranchNodeHasNoDefault", "else_()"),
    (lambda n: conditional("b").if_(n > 1).then(n).else_().fail("x"), "ValueRequired", "Call a task"),
    (
        lambda n: conditional("b").if_(n > 1).then(increment(n=increment(n=n))).else_().fail("x"),
        "WorkflowBuildError",
        "`@workflow` of their own",
    ),
    (lambda n: conditional("b").if_(n > [1]).then(increment(n=n)).else_().fail("x"), "InvalidValue", "list[int]"),
    (lambda n: conditional("b").if_(n > "a").then(increment(n=n)).else_().fail("x"), "MismatchingTypes", ""),
]


@pytest.mark.parametrize(("make", "code", "hint"), WRONG)
def test_what_is_wrong_is_said_with_its_line(make: Callable[[Any], Any], code: str, hint: str) -> None:
    @workflow
    def flow(n: int) -> int:
        return make(n)

    with pytest.raises(CompileError) as caught:
        flow(n=1)
    found = {problem.code: problem for problem in caught.value.problems}
    assert code in found
    assert found[code].location
    assert found[code].location.file.endswith("test_conditional.py")
    assert hint in found[code].hint


def test_a_branch_keeps_its_calls_to_itself() -> None:
    kept: list[Any] = []

    def call(n: Any) -> Any:
        kept.append(increment(n=n))
        return kept[0]

    @workflow
    def flow(n: int) -> int:
        conditional("b").if_(n > 1).then(call(n)).else_().then(increment(n=n))
        return increment(n=kept[0])

    with pytest.raises(CompileError, match="inside a branch is used outside of it"):
        flow(n=1)


def test_a_conditional_stands_in_a_workflow() -> None:
    with pytest.raises(CompileError, match="outside a workflow"):
        conditional("b")


def test_values_of_two_kinds_are_not_compared() -> None:
    @workflow
    def flow(box: Box) -> int:
        return conditional("b").if_(box.width > 1.5).then(increment(n=1)).else_().fail("x")

    with pytest.raises((BindingError, CompileError)):
        flow(box=Box(1, 2))
