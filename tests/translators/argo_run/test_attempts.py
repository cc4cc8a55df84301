"""The attempts of a Workflow, as a report needs them."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from jetbridge_translators.argo.attempts import engine_attempts
from jetbridge_translators.argo.status import read_snapshot
from tests.translators.argo_run.server import api_server, refused, reply
from tests.translators.argo_run.workflows import END, TASKS, attempt, step, workflow

POD = {"spec": {"containers": [{"name": "wait"}, {"name": "main"}], "initContainers": [{"name": "init"}]}}
FAILED = {"message": "main: Error (exit code 81)", "outputs": {"exitCode": "81"}, "finishedAt": END}


def test_each_pod_is_an_attempt_and_one_of_a_template_is_looked_at(tmp_path: Path) -> None:
    found = workflow(step("Succeeded"), attempt(0, "Failed", **FAILED), attempt(1, "Succeeded", finishedAt=END))
    with api_server(tmp_path, reply(200, POD)) as (cluster, script):
        first, second = engine_attempts(cluster, read_snapshot(found, TASKS))
    assert [(one.path, one.number, one.state, one.pod) for one in (first, second)] == [
        ("n0", 0, "failed", "w-load-100"),
        ("n0", 1, "succeeded", "w-load-101"),
    ]
    assert (first.containers, second.containers) == (3, 3)
    assert first.ended == datetime.fromisoformat(END).timestamp()
    assert first.started is None, "Argo says when it made the pod"
    assert first.queued is not None
    assert len(script.asked) == 1


def test_a_pod_that_is_gone_has_an_unknown_number_of_containers(tmp_path: Path) -> None:
    found = workflow(step("Succeeded"), attempt(0, "Succeeded", finishedAt=END))
    with api_server(tmp_path, refused(404)) as (cluster, _):
        (only,) = engine_attempts(cluster, read_snapshot(found, TASKS))
    assert (only.pod, only.containers) == ("w-load-100", None)
