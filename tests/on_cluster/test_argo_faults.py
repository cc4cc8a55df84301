"""Something around a run on Argo breaks while a task runs; the run goes on, and no output is lost or doubled."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time

import pytest

from jetbridge.store import open_store
from jetbridge.types.json_codec import to_json
from tests.on_cluster.launch import WORKFLOWS, Launcher, Run
from tests.on_cluster.site import COMMAND, ROOT, Site

pytestmark = pytest.mark.cluster
READY = "ready, attempt 0"


@pytest.fixture
def breakable(site: Site) -> Site:
    if not site.faults:
        pytest.fail("parts of a cluster that is not ours are not stopped; leave this test out with -k 'not breakable'")
    return site


def test_a_deleted_pod_is_replaced(site: Site, launcher: Launcher) -> None:
    """Argo retries it, or within 10 seconds of its start makes another pod for the same attempt."""
    soon = launcher.start("faulty.py:lingers", inputs=("seconds=8",))
    late = launcher.start("faulty.py:lingers", inputs=("seconds=40",))
    soon.heard.wait_for(READY)
    _delete_pod(site, soon)
    late.heard.wait_for(READY)
    time.sleep(11)
    _delete_pod(site, late)
    assert to_json(late.done().outputs["o0"]) == "1", "the second attempt gave it"
    assert late.heard.states("linger") == ["running", "retrying", "succeeded"]
    assert to_json(soon.done().outputs["o0"]) in ("0", "1")
    assert len([text for _, text in soon.heard.lines if text.startswith("ready")]) == 2
    assert _committed(late) == _committed(soon) == ["n0"]


def _delete_pod(site: Site, run: Run) -> None:
    (pod,) = site.pods(run.run_id)
    site.kubectl("delete", "pod", pod["metadata"]["name"], "--grace-period=2", "--wait=false")


def test_the_store_is_away_for_20_seconds(breakable: Site, launcher: Launcher) -> None:
    run = launcher.start("faulty.py:lingers_twice", inputs=("seconds=4",))
    run.heard.wait_for(READY)
    breakable.stop("gateway")
    try:
        # The task has its outputs after 4 seconds, and nowhere to put them.
        run.heard.wait_for("done")
        time.sleep(20)
    finally:
        breakable.start("gateway")
    assert to_json(run.done().outputs["o0"]) == "00", "no attempt was lost"
    assert _committed(run) == ["n0", "n1"]
    assert [line for _, line in run.heard.lines] == [READY, "done"] * 2


def test_argo_and_then_kubernetes_restart(breakable: Site, launcher: Launcher) -> None:
    run = launcher.start("faulty.py:lingers_twice")
    run.heard.wait_for(READY)
    _restart(breakable, "argo", 8.0)
    run.heard.wait_for(READY, times=2)
    _restart(breakable, "apiserver", 3.0)
    assert to_json(run.done().outputs["o0"]) == "00", "each task ran once"
    assert len(breakable.pods(run.run_id)) == 2
    assert _committed(run) == ["n0", "n1"]
    assert [line for _, line in run.heard.lines] == [READY, "done"] * 2, "each line is told once"
    assert run.heard.states("linger_n0") == ["running", "succeeded"]


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_an_interrupted_command_stops_its_workflow(
    site: Site, launcher: Launcher, number: signal.Signals, code: int
) -> None:
    options = [text for name, value in site.options.items() for text in (f"--{name}", value)]
    target = f"{WORKFLOWS}/faulty.py:lingers"
    command = [sys.executable, "-c", COMMAND, "run", target, "--on", "argo"]
    with subprocess.Popen(
        [*command, "--store", site.store, "--image", site.image, *options, "-i", "seconds=300"],
        stderr=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        text=True,
        cwd=ROOT,
        env={**os.environ},
    ) as process:
        assert process.stderr is not None
        said: list[str] = []
        for line in process.stderr:
            said.append(line)
            if READY in line:
                process.send_signal(number)
        assert process.wait(30) == code, said
    (line,) = (line for line in said if "interrupted: the workflow is stopped" in line)
    run_id = line.split()[0]
    launcher.run_ids.append(run_id)
    deadline = time.monotonic() + 45
    while not site.workflow(run_id)["status"].get("finishedAt"):
        assert time.monotonic() < deadline, "the workflow goes on"
        time.sleep(0.5)
    assert site.workflow(run_id)["status"]["phase"] == "Failed"


def _restart(site: Site, part: str, seconds: float) -> None:
    site.stop(part)
    try:
        time.sleep(seconds)
    finally:
        site.start(part)


def _committed(run: Run) -> list[str]:
    """The nodes with outputs."""
    root = run.done().result.run_root
    names = (uri.removeprefix(f"{root}/") for uri in open_store().list(root))
    return sorted(name.removesuffix("/outputs.pb") for name in names if name.endswith("/outputs.pb"))
