"""Runs on Airflow whose pod is taken away, and commands that a user ends; all at the same time."""

from __future__ import annotations

import json
import signal
from collections.abc import Generator, Mapping

import pytest

from tests.on_cluster.airflow_helpers import Seen, airflow, watched
from tests.on_cluster.commands import Command
from tests.on_cluster.holding import OF_AIRFLOW, committed, delete, holding
from tests.on_cluster.site import Site

pytestmark = pytest.mark.cluster
WORKFLOWS = ("held", "held_or_again", "interrupted", "terminated")


@pytest.fixture(scope="module")
def seen(site: Site, tmp_path_factory: pytest.TempPathFactory) -> Generator[Seen]:
    with watched(site, tmp_path_factory.mktemp("seen") / "pods") as found:
        yield found


@pytest.fixture(scope="module")
def commands(site: Site, seen: Seen, tmp_path_factory: pytest.TempPathFactory) -> Generator[Mapping[str, Command]]:
    user = airflow(site, tmp_path_factory.mktemp("airflow"))
    yield {name: user.run(f"faulty.py:{name}") for name in WORKFLOWS}
    user.commands.end()


@pytest.fixture(scope="module")
def pods(site: Site, commands: Mapping[str, Command]) -> Mapping[str, str]:
    """The pod of each, whose task runs."""
    return {name: holding(site, OF_AIRFLOW, f"faulty.{name}") for name in commands}


def test_a_deleted_pod_is_the_reason(
    site: Site, commands: Mapping[str, Command], pods: Mapping[str, str], seen: Seen
) -> None:
    delete(site, pods["held"])
    ended = commands["held"].ended()
    assert ended.code == 1
    # The pod is asked to end first, and says so itself.
    assert "failed on Airflow [Interrupted]" in ended.said
    assert len(seen.pods("faulty.held")) == 1


def test_a_deleted_pod_is_replaced_where_the_task_has_retries(
    site: Site, commands: Mapping[str, Command], pods: Mapping[str, str], seen: Seen
) -> None:
    delete(site, pods["held_or_again"])
    ended = commands["held_or_again"].ended()
    assert ended.code == 0, ended.said
    assert ended.record["outputs"] == {"o0": "1"}, "the second attempt gave it"
    assert "airflow: retrying hold_or_again" in ended.said
    assert len(seen.pods("faulty.held_or_again")) == 2
    assert committed(ended.record["run_root"]) == ["n0"]


@pytest.mark.parametrize(
    ("name", "number", "code"), [("interrupted", signal.SIGINT, 130), ("terminated", signal.SIGTERM, 143)]
)
def test_an_interrupted_command_deletes_its_pod(
    site: Site, commands: Mapping[str, Command], pods: Mapping[str, str], name: str, number: signal.Signals, code: int
) -> None:
    commands[name].process.send_signal(number)
    ended = commands[name].ended()
    assert ended.code == code, ended.said
    left = json.loads(site.kubectl("get", "pods", "-l", f"dag_id=faulty.{name}", "-o", "json"))["items"]
    alive = [item["metadata"]["name"] for item in left if "deletionTimestamp" not in item["metadata"]]
    assert pods[name] not in alive
