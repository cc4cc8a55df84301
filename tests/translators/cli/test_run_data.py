"""`outputs` and `status`: a run as its data tells it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from jetbridge.cli.main import cli
from jetbridge.errors import RunError, UsageError
from tests.translators import gate_flows

FLOWS = Path(gate_flows.__file__)


def verb(*arguments: str) -> None:
    cli.main(args=list(arguments), standalone_mode=False)


def run_root(folder: Path) -> str:
    (root,) = (path for path in (folder / "runs").iterdir() if path.name.startswith("gate-flows"))
    return str(root)


@pytest.fixture
def failed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """The run root of a run whose last element has failed."""
    monkeypatch.setenv("MARKS", str(tmp_path))
    monkeypatch.setenv("BROKEN", "101")
    with pytest.raises(RunError):
        verb("run", f"{FLOWS}:recoverable", "--store", str(tmp_path / "runs"))
    return run_root(tmp_path)


def test_the_nodes_of_a_failed_run(failed: str, capsys: pytest.CaptureFixture[str]) -> None:
    capsys.readouterr()
    verb("status", failed, "--json")
    nodes: list[dict[str, Any]] = json.loads(capsys.readouterr().out)["nodes"]
    states = {node["path"]: node["state"] for node in nodes}
    assert states["n0"] == "succeeded"
    assert "failed" in states.values()
    maps = [node for node in nodes if "elements" in node]
    assert all(node["succeeded"] == node["elements"] for node in maps if node["state"] == "succeeded")
    assert all("gate_flows.py:" in node["line"] for node in nodes)


def test_the_state_is_a_table_for_people(failed: str, capsys: pytest.CaptureFixture[str]) -> None:
    capsys.readouterr()
    verb("status", failed)
    out, err = capsys.readouterr()
    assert "succeeded" in out
    assert "1 failed" in err


def test_a_failed_run_has_no_outputs(failed: str) -> None:
    with pytest.raises(RunError, match=r"has no outputs: node '.*' has no committed outputs") as caught:
        verb("outputs", failed)
    assert "jetbridge status" in caught.value.hint


def test_outputs_are_read_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("MARKS", str(tmp_path))
    store = str(tmp_path / "runs")
    verb("run", f"{FLOWS}:recoverable", "--store", store, "--json")
    told = json.loads(capsys.readouterr().out)
    verb("outputs", told["run"], "--store", store, "--json")
    assert json.loads(capsys.readouterr().out)["outputs"] == told["outputs"]
    verb("outputs", told["run"], "--store", store)
    assert "102" in capsys.readouterr().out
    verb("status", told["run"], "--store", store, "--json")
    states = {node["path"]: node["state"] for node in json.loads(capsys.readouterr().out)["nodes"]}
    assert [path.partition("/")[0] for path, state in states.items() if state != "succeeded"] == ["n3"], "not chosen"


@pytest.mark.parametrize("name", ["outputs", "status"])
def test_an_unknown_run_is_a_mistake_of_the_user(name: str, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="there is no run"):
        verb(name, "nothing-1", "--store", str(tmp_path))
