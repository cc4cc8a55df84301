"""Recovery onto a real Airflow and away from it: what succeeded elsewhere takes no process there."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path
from typing import Any

import pytest

from jetbridge.cli.main import cli
from jetbridge.errors import RunError
from jetbridge_translators.airflow.translate import translate
from jetbridge_translators.plan.committed import Committed, with_committed
from tests.translators import gate_flows
from tests.translators.airflow.plans import integer, settings
from tests.translators.plan_helpers import plan

FLOW = f"{gate_flows.__file__}:recoverable"
RECOVERED = {"o0": 6, "o1": 12, "o2": 102}
ON_AIRFLOW = ("--on", "airflow", "--containers", "process")


@pytest.fixture
def marks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("MARKS", str(tmp_path))
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    return tmp_path / "marks"


def failed_run(folder: Path, monkeypatch: pytest.MonkeyPatch, broken: str, *on: str) -> str:
    monkeypatch.setenv("BROKEN", broken)
    with pytest.raises(RunError, match=r"broken here"):
        verb("run", FLOW, "--store", str(folder / "runs"), *on)
    monkeypatch.delenv("BROKEN")
    (root,) = (folder / "runs").iterdir()
    return str(root)


def verb(*arguments: str) -> None:
    cli.main(args=list(arguments), standalone_mode=False)


def recovered(capsys: pytest.CaptureFixture[str], root: str, *on: str) -> dict[str, Any]:
    capsys.readouterr()
    verb("recover", root, "--json", *on)
    return json.loads(capsys.readouterr().out)


@pytest.mark.airflow
def test_a_run_of_this_machine_goes_on(
    tmp_path: Path, marks: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    root = failed_run(tmp_path, monkeypatch, "101")
    before = marks.read_text()
    told = recovered(capsys, root, *ON_AIRFLOW)
    assert told["outputs"] == RECOVERED
    assert told["run_root"] != root
    assert marks.read_text().removeprefix(before) == "tried 101\n", "one task was left"


@pytest.mark.airflow
def test_a_run_of_airflow_s_goes_on_here(
    tmp_path: Path, marks: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """An element of the map fails, so the others of the map may have run or not."""
    root = failed_run(tmp_path, monkeypatch, "1", *ON_AIRFLOW)
    before = marks.read_text()
    assert recovered(capsys, root, "--on", "local")["outputs"] == RECOVERED
    assert "numbers" not in marks.read_text().removeprefix(before)


def test_what_is_committed_has_no_process_and_tells_what_it_must() -> None:
    made = plan(gate_flows.recoverable)
    outputs = {"n2": {"o0": integer(6)}}
    left = with_committed(made, Committed({"n2", "n1/0"}, outputs, {"n1": 1}))
    (data,) = translate(left, settings("process", "3.3"), "s3://b/run-1").files.values()
    text = data.decode()
    assert 'map_fails_if_asked = EmptyOperator(task_id="map_fails_if_asked")' in text
    assert 'op_kwargs={"controls": {"value:o0": "6"}}' in text
    assert 'RUN_ROOT = "s3://b/run-1"' in text
    assert "--node-path=n1" not in text
    assert "--node-path=n2" not in text
