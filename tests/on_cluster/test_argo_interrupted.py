"""Runs on Argo whose pod is taken away, and commands that a user ends; all at the same time."""

from __future__ import annotations

import signal
import time
from collections.abc import Generator, Mapping
from typing import Any

import pytest

from jetbridge.types.json_codec import to_json
from tests.on_cluster.commands import Command, Commands
from tests.on_cluster.holding import OF_ARGO, READY, committed, delete, held, holding, release
from tests.on_cluster.launch import WORKFLOWS, Launcher, Run
from tests.on_cluster.site import Site

pytestmark = pytest.mark.cluster
ARGOS_OWN_SECONDS = 11.0
"""For a pod that is lost within 10 seconds, Argo makes another one for the same attempt."""


CODES = {signal.SIGINT: 130, signal.SIGTERM: 143}


@pytest.fixture(scope="module")
def runs(launcher: Launcher, _as_submitter: None) -> Mapping[str, Run]:
    return {name: launcher.start("faulty.py:held") for name in ("soon", "late")}


@pytest.fixture(scope="module")
def commands(
    site: Site, runs: Mapping[str, Run], tmp_path_factory: pytest.TempPathFactory
) -> Generator[Mapping[signal.Signals, Command]]:
    """Begun with the runs, so that nobody waits for their pods alone."""
    options = [text for name, value in site.options.items() for text in (f"--{name}", value)]
    where = ("--on", "argo", "--store", site.store, "--image", site.image, *options)
    user = Commands(tmp_path_factory.mktemp("said"), site.environ)
    yield {number: user.start("run", f"{WORKFLOWS}/faulty.py:held", *where) for number in CODES}
    user.end()


@pytest.fixture(scope="module")
def first(site: Site, runs: Mapping[str, Run], commands: Mapping[signal.Signals, Command]) -> Mapping[str, str]:
    """The first pod of each run, which has been taken away."""
    late = holding(site, OF_ARGO, runs["late"].run_id)
    soon = holding(site, OF_ARGO, runs["soon"].run_id)
    delete(site, soon)
    time.sleep(ARGOS_OWN_SECONDS)
    delete(site, late)
    return {"soon": soon, "late": late}


def test_a_deleted_pod_is_replaced(runs: Mapping[str, Run], first: Mapping[str, str]) -> None:
    run = runs["late"]
    done = run.done()
    assert to_json(done.outputs["o0"]) == "1", "the second attempt gave it"
    assert run.heard.states("hold") == ["running", "retrying", "succeeded"]
    assert committed(done.result.run_root) == ["n0"]


def test_a_pod_deleted_soon_is_replaced_for_the_same_attempt_or_the_next(
    site: Site, runs: Mapping[str, Run], first: Mapping[str, str]
) -> None:
    run = runs["soon"]
    _release_the_next(site, run, first["soon"])
    done = run.done()
    assert to_json(done.outputs["o0"]) in ("0", "1")
    assert len([text for _, text in run.heard.lines if text.startswith("ready")]) == 2
    assert committed(done.result.run_root) == ["n0"]


def _release_the_next(site: Site, run: Run, first: str) -> None:
    """Another pod for the same attempt holds as the first one did; one for the next attempt does not."""
    while not run.future.done():
        for pod in held(site, OF_ARGO, run.run_id):
            if pod != first:
                release(site, pod)
                return
        time.sleep(0.3)


@pytest.mark.parametrize(("number", "code"), CODES.items())
def test_an_interrupted_command_stops_its_workflow(
    site: Site, launcher: Launcher, commands: Mapping[signal.Signals, Command], number: signal.Signals, code: int
) -> None:
    command = commands[number]
    command.wait_for(READY)
    command.process.send_signal(number)
    ended = command.ended()
    assert ended.code == code, ended.said
    (line,) = (line for line in ended.said.splitlines() if "interrupted: the workflow is stopped" in line)
    run_id = line.split()[0]
    launcher.run_ids.append(run_id)
    assert _finished(site, run_id)["phase"] == "Failed"


def _finished(site: Site, run_id: str) -> Mapping[str, Any]:
    """The status of a Workflow that has ended: soon, because it was told to."""
    deadline = time.monotonic() + 120
    while not (status := site.workflow(run_id)["status"]).get("finishedAt"):
        assert time.monotonic() < deadline, "the workflow goes on"
        time.sleep(0.5)
    return status
