"""A workflow with each kind of gate, whose answers go everywhere that an answer can go."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from jetbridge import approve, conditional, map_task, sleep, task, wait_for_input, workflow
from tests.translators.gate_flows import double, joined

LONG = timedelta(minutes=10)


@dataclass
class Pair:
    label: str
    number: int


@task
def say(text: str) -> str:
    return text


@workflow
def asked(word: str) -> str:
    """Comes to a gate of its own."""
    first = say(text=word)
    never = wait_for_input("never", timeout=LONG, expected_type=str)
    _ = first >> never  # type: ignore[operator]
    return never


@workflow
def kinds() -> tuple[str, list[int], str, str, str, int]:
    word = wait_for_input("word", timeout=LONG, expected_type=str)
    allowed = approve(double(n=2), "allow", timeout=LONG)
    numbers = wait_for_input("numbers", timeout=LONG, expected_type=list[int])
    moment = wait_for_input("moment", timeout=LONG, expected_type=datetime)
    limit = wait_for_input("limit", timeout=LONG, expected_type=float)
    when = (
        conditional("when")
        .if_((moment > datetime(2026, 1, 1, tzinfo=UTC)) & (limit > 2.0))  # type: ignore[operator]
        .then(say(text="late"))
        .else_()
        .then(say(text="early"))  # type: ignore[attr-defined]
    )
    perhaps = (
        conditional("perhaps").if_(limit > 3.0).then(asked(word=word)).else_().then(say(text="unmet"))  # type: ignore[operator,attr-defined]
    )
    record = wait_for_input("record", timeout=LONG, expected_type=Pair)
    return (  # type: ignore[return-value]
        joined(n=allowed, word=word),
        map_task(double)(n=numbers),
        when,
        say(text=perhaps),
        word,
        record.number,  # type: ignore[attr-defined]
    )


@workflow
def overslept() -> int:
    pause = sleep(timedelta(seconds=30)).with_overrides(timeout=timedelta(milliseconds=500))
    after = double(n=1)
    _ = pause >> after  # type: ignore[operator]
    return after
