# Promises stand for values, and `a >> b` alone is a statement of Flyte's.
# pyright: basic, reportUnusedExpression=false, reportAttributeAccessIssue=false, reportArgumentType=false
# pyright: reportCallIssue=false, reportOptionalMemberAccess=false, reportReturnType=false
"""Gates: a person at the terminal is asked."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from jetbridge import approve, sleep, task, wait_for_input, workflow
from jetbridge.errors import CompileError, RunError
from tests.sdk.tracing import inputs, template

DAY = timedelta(days=1)


@task
def double(n: int) -> int:
    return 2 * n


@task
def note(n: int) -> None:
    assert n


@workflow
def gated(n: int) -> tuple[int, float]:
    first = double(n=n)
    pause = sleep(timedelta(minutes=5))
    first >> pause
    allowed = approve(first, "allow", timeout=DAY)
    pause >> allowed
    return double(n=allowed), wait_for_input("amount", timeout=DAY, expected_type=float)


def answer(monkeypatch: pytest.MonkeyPatch, *lines: str) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("".join(f"{line}\n" for line in lines)))


def test_answers_come_from_standard_input(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    answer(monkeypatch, "much")  # the input gate waits for nothing, so it is asked first
    with pytest.raises(RunError, match="is no float"):
        gated(n=1)
    answer(monkeypatch, "2.5", "")
    assert gated(n=1) == (4, 2.5)
    shown = capsys.readouterr().err
    assert "[Sleep Gate] Simulating Sleep for 0:05:00" in shown
    assert "[Input Gate] Waiting for input @amount of type float" in shown
    assert "[Approval Gate] @allow Approve 2?" in shown


def test_no_is_a_failure_and_so_is_silence(monkeypatch: pytest.MonkeyPatch) -> None:
    answer(monkeypatch, "1", "n")
    with pytest.raises(RunError, match="'allow' was not approved"):
        gated(n=1)
    answer(monkeypatch)
    with pytest.raises(RunError, match="waits for an answer") as caught:
        gated(n=1)
    assert caught.value.hint


def test_an_approval_has_the_name_and_type_of_what_it_passes_on() -> None:
    nodes = template(gated).nodes
    assert inputs(nodes[2]) == {"o0": "n0.o0"}
    assert list(nodes[2].upstream_node_ids) == ["n1", "n0"]
    assert [node.gate_node.WhichOneof("condition") for node in nodes] == [None, "sleep", "approve", None, "signal"]
    assert nodes[1].metadata.timeout.seconds == 3600


WRONG: list[tuple[Callable[[Any], Any], str]] = [
    (lambda n: approve(n, "a", timeout=DAY), "whole output of a task"),
    (lambda n: approve(note(n=n), "a", timeout=DAY), "is given"),
    (lambda n: approve(3, "a", timeout=DAY), "is given 3"),
    (lambda n: sleep(timedelta(0)), "no time to wait"),
]


@pytest.mark.parametrize(("make", "message"), WRONG)
def test_what_no_gate_can_wait_for_is_said_with_its_line(make: Callable[[Any], Any], message: str) -> None:
    @workflow
    def flow(n: int) -> None:
        double(n=n)
        make(n)

    with pytest.raises(CompileError, match=message) as caught:
        flow(n=1)
    (problem,) = caught.value.problems
    assert problem.location
    assert problem.location.file.endswith("test_gates.py")
    assert problem.hint


def test_gates_stand_in_workflows() -> None:
    for call in (lambda: sleep(DAY), lambda: wait_for_input("a", DAY, int), lambda: approve(1, "a", DAY)):
        with pytest.raises(CompileError, match="outside a workflow"):
            call()
