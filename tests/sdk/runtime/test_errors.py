"""What an error document says of unusual exceptions, and that Flyte's protos can hold it."""

from __future__ import annotations

import pytest

from jetbridge.idl import ContainerError
from jetbridge.runtime.failure import MAX_MESSAGE, MAX_TRACE, SYSTEM, TaskFailure, error_document
from tests.sdk.runtime.run import TASKS, Run


def message(run: Run, how: str) -> str:
    assert run.execute("n0", "errs", f'how=json:"{how}"', module=TASKS) == 80
    error = run.error("n0")
    assert (error.code, error.kind) == ("USER:RuntimeError", ContainerError.NON_RECOVERABLE)
    assert "/jetbridge/runtime/" not in error.message
    return error.message


def test_causes_and_contexts_are_shown_with_the_users_frames(run: Run) -> None:
    chained = message(run, "chained")
    assert "KeyError: 'inner'\n\n    The above exception was the direct cause of" in chained
    assert chained.endswith("\nMessage:\n\n    ValueError: outer")
    assert "During handling of the above exception" in message(run, "context")


def test_members_of_a_group_are_shown(run: Run) -> None:
    group = message(run, "group")
    assert all(text in group for text in ("ExceptionGroup: several", "ValueError: one", "KeyError: 'two'"))


def test_a_deep_recursion_is_folded(run: Run) -> None:
    deep = message(run, "deep")
    assert "[Previous line repeated" in deep
    assert len(deep) < 4000
    assert "RecursionError: maximum recursion depth exceeded" in deep


@pytest.mark.parametrize(
    ("how", "end"),
    [
        ("mute", "Mute: <str() of the exception failed: RuntimeError>"),
        ("code breaks", "CodeBreaks: odd"),
        ("surrogate", "ValueError: caf\\udce9 \0 €"),
        ("cancelled", "GeneratorExit: base"),
        ("memory", "MemoryError: "),
    ],
)
def test_odd_exceptions_are_told(run: Run, how: str, end: str) -> None:
    assert message(run, how).endswith(f"Message:\n\n    {end}")


def test_a_gigantic_message_loses_its_middle(run: Run) -> None:
    text = message(run, "gigantic")
    assert len(text) < MAX_TRACE + MAX_MESSAGE + 1000
    assert "characters left out" in text
    assert text.endswith("aaaend")


def test_an_exception_without_a_trace_is_told() -> None:
    document = error_document(TaskFailure(SYSTEM, OSError("away")), 1_500_000_001, worker="w-1")
    assert document.error.message == "Message:\n\n    OSError: away"
    assert (document.error.worker, document.error.timestamp.nanos) == ("w-1", 500_000_001)
