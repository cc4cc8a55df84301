"""Logs of a run's pods, through the real Kubernetes client."""

from __future__ import annotations

from pathlib import Path

import pytest

from jetbridge.errors import RunError
from jetbridge_translators.argo.kept_logs import cluster_logs
from jetbridge_translators.base import NodeLog, Settings, StartedRun
from tests.translators import running
from tests.translators.argo_run.server import Answer, api_server, listed, refused, streamed
from tests.translators.argo_run.workflows import node, workflow
from tests.translators.plan_helpers import plan

RUN = StartedRun(run_id="w", run_root="s3://b/runs/w", plan=plan(running.retried), settings=Settings())
OBJECT = workflow(
    node("w.n0", "Retry", "Failed", 10),
    node("w.n0(0)", "Pod", "Failed", 100),
    node("w.n0(1)", "Pod", "Failed", 101),
    phase="Failed",
)
PRINTED = streamed(
    "2026-01-02T03:04:05Z hello",
    '2026-01-02T03:04:05Z time="x" level=info msg="sub-process exited" argo=true',
    "2026-01-02T03:04:05Z Error: exit status 80",
)


def logs(folder: Path, *answers: Answer, step: str = "") -> list[NodeLog]:
    with api_server(folder, *answers) as (cluster, _):
        return [*cluster_logs(cluster, RUN, lambda name: step in ("", name))]


def test_the_attempts_of_a_step(tmp_path: Path) -> None:
    first, second = logs(tmp_path, listed(OBJECT), refused(404), PRINTED)
    assert (first.step, first.attempt, first.gone, list(first.lines)) == ("flaky", 0, "pod w-load-100 is gone", [])
    assert (second.attempt, second.gone, next(iter(second.lines))) == (1, "", "hello"), "what Argo adds is left out"


def test_only_what_is_wanted_is_asked_for(tmp_path: Path) -> None:
    assert logs(tmp_path, listed(OBJECT), step="other") == []


def test_a_workflow_that_is_gone(tmp_path: Path) -> None:
    (log,) = logs(tmp_path, listed())
    assert log.gone == "the workflow is gone from namespace 'team'"


def test_a_pod_that_has_not_started(tmp_path: Path) -> None:
    first, _ = logs(tmp_path, listed(OBJECT), refused(400), PRINTED)
    assert first.gone == "pod w-load-100 has not started"


@pytest.mark.parametrize("answers", [(refused(403, "forbidden"),), (listed(OBJECT), refused(403, "forbidden"))])
def test_missing_rights_are_named(tmp_path: Path, answers: tuple[Answer, ...]) -> None:
    with pytest.raises(RunError, match="forbidden") as caught:
        logs(tmp_path, *answers)
    assert "pods/log" in caught.value.hint
