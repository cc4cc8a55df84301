"""Something around a run on Airflow breaks while a task runs: the run goes on or tells the true reason, and no output
is lost, doubled or half-written."""

from __future__ import annotations

import json
import signal
import time
from collections.abc import Generator
from pathlib import Path

import pytest

from jetbridge.store import open_store
from tests.on_cluster.airflow_helpers import Airflow, Ended, Seen, airflow, watched
from tests.on_cluster.site import Site

pytestmark = pytest.mark.cluster
READY = "ready, attempt 0"


@pytest.fixture
def seen(site: Site, tmp_path: Path) -> Generator[Seen]:
    with watched(site, tmp_path / "pods") as found:
        yield found


@pytest.fixture
def user(site: Site, tmp_path: Path) -> Generator[Airflow]:
    made = airflow(site, tmp_path)
    yield made
    for command in made.started:
        command.end()


@pytest.fixture
def breakable(site: Site) -> Site:
    if not site.faults:
        pytest.fail("parts of a cluster that is not ours are not stopped; leave this test out with -k 'not breakable'")
    return site


def test_a_deleted_pod_is_the_reason(site: Site, user: Airflow, seen: Seen) -> None:
    ended = _deleted(site, user, seen, "lingers")
    assert ended.code == 1
    # The pod is asked to end first, and says so itself.
    assert "failed on Airflow [Interrupted]" in ended.said
    assert len(seen.pods("faulty.lingers")) == 1


def test_a_deleted_pod_is_replaced_where_the_task_has_retries(site: Site, user: Airflow, seen: Seen) -> None:
    ended = _deleted(site, user, seen, "lingers_or_again")
    assert ended.code == 0, ended.said
    assert ended.record["outputs"] == {"o0": "1"}, "the second attempt gave it"
    assert "airflow: retrying linger_or_again" in ended.said
    assert len(seen.pods("faulty.lingers_or_again")) == 2
    assert _committed(ended) == ["n0"]


def _deleted(site: Site, user: Airflow, seen: Seen, workflow: str) -> Ended:
    command = user.run(f"faulty.py:{workflow}", "-i", "seconds=60")
    pod = _printed(site, seen, workflow, READY)
    site.kubectl("delete", "pod", pod, "--grace-period=2", "--wait=false")
    return command.ended()


def test_the_store_is_away_for_20_seconds(breakable: Site, user: Airflow, seen: Seen) -> None:
    command = user.run("faulty.py:lingers_twice", "-i", "seconds=4")
    _printed(breakable, seen, "lingers_twice", READY)
    breakable.stop("gateway")
    try:
        # The task has its outputs after 4 seconds, and nowhere to put them.
        _printed(breakable, seen, "lingers_twice", "done")
        time.sleep(20)
    finally:
        breakable.start("gateway")
    ended = command.ended()
    _ended_well(ended)
    assert seen.tasks("faulty.lingers_twice") == ["linger_n0", "linger_n1"]


def test_kubernetes_restarts(breakable: Site, user: Airflow, seen: Seen) -> None:
    command = user.run("faulty.py:lingers_twice", "-i", "seconds=8")
    _printed(breakable, seen, "lingers_twice", READY)
    breakable.stop("apiserver")
    try:
        time.sleep(3)
    finally:
        breakable.start("apiserver")
    _ended_well(command.ended())


def _ended_well(ended: Ended) -> None:
    assert ended.code == 0, ended.said
    assert ended.record["outputs"] == {"o0": "00"}, "no attempt was lost"
    assert _committed(ended) == ["n0", "n1"]


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_an_interrupted_command_deletes_its_pod(
    site: Site, user: Airflow, seen: Seen, number: signal.Signals, code: int
) -> None:
    command = user.run("faulty.py:lingers", "-i", "seconds=300")
    pod = _printed(site, seen, "lingers", READY)
    command.process.send_signal(number)
    assert command.ended().code == code
    left = json.loads(site.kubectl("get", "pods", "-l", "dag_id=faulty.lingers", "-o", "json"))["items"]
    alive = [item["metadata"]["name"] for item in left if "deletionTimestamp" not in item["metadata"]]
    assert pod not in alive


def _printed(site: Site, seen: Seen, workflow: str, line: str) -> str:
    """The pod of a workflow's first task, when it has printed a line. Airflow tells a line when the next one comes."""
    pod = seen.wait_for(f"faulty.{workflow}", "Running")
    deadline = time.monotonic() + 60
    while line not in site.kubectl("logs", pod).splitlines():
        assert time.monotonic() < deadline, f"{pod} did not print {line!r}"
        time.sleep(0.3)
    return pod


def _committed(ended: Ended) -> list[str]:
    """The nodes with outputs."""
    root = ended.record["run_root"]
    names = (uri.removeprefix(f"{root}/") for uri in open_store().list(root))
    return sorted(name.removesuffix("/outputs.pb") for name in names if name.endswith("/outputs.pb"))
