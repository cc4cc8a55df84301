"""Tasks and workflows called as plain functions: converted and checked as on a worker."""

from __future__ import annotations

from pathlib import Path
from typing import Any, NamedTuple, cast

import pytest

from jetbridge import current_context, task, workflow
from jetbridge.errors import CompileError, TypeTransformError, UsageError
from tests.sdk.flows import Ends, Line, fit, flow, span


class Named(NamedTuple):
    low: int
    text: str


@task
def both(n: int, text: str = "x") -> Named:
    return Named(n, text)


@task
def whole(value: float) -> int:
    return int(value)


@task
def where() -> str:
    context = current_context()
    (context.working_directory / "file").write_text("x")
    return str(context.working_directory)


@workflow
def named(n: int = 4) -> Named:
    result = both(n=n)
    return Named(low=whole(value=cast("Any", result.low)), text=result.text)


def test_a_task_takes_and_gives_python_values() -> None:
    assert span(3) == Ends(3, 5)
    assert span(n=3, step=1) == Ends(3, 4)
    assert fit(low=1, high=3, names=["a"]) == Line(2.0, ["a"])


def test_a_workflow_runs_its_tasks() -> None:
    assert flow(n=1) == ("a 2.0 [('low', 1), ('ten', 10)]", Line(2.0, ["a", "b"]))
    assert flow() == ("a 2.0 [('low', 3), ('ten', 10)]", Line(2.0, ["a", "b"]))


def test_a_named_tuple_comes_back_as_one() -> None:
    assert both(1) == Named(1, "x")
    assert type(both(1)) is Named


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: cast("Any", span)(n="3"), "input 'n' of 'tests.sdk.flows.span'"),
        (cast("Any", span), "input 'n' of 'tests.sdk.flows.span' is missing"),
        (lambda: cast("Any", span)(1, 2, 3), "has no input number 3"),
        (lambda: cast("Any", span)(1, n=2), "input 'n' of 'tests.sdk.flows.span' is given twice"),
        (lambda: cast("Any", span)(n=1, stp=2), "has no input 'stp'"),
        (lambda: cast("Any", flow)(m=1), "has no input 'm'"),
    ],
)
def test_a_wrong_call_is_said(call: Any, message: str) -> None:
    with pytest.raises(TypeTransformError, match=message) as caught:
        call()
    assert caught.value.hint


def test_what_a_task_raises_is_raised() -> None:
    @task
    def fails() -> int:
        raise KeyError("k")

    @workflow
    def failing() -> int:
        return fails()

    with pytest.raises(KeyError, match="k"):
        fails()
    with pytest.raises(KeyError, match="k"):
        failing()


def test_a_wrong_result_is_said() -> None:
    @task
    def wrong() -> int:
        return "x"  # type: ignore[return-value]

    with pytest.raises(TypeTransformError, match="output 'o0'"):
        wrong()


def test_a_broken_workflow_does_not_run() -> None:
    @workflow
    def broken() -> int:
        return cast("Any", span)(m=1).low

    with pytest.raises(CompileError, match="has no input 'm'"):
        broken()


def test_named_outputs_of_a_workflow_with_a_conversion_problem_are_found_first() -> None:
    with pytest.raises(CompileError, match=r"is float, but n0\.low is int"):
        named()


def test_the_context_is_there_only_inside_a_task() -> None:
    folder = Path(where())
    assert (folder / "file").read_text() == "x"
    with pytest.raises(UsageError, match="outside a task"):
        current_context()


def test_a_call_leaves_no_empty_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    span(n=1)
    assert list(tmp_path.iterdir()) == []
    assert [path.name for path in Path(where()).iterdir()] == ["file"]
