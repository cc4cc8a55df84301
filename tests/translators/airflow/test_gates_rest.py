"""Gates of a run that an Airflow of a user's has started itself, answered by our verbs through its API server."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Generator
from pathlib import Path

import pytest

from jetbridge.idl import LiteralMap
from jetbridge.runtime.layout import outputs_uri
from jetbridge.store import open_store
from jetbridge.types.json_codec import to_json
from jetbridge_translators.airflow.rest import TOKEN, URL
from tests.translators.airflow.standalone import Standalone, standalone

ROOT = Path(__file__).parents[3]
TARGET = "tests/translators/gate_flows.py:gated"
DAG = "gate_flows.gated"
WORD = "{{ 7 * 7 }} $(HOME) 'q' .sh"
pytestmark = pytest.mark.airflow


def jetbridge(*arguments: str, **environ: str) -> subprocess.CompletedProcess[str]:
    program = "from jetbridge.cli.main import main; main()"
    command = [sys.executable, "-c", program, *arguments]
    return subprocess.run(command, cwd=ROOT, env={**os.environ, **environ}, capture_output=True, text=True, check=False)


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> str:
    return f"file://{tmp_path_factory.mktemp('store')}"


@pytest.fixture(scope="module")
def running(store: str, tmp_path_factory: pytest.TempPathFactory) -> Generator[Standalone]:
    folder = tmp_path_factory.mktemp("dags")
    options = ("--to", "airflow", "--target", "airflow=3.3", "-o", str(folder), "--store", store)
    done = jetbridge("translate", TARGET, *options, "--containers", "process")
    assert done.returncode == 0, done.stderr
    environ = {
        **os.environ,
        "PYTHONPATH": os.pathsep.join([str(ROOT), str(ROOT / "tests" / "translators")]),
        "MARKS": str(tmp_path_factory.mktemp("marks")),
    }
    with standalone(folder, environ) as found:
        yield found


def answer(running: Standalone, run: str, verb: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    """The verb, again for as long as the gate does not wait yet."""
    where = ("--on", "airflow", "--workflow", TARGET)
    server = {URL: f"http://127.0.0.1:{running.port}", TOKEN: running.token}
    deadline = time.monotonic() + 120
    while True:
        done = jetbridge(verb, run, *arguments, *where, **server)
        if done.returncode == 0 or "wait" not in done.stderr or time.monotonic() > deadline:
            return done
        time.sleep(2)


def started(running: Standalone, store: str) -> tuple[str, str]:
    """The id of a new run, and where its data lies."""
    status, run = running.trigger(DAG, {"n": 5})
    assert status == 200, run
    return run["dag_run_id"], f"{store}/{DAG}/{run['dag_run_id']}"


def test_answers_reach_the_tasks(running: Standalone, store: str) -> None:
    run_id, root = started(running, store)
    for arguments in (("approve", "allow"), ("set", "word", WORD)):
        done = answer(running, root, arguments[0], *arguments[1:])
        assert done.returncode == 0, done.stderr
    assert running.ended(DAG, run_id) == "success"
    (found,) = LiteralMap.FromString(open_store().read(outputs_uri(root, "n3"))).literals.values()
    assert to_json(found) == f"10 {WORD}"


def test_a_rejection_fails_the_run(running: Standalone, store: str) -> None:
    run_id, root = started(running, store)
    done = answer(running, root, "reject", "allow", "--reason", "poor")
    assert done.returncode == 0, done.stderr
    done = answer(running, root, "reject", "word", "--reason", "poor too")
    assert done.returncode == 0, done.stderr
    assert running.ended(DAG, run_id) == "failed"


def test_an_unknown_user_is_told_what_to_set(running: Standalone, store: str) -> None:
    _, root = started(running, store)
    server = {URL: f"http://127.0.0.1:{running.port}", TOKEN: "no such token"}
    done = jetbridge("approve", root, "allow", "--on", "airflow", "--workflow", TARGET, **server)
    assert done.returncode != 0
    assert "refuses" in done.stderr
    assert TOKEN in done.stderr
    assert "Traceback" not in done.stderr
