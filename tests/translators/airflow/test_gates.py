"""Gates on a real Airflow: opened, failed and waited for in vain; and what the DAG file says of them."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from jetbridge.cli.main import cli
from jetbridge.errors import RunError, TranslationError
from jetbridge.idl import ErrorDocument
from jetbridge.runtime.layout import error_uri
from jetbridge.store import open_store
from jetbridge.types.json_codec import to_json
from jetbridge_translators.api import Engine, read_outputs
from jetbridge_translators.base import RunRequest, Settings
from jetbridge_translators.cli.record import Record, write_record
from tests.translators import gate_flows
from tests.translators.airflow import gates_of_all_kinds as kinds
from tests.translators.airflow.plans import settings, source
from tests.translators.plan_helpers import closure, defaults, plan

Ask = Callable[[str, Callable[[], bool]], "str | None"]
ROOT = Path(__file__).parents[3]
OPTIONS = {"containers": "process"}
RECORD = '{"label": "x", "number": 7}'
HOSTILE = "{{ 7 * 7 }} {% raw %} $(HOME) 'q' \"d\" {# .sh\n"


def _nobody(question: str, wanted: Callable[[], bool]) -> str | None:
    return None


class Run:
    """A run of a workflow, and what is typed when it says that a gate waits."""

    def __init__(self, folder: Path, say: Callable[[str], None] = lambda line: None) -> None:
        self.root = f"file://{folder / 'runs' / 'r-1'}"
        self.lines: list[str] = []
        self._say = say

    def run(self, flow: Any, ask: Ask = _nobody) -> dict[str, Any]:
        record = Record(
            backend="airflow",
            settings=Settings(store=self.root.removesuffix("/r-1"), options=OPTIONS),
            closure=closure(flow),
        )
        request = RunRequest(
            run_id="r-1",
            inputs=defaults(flow),
            settings=record.settings,
            source_root=str(ROOT),
            on_output=self._heard,
            on_start=lambda root: write_record(open_store(), root, record),
            ask=ask,
        )
        made = plan(flow)
        result = Engine().run(made, "airflow", request)
        return {name: to_json(literal) for name, literal in read_outputs(made, result.run_root).items()}

    def _heard(self, step: str, line: str) -> None:
        self.lines.append(f"{step}: {line}")
        if "jetbridge" in line and "waits" in line:
            self._say(f"{step}: {line}")

    def error(self, node: str) -> Any:
        return ErrorDocument.FromString(open_store().read(error_uri(self.root, node))).error


def verb(*arguments: str) -> None:
    cli.main(args=list(arguments), standalone_mode=False)


@pytest.fixture(autouse=True)
def _scratch(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    monkeypatch.setenv("MARKS", str(tmp_path))


@pytest.mark.airflow
def test_answers_of_every_kind_reach_tasks_branches_maps_and_outputs(tmp_path: Path) -> None:
    answers = {
        "word": HOSTILE,
        "numbers": "[3, -4]",
        "moment": "2026-01-31T08:00:00Z",
        "limit": "2.5",
        "record": RECORD,
    }

    def say(line: str) -> None:
        if "approve" in line:
            verb("approve", run.root, "allow")
            return
        name = line.partition(":")[0]
        verb("set", run.root, name, answers[name])

    run = Run(tmp_path, say)
    found = run.run(kinds.kinds)
    assert found["o0"] == f"4 {HOSTILE}"
    assert found["o1"] == [6, -8]
    assert found["o2"] == "late"
    assert found["o3"] == "unmet"
    assert found["o4"] == HOSTILE, "an output that is the answer itself"
    assert found["o5"] == 7


@pytest.mark.airflow
def test_a_rejection_is_the_run_s_error(tmp_path: Path) -> None:
    def say(line: str) -> None:
        if "approve" in line:
            verb("reject", run.root, "n1", "--reason", "poor")

    run = Run(tmp_path, say)
    with pytest.raises(RunError, match=r"\[ReceivedRejectSignal\]\n\n'allow' was rejected: poor"):
        run.run(gate_flows.gated)


@pytest.mark.airflow
def test_the_time_is_up(tmp_path: Path) -> None:
    run = Run(tmp_path)
    with pytest.raises(RunError, match=r"\[TimeoutExpired\]"):
        run.run(gate_flows.late)
    assert run.error("n0").code == "TimeoutExpired"


@pytest.mark.airflow
def test_the_time_of_a_sleep_is_up(tmp_path: Path) -> None:
    run = Run(tmp_path)
    with pytest.raises(RunError, match=r"\[TimeoutExpired\]\n\nthe gate did not open within 0:00:00.500000"):
        run.run(kinds.overslept)


@pytest.mark.airflow
def test_a_person_at_the_terminal_is_asked(tmp_path: Path) -> None:
    answers = iter(["many", "11"])

    def ask(question: str, wanted: Callable[[], bool]) -> str:
        return next(answers)

    run = Run(tmp_path)
    assert run.run(gate_flows.decided, ask) == {"o0": 22}
    assert any("'many' is none" in line for line in run.lines)


def test_the_operators_are_airflow_s_own() -> None:
    text = source(plan(gate_flows.gated), settings("process", "3.1"))
    assert '    word = HITLEntryOperator(\n        task_id="word",\n        subject="word?",\n' in text
    assert '        params={"value": Param(None, type=["null", "string"])},\n        defaults=None,\n' in text
    assert 'body=f"Node n1 asks about n0.o0, below {RUN_ROOT}",\n        fail_on_reject=True,\n' in text
    assert "response_timeout=timedelta(minutes=10)" in text


def test_what_a_person_says_is_given_to_tasks_as_a_param_is() -> None:
    text = source(plan(kinds.kinds), settings("pod", "3.3"))
    pulled = "ti.xcom_pull('word')['params_input']['value']"
    joined = "".join(line.strip().strip('"') for line in text.splitlines())
    assert f"--bind=word=json:{{{{ macros.json.dumps({pulled}) | replace('$', " in joined
    assert "if ti.xcom_pull('asked.never') else 'null')" in joined, "where the run may not have come to it"


def test_an_airflow_without_such_operators_is_refused() -> None:
    with pytest.raises(TranslationError) as caught:
        Engine().plan(closure(gate_flows.gated), "airflow", target="3.0")
    assert {problem.code for problem in caught.value.problems} == {"gate-signal", "gate-approve"}
    assert all("--target airflow=3.1" in problem.hint for problem in caught.value.problems)
