"""Runs by name alone: what `run` records, and what later verbs find by it."""

from __future__ import annotations

import json
import os
import time
from pathlib import Path
from typing import Any

import pytest
from click.exceptions import Abort

from jetbridge.cli.main import cli
from jetbridge.errors import RunError, UsageError
from jetbridge_translators.cli import recording
from tests.translators import running

RUNNING = Path(running.__file__)
OUTPUTS = {"o0": "hello {{x}}"}


@pytest.fixture(autouse=True)
def _places(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("JETBRIDGE_REGISTRY", f"sqlite:///{tmp_path / 'registry.db'}")
    monkeypatch.setenv("JETBRIDGE_STORE", str(tmp_path / "usual"))
    monkeypatch.setenv("MARKS", str(tmp_path))
    monkeypatch.setenv("COLUMNS", "250")
    monkeypatch.setattr(recording, "_PATIENCE", 60.0)


@pytest.fixture
def verb(capsys: pytest.CaptureFixture[str]) -> Any:
    def call(*arguments: str) -> Any:
        capsys.readouterr()
        cli.main(args=[*arguments, "--json"], standalone_mode=False)
        return json.loads(capsys.readouterr().out)

    return call


def test_a_run_is_found_by_its_name_alone(verb: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    ran = verb("run", f"{RUNNING}:small", "--store", str(tmp_path / "elsewhere"))
    (recorded,) = verb("runs")
    assert recorded["name"] == ran["run"]
    assert recorded["state"] == "succeeded"
    assert recorded["target"] == f"{RUNNING}:small"
    assert recorded["workflow"] == "running.small"
    assert recorded["backend"] == "local"
    assert recorded["run_root"] == f"file://{tmp_path / 'elsewhere'}/{ran['run']}"
    assert "@" in recorded["started_by"]
    assert recorded["ended_at"] > recorded["started_at"]
    (tmp_path / "empty").mkdir()
    monkeypatch.chdir(tmp_path / "empty")
    assert verb("outputs", ran["run"])["outputs"] == ran["outputs"]
    assert {node["state"] for node in verb("status", ran["run"])["nodes"]} == {"succeeded"}
    assert verb("recover", ran["run"])["outputs"] == ran["outputs"]
    assert verb("runs")[0]["recovers"] == recorded["run_root"]


def test_a_failed_run_is_recorded_with_its_error(verb: Any) -> None:
    with pytest.raises(RunError):
        verb("run", f"{RUNNING}:final")
    (recorded,) = verb("runs", "--state", "failed")
    assert "never again" in recorded["error"]


def test_the_runs_of_a_comparison_are_recorded(verb: Any) -> None:
    with pytest.raises(SystemExit):
        verb("compare", f"{RUNNING}:small", "--on", "local,local")
    assert [each["state"] for each in verb("runs")] == ["succeeded"] * 2


def test_what_starts_no_run_leaves_nothing(verb: Any) -> None:
    with pytest.raises(UsageError):
        verb("run", f"{RUNNING}:small", "--input", "x=1")
    assert verb("runs") == []


def test_a_registered_workflow_is_recorded_with_its_version(verb: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHONPATH", str(RUNNING.parent))  # what is registered has its code in the image
    verb("register", str(RUNNING), "-v", "v1", "-p", "shop", "-d", "production")
    verb("run", "shop/production/running.small@v1")
    (recorded,) = verb("runs")
    place = (recorded["project"], recorded["domain"], recorded["version"])
    assert (*place, recorded["workflow"]) == ("shop", "production", "v1", "running.small")
    assert recorded["target"] == "shop/production/running.small@v1"


@pytest.mark.parametrize("columns", ["250", "80"])
def test_runs_are_a_table_for_people(
    verb: Any, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, columns: str
) -> None:
    ran = verb("run", f"{RUNNING}:small")
    monkeypatch.setenv("COLUMNS", columns)
    cli.main(args=["runs"], standalone_mode=False)
    out = capsys.readouterr().out
    assert ran["run"] in out, "in one piece"
    assert "local" in out
    cli.main(args=["runs", "--on", "argo"], standalone_mode=False)
    assert "No such run" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("url", "said"),
    [("postgresql://me:hidden@127.0.0.1:1/x", "failed"), ("nonsense", "URL"), ("sqlite:////proc/1/x/y.db", "/proc")],
)
def test_a_registry_that_is_away_costs_a_warning(
    url: str, said: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("JETBRIDGE_REGISTRY", url)
    cli.main(args=["run", f"{RUNNING}:small", "--json"], standalone_mode=False)
    out, err = capsys.readouterr()
    assert json.loads(out)["outputs"] == OUTPUTS
    assert "Warning: the registry does not know of this run" in err
    assert said in err
    assert "hidden" not in err


def test_a_registry_that_does_not_answer_is_not_waited_for(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    """Another writer holds the file, for longer than anyone would wait."""
    import sqlite3

    cli.main(args=["runs"], standalone_mode=False)
    monkeypatch.setattr(recording, "_PATIENCE", 0.3)
    holder = sqlite3.connect(tmp_path / "registry.db", isolation_level=None)
    holder.execute("BEGIN IMMEDIATE")
    try:
        started = time.monotonic()
        cli.main(args=["run", f"{RUNNING}:small"], standalone_mode=False)
        assert time.monotonic() - started < 55, "the database's own patience is 60 s"
        assert "no answer within" in capsys.readouterr().err
    finally:
        holder.close()


def test_an_interrupted_run_is_aborted(verb: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("jetbridge_translators.local.run._run_nodes", interrupted)
    with pytest.raises(Abort):
        verb("run", f"{RUNNING}:small")
    assert [each["state"] for each in verb("runs")] == ["aborted"]


def test_an_unknown_name_says_what_is_near(verb: Any) -> None:
    ran = verb("run", f"{RUNNING}:small")
    with pytest.raises(UsageError, match="there is no run") as caught:
        verb("status", ran["run"][:-1] + "z")
    assert caught.value.hint == f"Did you mean {ran['run']!r}?"


def test_a_run_of_the_usual_store_needs_no_registry(verb: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    ran = verb("run", f"{RUNNING}:small")
    monkeypatch.setenv("JETBRIDGE_REGISTRY", "postgresql://127.0.0.1:1/away")
    assert os.environ["JETBRIDGE_STORE"] in ran["run_root"]
    assert verb("outputs", ran["run"])["outputs"] == OUTPUTS
