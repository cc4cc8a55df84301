"""The objects of a run: whose log is shown, what cannot start, and what is deleted."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast

import pytest

from jetbridge.store import open_store
from jetbridge_translators.argo.cluster import ApiError, Cluster, Kind
from jetbridge_translators.argo.failure import run_failure
from jetbridge_translators.argo.logs import Logs, has_other_pod
from jetbridge_translators.argo.places import places_of
from jetbridge_translators.argo.resources import Resources
from jetbridge_translators.argo.status import Snapshot, read_snapshot
from jetbridge_translators.plan.model import Plan
from jetbridge_translators.work import PodPlace, ResourceWork
from tests.translators.argo.plans import plan, step

KIND = Kind("sparkoperator.k8s.io", "v1beta2", "sparkapplications")
WORK = ResourceWork(
    manifest={"apiVersion": "sparkoperator.k8s.io/v1beta2", "kind": "SparkApplication", "metadata": {}, "spec": {}},
    success="status.state == COMPLETED",
    failure="status.state == FAILED",
    pods=(PodPlace("spec.driver.template", "driver"),),
    main_pod="status.driver",
    main_container="driver",
    reason="status.message",
)


@dataclass
class FakeCluster:
    """What Kubernetes would say."""

    found: list[Mapping[str, Any]] = field(default_factory=list[Mapping[str, Any]])
    pods: dict[str, Mapping[str, Any]] = field(default_factory=dict[str, Mapping[str, Any]])
    deleted: list[str] = field(default_factory=list[str])
    refusal: ApiError | None = None

    def objects(self, kind: Kind, labels: str) -> list[Mapping[str, Any]]:
        assert (kind, labels) == (KIND, "workflows.argoproj.io/workflow=run-1")
        if self.refusal is not None:
            raise self.refusal
        return self.found

    def pod(self, name: str) -> Mapping[str, Any]:
        return self.pods[name]

    def delete(self, kind: Kind, name: str) -> None:
        self.deleted.append(name)


@dataclass
class FakeLogs:
    followed: list[tuple[str, str, str]] = field(default_factory=list[tuple[str, str, str]])

    def follow(self, step: str, pod: str, container: str) -> None:
        self.followed.append((step, pod, container))


@dataclass
class Scene:
    plan: Plan
    cluster: FakeCluster
    logs: FakeLogs
    said: list[str]
    resources: Resources


@pytest.fixture
def scene() -> Scene:
    made, cluster, logs, said = plan(step("n0", WORK)), FakeCluster(), FakeLogs(), list[str]()
    resources = Resources(cast("Cluster", cluster), made, "run-1", cast("Logs", logs), said.append)
    return Scene(made, cluster, logs, said, resources)


def application(name: str, attempt: int = 0, **status: str) -> Mapping[str, Any]:
    notes = {"jetbridge/node-path": "n0", "jetbridge/attempt": str(attempt)}
    return {"metadata": {"name": name, "annotations": notes}, "status": status}


def pod(state: str, **details: str) -> Mapping[str, Any]:
    return {"status": {"containerStatuses": [{"name": "driver", "state": {state: details or {"a": "b"}}}]}}


def snapshot(made: Plan, phase: str = "Running", attempts: int = 1) -> Snapshot:
    """Argo's own pods of the plan's only step."""
    name = made.steps[0].name
    nodes: dict[str, Any] = {
        f"run-1-{index}": {
            "id": f"run-1-{index}",
            "name": f"run-1.{name}({index})",
            "type": "Pod",
            "phase": phase,
            "message": "failure condition evaluated true",
            "finishedAt": "2026-01-01T00:00:00Z",
        }
        for index in range(attempts)
    }
    nodes["run-1"] = {"id": "run-1", "name": f"run-1.{name}", "type": "Retry", "phase": phase}
    workflow = {"metadata": {"name": "run-1"}, "status": {"phase": phase, "nodes": nodes}}
    return read_snapshot(workflow, places_of(made).find)


def test_the_log_of_the_objects_pod_is_shown_and_not_argos(scene: Scene) -> None:
    scene.cluster.found = [application("spark-1", driver="spark-1-driver")]
    scene.cluster.pods = {"spark-1-driver": pod("running")}
    now = snapshot(scene.plan)
    assert has_other_pod(now.steps["n0"])
    scene.resources.look(now)
    assert scene.logs.followed == [(scene.plan.steps[0].name, "spark-1-driver", "driver")]
    assert scene.resources.seconds == 3


def test_only_the_attempt_that_runs_is_followed(scene: Scene) -> None:
    scene.cluster.found = [application("spark-1", 0, driver="one"), application("spark-2", 1, driver="two")]
    scene.cluster.pods = {"one": pod("running"), "two": pod("running")}
    scene.resources.look(snapshot(scene.plan, attempts=2))
    assert [followed[1] for followed in scene.logs.followed] == ["two"]


def test_a_pod_without_hope_is_found(scene: Scene) -> None:
    scene.cluster.found = [application("spark-1", driver="spark-1-driver")]
    scene.cluster.pods = {"spark-1-driver": pod("waiting", reason="ErrImageNeverPull", message="no image x:1")}
    scene.resources.look(snapshot(scene.plan))
    assert scene.resources.lost is not None
    assert str(scene.resources.lost) == "ErrImageNeverPull: no image x:1"
    assert not scene.logs.followed


def test_a_pod_that_only_starts_is_waited_for(scene: Scene) -> None:
    scene.cluster.found = [application("spark-1", driver="spark-1-driver")]
    scene.cluster.pods = {"spark-1-driver": pod("waiting", reason="ContainerCreating")}
    scene.resources.look(snapshot(scene.plan))
    assert scene.resources.lost is None


def test_the_failure_is_told_in_the_objects_own_words(scene: Scene, tmp_path: Path) -> None:
    message = "driver container failed with ExitCode: 137, Reason: OOMKilled"
    scene.cluster.found = [application("spark-1", state="FAILED", message=message)]
    failed = snapshot(scene.plan, "Failed")
    error = run_failure(open_store(), failed, f"file://{tmp_path}", "run-1", "here", scene.resources.reason)
    assert message in error.message
    assert "mem=" in error.hint


def test_a_stopped_run_deletes_all_and_a_failed_one_what_still_works(scene: Scene) -> None:
    scene.cluster.found = [application("done", state="COMPLETED"), application("busy", state="RUNNING")]
    scene.resources.delete(unfinished=scene.plan)
    assert scene.cluster.deleted == ["busy"]
    scene.resources.delete()
    assert scene.cluster.deleted == ["busy", "done", "busy"]


def test_without_the_right_to_look_it_is_said_once(scene: Scene) -> None:
    scene.cluster.refusal = ApiError(403, "cannot list sparkapplications")
    for _ in range(2):
        scene.resources.look(snapshot(scene.plan))
    assert scene.said == ["the logs of sparkapplications cannot be shown: cannot list sparkapplications"]
