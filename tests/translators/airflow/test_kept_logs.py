"""Logs of a DAG run, asked of a server that answers as Airflow's API server does (`core_api/datamodels/log.py`)."""

from __future__ import annotations

import threading
from collections.abc import Generator
from contextlib import contextmanager
from http.server import ThreadingHTTPServer
from typing import Any

import pytest

from jetbridge.errors import RunError
from jetbridge_translators.airflow.kept_logs import logs
from jetbridge_translators.base import NodeLog, Settings, StartedRun
from tests.translators import running
from tests.translators.argo_run.server import Answer, Handler, reply
from tests.translators.plan_helpers import plan

RUN = StartedRun(run_id="manual__1", run_root="s3://b/runs/x", plan=plan(running.retried), settings=Settings())
TASKS: dict[str, Any] = {
    "task_instances": [
        {"task_id": "flaky", "map_index": -1, "try_number": 2},
        {"task_id": "of_the_dag", "map_index": -1, "try_number": 1},
    ]
}
GROUP = {"event": "::group::Log message source details"}


@contextmanager
def server(monkeypatch: pytest.MonkeyPatch, *answers: Answer) -> Generator[type[Handler]]:
    script = type("Script", (Handler,), {"answers": list(answers), "asked": [], "bodies": []})
    found = ThreadingHTTPServer(("127.0.0.1", 0), script)
    threading.Thread(target=found.serve_forever, args=(0.01,), daemon=True).start()
    monkeypatch.setenv("JETBRIDGE_AIRFLOW_URL", f"http://127.0.0.1:{found.server_port}")
    monkeypatch.setenv("JETBRIDGE_AIRFLOW_TOKEN", "t")
    try:
        yield script
    finally:
        found.shutdown()
        found.server_close()


def read(monkeypatch: pytest.MonkeyPatch, *answers: Answer) -> tuple[list[NodeLog], list[Any]]:
    with server(monkeypatch, *answers) as script:
        return [*logs(RUN, lambda name: True)], script.asked


def test_the_tries_of_a_task(monkeypatch: pytest.MonkeyPatch) -> None:
    events = reply(200, {"content": [GROUP, {"event": "hello\nyou", "timestamp": "x"}], "continuation_token": None})
    found, asked = read(monkeypatch, reply(200, TASKS), reply(404, {"detail": "gone"}), events)
    assert [(log.step, log.attempt, log.gone) for log in found] == [
        ("flaky", 0, "Airflow has no log of try 1"),
        ("flaky", 1, ""),
    ]
    assert list(found[1].lines) == [GROUP["event"], "hello", "you"]
    dag, run = "tests.translators.running.retried", "manual__1"
    assert asked[2][1] == f"/api/v2/dags/{dag}/dagRuns/{run}/taskInstances/flaky/logs/2"


def test_lines_that_airflow_cannot_read(monkeypatch: pytest.MonkeyPatch) -> None:
    one = {"task_instances": [{"task_id": "flaky", "map_index": -1, "try_number": 1}]}
    found, _ = read(monkeypatch, reply(200, one), reply(200, {"content": ["plain"], "continuation_token": None}))
    assert list(found[0].lines) == ["plain"]


def test_no_such_run(monkeypatch: pytest.MonkeyPatch) -> None:
    (log,), _ = read(monkeypatch, reply(404, {"detail": "no"}))
    assert "has no such run of 'tests.translators.running.retried'" in log.gone


def test_no_airflow_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("JETBRIDGE_AIRFLOW_URL", raising=False)
    (log,) = logs(RUN, lambda name: True)
    assert "JETBRIDGE_AIRFLOW_URL" in log.gone


def test_trouble_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(RunError, match="does not give the log: broken"):
        read(monkeypatch, reply(200, TASKS), reply(500, {"detail": "broken"}))
