"""A user's Airflow: a workflow is deployed into its DAG folder, runs there, and is asked for its log and its health."""

from __future__ import annotations

import json
import os
from collections.abc import Generator
from pathlib import Path
from typing import Any

import pytest

from jetbridge.cli.main import cli, main
from tests.translators.airflow.standalone import PASSWORDS, Standalone, standalone

pytestmark = pytest.mark.airflow
FLOWS = """
from jetbridge import FlyteRecoverableException, current_context, map_task, task, workflow


@task(retries=1)
def flaky(n: int) -> list[int]:
    print(f"the number is {n}")
    if current_context().attempt == 0:
        raise FlyteRecoverableException("once")
    return [n, n + 1]


@task
def says(n: int) -> int:
    print(f"element {n}")
    return n


@task
def total(ns: list[int]) -> int:
    return sum(ns)


@workflow
def talking(n: int = 3) -> int:
    return total(ns=map_task(says)(n=flaky(n=n)))
"""
DAG = "talkative.talking"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("deployed")
    (made / "talkative.py").write_text(FLOWS)
    (made / "dags").mkdir()
    return made


@pytest.fixture(scope="module")
def running(folder: Path) -> Generator[Standalone]:
    where = [f"--dags-folder={folder / 'dags'}", "--containers=process", f"--store={folder / 'runs'}"]
    target = f"{folder / 'talkative.py'}:talking"
    cli.main(args=["deploy", target, "--to=airflow", "--yes", *where], standalone_mode=False)
    path = os.pathsep.join(filter(None, [str(folder), os.environ.get("PYTHONPATH", "")]))
    with standalone(folder / "dags", {**os.environ, "PYTHONPATH": path}) as found:
        yield found


@pytest.fixture(scope="module")
def run_id(running: Standalone) -> str:
    status, run = running.trigger(DAG, {"n": 3})
    assert status == 200, run
    assert running.ended(DAG, run["dag_run_id"]) == "success"
    return run["dag_run_id"]


@pytest.fixture(autouse=True)
def _server(running: Standalone, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The server and its user, as a profile names them: the password lies in a file of its own."""
    ((name, password),) = json.loads((running.home.folder / PASSWORDS).read_text()).items()
    (folder / "password").write_text(password)
    (folder / "jetbridge.toml").write_text(
        f'[airflow]\nurl = "http://127.0.0.1:{running.port}"\nusername = "{name}"\npassword = {{ file = "password" }}\n'
    )
    monkeypatch.chdir(folder)


def test_its_log_is_asked_of_the_server(run_id: str, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    root = f"{folder / 'runs'}/{DAG}/{run_id}"
    arguments = ["logs", root, "--workflow", f"{folder / 'talkative.py'}:talking", "--on", "airflow", "--json"]
    cli.main(args=arguments, standalone_mode=False)
    logs: list[dict[str, Any]] = json.loads(capsys.readouterr().out)["logs"]
    said = {(log["step"], log["attempt"]): "\n".join(log["lines"]) for log in logs}
    # On a busy machine a try may be lost before the task's first line, and is listed too.
    tries = [text for (step, _), text in sorted(said.items()) if step == "flaky"]
    assert len(tries) >= 2
    assert "the number is 3" in tries[-1]
    assert "element 4" in said["map_says[1]", 0]
    assert ("total", 0) in said
    cli.main(args=[*arguments[:-1], "map_says[0]"], standalone_mode=False)
    assert "element 3" in capsys.readouterr().out


def test_doctor_finds_it_well(capsys: pytest.CaptureFixture[str], folder: Path) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["doctor", "--on", "airflow", "--store", str(folder / "runs"), "--json"])
    told = json.loads(capsys.readouterr().out)
    found = {each["what"]: each for each in told["parts"]["airflow"]}
    assert ended.value.code == 0, told
    assert {found[what]["state"] for what in ("API server", "metadatabase", "scheduler", "dag_processor", "login")} == {
        "ok"
    }
