"""Runs on Airflow that go wrong: each ends right or with the true reason, and soon. They all go on at the same time."""

from __future__ import annotations

import json
from collections.abc import Callable, Generator, Mapping
from dataclasses import replace

import pytest

from tests.on_cluster.airflow_helpers import Airflow, Seen, airflow, watched
from tests.on_cluster.commands import Command, Ended
from tests.on_cluster.site import Site

pytestmark = pytest.mark.cluster
MINUTE = 60.0
OLD, NEW = "raises on 3.2", "raises on 3.3"


@pytest.fixture(scope="module")
def seen(site: Site, tmp_path_factory: pytest.TempPathFactory) -> Generator[Seen]:
    with watched(site, tmp_path_factory.mktemp("seen") / "pods") as found:
        yield found


def _raises(version: str) -> Callable[[Airflow], Command]:
    return lambda user: user.run("faulty.py:raises", "--target", f"airflow={version}")


def _without_secret(user: Airflow) -> Command:
    return replace(user, options={**user.options, "store-secret": "there-is-none"}).run("faulty.py:simple")


RUNS: Mapping[str, Callable[[Airflow], Command]] = {
    OLD: _raises("3.2"),
    NEW: _raises("3.3"),
    "recovers": lambda user: user.run("faulty.py:recovers"),
    "takes_too_long": lambda user: user.run("faulty.py:takes_too_long"),
    "exits": lambda user: user.run("faulty.py:exits"),
    "crashes": lambda user: user.run("faulty.py:crashes"),
    "eats_memory": lambda user: user.run("faulty.py:eats_memory"),
    "asks_too_much": lambda user: user.run("faulty.py:asks_too_much"),
    "no image": lambda user: user.run("faulty.py:simple", image="localhost/there-is-none:1"),
    "no secret": _without_secret,
}


@pytest.fixture(scope="module")
def ended(site: Site, seen: Seen, tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, Ended]:
    user = airflow(site, tmp_path_factory.mktemp("airflow"))
    commands = {name: start(user) for name, start in RUNS.items()}
    return {name: command.ended() for name, command in commands.items()}


@pytest.mark.parametrize("name", [OLD, NEW])
def test_an_exception_is_shown_with_the_users_traceback(ended: Mapping[str, Ended], name: str) -> None:
    said = ended[name].said
    assert ended[name].code == 1
    assert "Error: task 'faulty.divide' (faulty.py:" in said
    assert "failed on Airflow [USER:RuntimeError]" in said
    assert "return a / b" in said
    assert "ZeroDivisionError: division by zero" in said
    assert "jetbridge/runtime" not in said
    assert "retrying" not in said


def test_an_exception_is_final(ended: Mapping[str, Ended], seen: Seen) -> None:
    assert seen.tasks("faulty.raises") == ["divide"] * 2, "one pod a run, of three that the task allows"


def test_a_recoverable_error_is_tried_again(ended: Mapping[str, Ended], seen: Seen) -> None:
    assert ended["recovers"].code == 0, ended["recovers"].said
    assert ended["recovers"].record["outputs"] == {"o0": 1}
    told = [line for line in ended["recovers"].said.splitlines() if "| attempt" in line or "airflow: " in line]
    # KubernetesPodOperator reads a log again where it ends before Kubernetes says that the container has ended.
    assert list(dict.fromkeys(line.partition(" (")[0].strip() for line in told)) == [
        "flaky | attempt 0",
        "airflow: retrying flaky",
        "flaky | attempt 1",
        "airflow: succeeded flaky",
    ]
    assert seen.tasks("faulty.recovers") == ["flaky"] * 2


def test_an_attempt_that_takes_too_long_is_tried_again_in_a_pod_of_its_own(
    ended: Mapping[str, Ended], seen: Seen
) -> None:
    assert ended["takes_too_long"].code == 0, ended["takes_too_long"].said
    assert ended["takes_too_long"].record["outputs"] == {"o0": "1"}
    assert len(seen.pods("faulty.takes_too_long")) == 2


def test_sys_exit_is_an_error_of_the_users_code(ended: Mapping[str, Ended]) -> None:
    assert ended["exits"].code == 1
    assert "task 'faulty.leave'" in ended["exits"].said
    assert "SystemExit: 3" in ended["exits"].said


def test_a_process_that_ends_without_a_word_is_reported_by_its_exit_code(ended: Mapping[str, Ended]) -> None:
    assert ended["crashes"].code == 1
    assert "task 'faulty.crash'" in ended["crashes"].said
    assert "exit code 3" in ended["crashes"].said


def test_out_of_memory_is_the_reason(ended: Mapping[str, Ended]) -> None:
    assert ended["eats_memory"].code == 1
    assert "OOMKilled" in ended["eats_memory"].said
    assert "mem=" in ended["eats_memory"].said


@pytest.mark.parametrize(
    ("name", "reason", "hint"),
    [
        ("no image", "localhost/there-is-none:1", "--image"),
        ("no secret", 'secret "there-is-none" not found', "--store-secret"),
        ("asks_too_much", "Insufficient cpu", "requests="),
    ],
)
def test_a_pod_that_cannot_start_is_reported_within_a_minute(
    ended: Mapping[str, Ended], seen: Seen, name: str, reason: str, hint: str
) -> None:
    assert ended[name].code == 1
    error, _, way_out = ended[name].said.partition("Error: ")[2].partition("Hint: ")
    assert reason in error
    assert hint in way_out
    lives = [*seen.seconds("faulty.simple"), *seen.seconds("faulty.asks_too_much")]
    assert len(lives) == 3
    assert max(lives) < MINUTE


def test_no_pod_is_left(site: Site, ended: Mapping[str, Ended], seen: Seen) -> None:
    dags = [f"faulty.{workflow}" for workflow in ("raises", "exits", "crashes", "simple", "asks_too_much")]
    names = [name for dag_id in dags for name in seen.pods(dag_id)]
    assert len(names) == 2 + 1 + 1 + 2 + 1
    left = site.kubectl("get", "pods", "-l", f"dag_id in ({', '.join(dags)})", "-o", "json")
    assert not [pod for pod in json.loads(left)["items"] if "deletionTimestamp" not in pod["metadata"]]
