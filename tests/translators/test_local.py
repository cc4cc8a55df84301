"""The local runner: real processes, told by the marks they leave."""

from __future__ import annotations

import os
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from jetbridge.errors import RunError
from jetbridge.runtime.layout import error_uri
from jetbridge.store import open_store
from jetbridge_translators.api import Engine, read_outputs
from jetbridge_translators.base import RunRequest, RunResult, Settings, StepEvent
from tests.translators import running
from tests.translators.plan_helpers import defaults, plan

ROOT = Path(__file__).parents[2]


@dataclass
class Local:
    """Runs workflows in a folder, and keeps what was heard of them."""

    folder: Path
    events: list[tuple[str, str]] = field(default_factory=list[tuple[str, str]])
    output: list[str] = field(default_factory=list[str])

    def run(self, flow: Any, **options: Any) -> dict[str, Any]:
        made = plan(flow, **options)
        result: RunResult = Engine().run(made, "local", self._request(flow))
        assert [step.state for step in result.steps] == ["succeeded"] * len(made.steps)
        outputs = read_outputs(made, result.run_root)
        primitives = {name: literal.scalar.primitive for name, literal in outputs.items()}
        return {name: getattr(value, value.WhichOneof("value") or "") for name, value in primitives.items()}

    def fail(self, flow: Any) -> str:
        with pytest.raises(RunError) as caught:
            Engine().run(plan(flow), "local", self._request(flow))
        return str(caught.value)

    def _request(self, flow: Any) -> RunRequest:
        return RunRequest(
            run_id="run-1",
            inputs=defaults(flow),
            settings=Settings(store=str(self.folder / "a store")),
            source_root=str(ROOT),
            on_event=self._hear,
            on_output=lambda step, line: self.output.append(f"{step}: {line}"),
        )

    def _hear(self, event: StepEvent) -> None:
        self.events.append((event.step, event.state))

    def marks(self) -> list[str]:
        return (self.folder / "marks").read_text().splitlines()

    def child_is_gone(self) -> bool:
        (pid,) = [int(mark.split()[1]) for mark in self.marks() if mark.startswith("child")]
        return any(_is_gone(pid) or time.sleep(0.05) for _ in range(100))


def _is_gone(pid: int) -> bool:
    """Whether a process has ended; its parent is gone too, so it may be left as a zombie."""
    try:
        return ") Z " in Path(f"/proc/{pid}/stat").read_text()
    except FileNotFoundError:
        return True


@pytest.fixture
def local(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Local:
    monkeypatch.setenv("MARKS", str(tmp_path))
    return Local(tmp_path)


@pytest.mark.skipif((os.cpu_count() or 1) < 2, reason="steps run side by side only with two processors")
def test_what_does_not_wait_for_each_other_runs_at_the_same_time(local: Local) -> None:
    assert local.run(running.parallel) == {"o0": "a", "o1": "b"}
    assert sorted(local.output) == ["meet_n0: a met b", "meet_n1: b met a"]
    assert sorted(local.events) == [
        ("meet_n0", "running"),
        ("meet_n0", "succeeded"),
        ("meet_n1", "running"),
        ("meet_n1", "succeeded"),
    ]


def test_a_launch_plan_limits_the_tasks_at_a_time(local: Local) -> None:
    assert local.run(running.one_by_one, max_parallelism=1) == {"o0": 0, "o1": 0, "o2": 0}


def test_a_recoverable_failure_is_tried_again(local: Local) -> None:
    assert local.run(running.retried) == {"o0": 2}
    assert local.marks() == ["attempt 0", "attempt 1", "attempt 2"]
    states = [state for _, state in local.events]
    assert states == ["running", "retrying", "retrying", "succeeded"]


def test_a_users_error_is_final_and_comes_with_its_place(local: Local) -> None:
    message = local.fail(running.final)
    assert local.marks() == ["ran"]
    assert "tests.translators.running.broken" in message
    assert "USER:RuntimeError" in message
    assert "ValueError: never again" in message
    assert any("never again" in line for line in local.output)
    assert local.events == [("broken", "running"), ("broken", "failed")]


def test_a_killed_process_is_tried_again_as_a_system_failure(local: Local) -> None:
    assert local.run(running.crashed) == {"o0": 1}
    assert local.marks() == ["crash 0", "crash 1"]


def test_an_attempt_whose_time_is_up_is_ended_with_its_children(local: Local) -> None:
    message = local.fail(running.overtime)
    assert "TimeoutExpired" in message
    assert "took longer than 0:00:01" in message
    assert local.child_is_gone()
    uri = error_uri(f"file://{local.folder}/a store/run-1", "n0")
    assert open_store().exists(uri)


def test_a_failure_ends_the_others_and_starts_no_more(local: Local) -> None:
    assert "this is the end" in local.fail(running.ended)
    assert {"slept", "never"}.isdisjoint(local.marks())
    assert local.child_is_gone()


def test_what_a_task_leaves_behind_ends_with_it(local: Local) -> None:
    assert local.run(running.careless) == {"o0": "done"}
    assert local.child_is_gone()


def test_the_tasks_variables_are_set_as_they_are(local: Local) -> None:
    assert local.run(running.small) == {"o0": "hello {{x}}"}


def test_a_constant_too_long_for_a_process_is_said(local: Local) -> None:
    message = local.fail(running.huge)
    assert "cannot be started" in message
    assert "as workflow inputs" in message
