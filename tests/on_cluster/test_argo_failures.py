"""Runs on Argo that go wrong: each ends right or with the true reason, and soon. They all go on at the same time."""

from __future__ import annotations

import time
from collections.abc import Mapping
from datetime import datetime

import pytest

from jetbridge.errors import RunError
from jetbridge.types.json_codec import to_json
from tests.on_cluster.launch import Launcher, Run
from tests.on_cluster.site import Site

pytestmark = pytest.mark.cluster
MINUTE = 60.0


@pytest.fixture(scope="module")
def runs(launcher: Launcher, _as_submitter: None) -> Mapping[str, Run]:
    names = ("raises", "recovers", "exits", "crashes", "eats_memory", "asks_too_much")
    return {
        **{name: launcher.start(f"faulty.py:{name}") for name in names},
        "no image": launcher.start("faulty.py:simple", image="localhost/there-is-none:1"),
        "no secret": launcher.start("faulty.py:simple", options={"store-secret": "there-is-none"}),
    }


def test_an_exception_is_shown_with_the_users_traceback(site: Site, runs: Mapping[str, Run]) -> None:
    error = runs["raises"].error()
    assert isinstance(error, RunError)
    assert "task 'faulty.divide' (faulty.py:" in error.message
    assert "USER:RuntimeError" in error.message
    assert "return a / b" in error.message
    assert "ZeroDivisionError: division by zero" in error.message
    assert "jetbridge/runtime" not in error.message
    assert ("divide", "dividing") in runs["raises"].heard.lines
    assert runs["raises"].heard.states("divide") == ["running", "failed"]
    assert len(site.pods(runs["raises"].run_id)) == 1, "an error of the user's code is not retried"


def test_a_recoverable_error_is_tried_again(site: Site, runs: Mapping[str, Run]) -> None:
    done = runs["recovers"].done()
    assert to_json(done.outputs["o0"]) == 1
    assert runs["recovers"].heard.states("flaky") == ["running", "retrying", "succeeded"]
    assert [line for _, line in runs["recovers"].heard.lines if line.startswith("attempt")] == [
        "attempt 0",
        "attempt 1",
    ]
    assert len(site.pods(runs["recovers"].run_id)) == 2


def test_sys_exit_is_an_error_of_the_users_code(site: Site, runs: Mapping[str, Run]) -> None:
    error = runs["exits"].error()
    assert "SystemExit: 3" in error.message
    assert "faulty.leave" in error.message
    assert len(site.pods(runs["exits"].run_id)) == 1


def test_a_process_that_ends_without_a_word_is_reported_by_its_exit_code(runs: Mapping[str, Run]) -> None:
    error = runs["crashes"].error()
    assert "faulty.crash" in error.message
    assert "exit code 3" in error.message


def test_out_of_memory_is_the_reason(site: Site, runs: Mapping[str, Run]) -> None:
    error = runs["eats_memory"].error()
    assert "OOMKilled" in error.message
    assert "mem=" in error.hint
    assert len(site.pods(runs["eats_memory"].run_id)) == 1, "it would only be killed again"


@pytest.mark.parametrize(
    ("name", "reason", "hint"),
    [
        ("no image", "localhost/there-is-none:1", "--image"),
        ("no secret", 'secret "there-is-none" not found', "--store-secret"),
        ("asks_too_much", "Insufficient cpu", "requests="),
    ],
)
def test_a_pod_that_cannot_start_is_reported_within_a_minute(
    site: Site, runs: Mapping[str, Run], name: str, reason: str, hint: str
) -> None:
    run = runs[name]
    error = run.error()
    assert reason in error.message
    assert hint in error.hint
    created = site.workflow(run.run_id)
    assert created["spec"]["shutdown"] == "Terminate"
    assert _seconds_until_stopped(site, run) < MINUTE


def _seconds_until_stopped(site: Site, run: Run) -> float:
    """From the Workflow's creation to its end, by Argo's clock."""
    deadline = time.monotonic() + 120
    while not (status := site.workflow(run.run_id)["status"]).get("finishedAt"):
        assert time.monotonic() < deadline, f"{run.run_id} does not end: {status}"
        time.sleep(0.5)
    return _time(status["finishedAt"]) - _time(status["startedAt"])


def _time(text: str) -> float:
    return datetime.fromisoformat(text).timestamp()
