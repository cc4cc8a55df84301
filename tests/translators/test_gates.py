"""Gates of local runs: answered by the verbs and at the terminal; what may be answered, and what it means."""

from __future__ import annotations

import os
import pty
import threading
from collections.abc import Callable, Generator
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import Any

import pytest

from jetbridge.cli.main import cli
from jetbridge.errors import RunError, UsageError
from jetbridge.store import open_store
from jetbridge.types.json_codec import to_json
from jetbridge_translators.api import Engine, read_outputs
from jetbridge_translators.base import RunRequest, Settings
from jetbridge_translators.cli.asking import Asker
from jetbridge_translators.cli.record import Record, write_record
from jetbridge_translators.gates import find_gates, read_value
from jetbridge_translators.local import gates as local_gates
from tests.translators import gate_flows
from tests.translators.plan_helpers import closure, defaults, plan

ROOT = Path(__file__).parents[2]


@pytest.fixture(autouse=True)
def _fast(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(local_gates, "_LOOK_SECONDS", 0.01)
    monkeypatch.setenv("MARKS", str(tmp_path))


class Waiting:
    """A run of a workflow, and what is typed when it says that a gate waits."""

    def __init__(self, folder: Path, say: Callable[[str], None] = lambda root: None, **more: Any) -> None:
        self.root = f"file://{folder / 'runs' / 'r-1'}"
        self.folder = folder
        self.lines: list[str] = []
        self._say = say
        self._more = more

    def run(self, flow: Any) -> dict[str, Any]:
        record = Record(backend="local", settings=Settings(store=str(self.folder / "runs")), closure=closure(flow))
        request = RunRequest(
            run_id="r-1",
            inputs=defaults(flow),
            settings=record.settings,
            source_root=str(ROOT),
            on_output=self._heard,
            on_start=lambda root: write_record(open_store(), root, record),
            **self._more,
        )
        made = plan(flow)
        result = Engine().run(made, "local", request)
        return {name: to_json(literal) for name, literal in read_outputs(made, result.run_root).items()}

    def _heard(self, step: str, line: str) -> None:
        self.lines.append(f"{step}: {line}")
        if "jetbridge" in line:
            self._say(line)


def verb(*arguments: str) -> None:
    cli.main(args=list(arguments), standalone_mode=False)


def test_the_verbs_open_gates(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    def say(line: str) -> None:
        if "approve" in line:
            verb("approve", "r-1", "allow", "--store", str(tmp_path / "runs"))
            with pytest.raises(UsageError, match=r"has been answered"):
                verb("approve", run.root, "n1")
            return
        with pytest.raises(UsageError, match=r"waits for a value, not for an approval"):
            verb("approve", run.root, "word")
        verb("set", run.root, "word", "-5 or so", "--json")

    run = Waiting(tmp_path, say)
    assert run.run(gate_flows.gated) == {"o0": "6 -5 or so"}
    invitation = f"allow: waits for an approval: jetbridge approve {run.root} n1, or jetbridge reject {run.root} n1"
    assert invitation in run.lines
    assert '"answer": "set"' in capsys.readouterr().out


def test_a_rejection_is_the_run_s_error(tmp_path: Path) -> None:
    def say(line: str) -> None:
        if "approve" in line:
            verb("reject", run.root, "n1", "--reason", "poor")

    run = Waiting(tmp_path, say)
    with pytest.raises(RunError, match=r"\[ReceivedRejectSignal\]\n\n'allow' was rejected: poor"):
        run.run(gate_flows.gated)


def test_one_signal_id_is_one_answer(tmp_path: Path) -> None:
    seen = threading.Barrier(2)

    def say(line: str) -> None:
        # Both gates wait before one answer goes to the id of both.
        if seen.wait(20) == 0:
            verb("set", run.root, "amount", "4")

    run = Waiting(tmp_path, say)
    assert run.run(gate_flows.shared) == {"o0": 8, "o1": 8}


def test_the_time_is_up(tmp_path: Path) -> None:
    with pytest.raises(RunError, match=r"\[TimeoutExpired\]"):
        Waiting(tmp_path).run(gate_flows.late)


def test_a_person_at_the_terminal_is_asked_until_the_answer_can_be_used(tmp_path: Path) -> None:
    answers = iter(["many", "11"])
    asked: list[str] = []

    def ask(question: str, wanted: Callable[[], bool]) -> str:
        asked.append(question)
        return next(answers)

    run = Waiting(tmp_path, ask=ask)
    assert run.run(gate_flows.decided) == {"o0": 22}
    assert asked == ["amount waits for a value of type int: "] * 2
    assert any("'many' is none" in line for line in run.lines)


@pytest.mark.parametrize(
    ("node", "text", "message"),
    [
        ("n9", "1", r"has no gate 'n9'"),
        ("word", "x", r"'n2' of 'r-1' does not wait"),
    ],
)
def test_what_cannot_be_answered(tmp_path: Path, node: str, text: str, message: str) -> None:
    root = f"file://{tmp_path}/r-1"
    record = Record(backend="local", settings=Settings(store=str(tmp_path)), closure=closure(gate_flows.gated))
    write_record(open_store(), root, record)
    with pytest.raises(UsageError, match=message) as caught:
        verb("set", root, node, text)
    assert caught.value.hint


def test_an_unknown_run(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"there is no run at 'file://.*/r-0'"):
        verb("set", "r-0", "n0", "1", "--store", str(tmp_path))


def test_a_damaged_record_is_said_to_be_one(tmp_path: Path) -> None:
    (tmp_path / "run.json").write_text('{"version": 2}')
    with pytest.raises(UsageError, match=r"cannot be read: it is of version 2"):
        verb("set", str(tmp_path), "n0", "1")


def test_a_value_is_read_by_the_gate_s_type() -> None:
    (gate,) = find_gates(plan(gate_flows.decided), "amount")
    with pytest.raises(UsageError, match=r"waits for a value of type int, and 'x' is none"):
        read_value(gate, "x")
    value = read_value(gate, "7").value
    assert value is not None
    assert to_json(value) == 7


@contextmanager
def terminal() -> Generator[tuple[int, Any]]:
    ours, theirs = pty.openpty()
    with os.fdopen(theirs, encoding="utf-8") as file:
        yield ours, file
    os.close(ours)


def test_the_asker_reads_a_line_of_a_terminal() -> None:
    with terminal() as (ours, theirs):
        os.write(ours, b"yes\n")
        with os.fdopen(os.dup(theirs.fileno()), "w", encoding="utf-8") as questions:
            assert Asker(nullcontext, questions, theirs)("Approve? ", lambda: True) == "yes"


def test_nobody_is_asked_without_a_terminal_or_when_the_answer_has_come(tmp_path: Path) -> None:
    with (tmp_path / "file").open("w+") as file:
        assert Asker(nullcontext, file, file)("Approve? ", lambda: True) is None
    with terminal() as (_, theirs), os.fdopen(os.dup(theirs.fileno()), "w", encoding="utf-8") as questions:
        assert Asker(nullcontext, questions, theirs)("Approve? ", lambda: False) is None


def test_the_verbs_open_gates_that_a_dynamic_task_has_made(tmp_path: Path) -> None:
    def say(line: str) -> None:
        with pytest.raises(UsageError, match=r"has no gate 'amount 4'"):
            verb("set", run.root, "amount 4", "1")
        verb("set", run.root, "amount 3", "21")

    run = Waiting(tmp_path, say)
    assert run.run(gate_flows.asked_by_a_dynamic_task) == {"o0": 42}
