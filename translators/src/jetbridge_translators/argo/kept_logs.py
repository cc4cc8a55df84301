"""The logs of a run's pods, as long as Kubernetes has the pods."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import closing

from jetbridge.errors import RunError
from jetbridge_translators.argo.cluster import FORBIDDEN, NOT_FOUND, ApiError, Cluster
from jetbridge_translators.argo.connect import connect
from jetbridge_translators.argo.logs import CONTAINER, has_other_pod, without_argo
from jetbridge_translators.argo.options import read_options
from jetbridge_translators.argo.places import places_of
from jetbridge_translators.argo.status import Attempt, StepStatus, read_snapshot
from jetbridge_translators.base import NodeLog, StartedRun

_NOT_YET = 400
"""Kubernetes' answer for a container that has not started."""


def logs(run: StartedRun, wanted: Callable[[str], bool]) -> Iterator[NodeLog]:
    """The logs of the wanted steps' attempts. Raises `RunError` when Kubernetes does not tell."""
    environ = {**os.environ, **run.settings.connection}
    yield from cluster_logs(connect(read_options(run.settings).namespace, environ), run, wanted)


def cluster_logs(cluster: Cluster, run: StartedRun, wanted: Callable[[str], bool]) -> Iterator[NodeLog]:
    """As `logs`, from a cluster that is connected."""
    try:
        workflow, _ = cluster.workflow(run.run_id)
    except ApiError as error:
        if error.status != NOT_FOUND:
            raise _refused(run, error) from error
        yield NodeLog(step=run.run_id, gone=f"the workflow is gone from namespace {cluster.namespace!r}")
        return
    for status in read_snapshot(workflow, places_of(run.plan).find).steps.values():
        if wanted(status.step):
            yield from _attempts(cluster, run, status)


def _attempts(cluster: Cluster, run: StartedRun, status: StepStatus) -> Iterator[NodeLog]:
    for number, attempt in enumerate(status.attempts):
        if has_other_pod(status):
            gone = f"pod {attempt.pod} only makes the object whose pods do the work"
            yield NodeLog(step=status.step, attempt=number, gone=gone)
        else:
            yield _log(cluster, run, status.step, number, attempt)


def _log(cluster: Cluster, run: StartedRun, step: str, number: int, attempt: Attempt) -> NodeLog:
    try:
        return NodeLog(step=step, attempt=number, lines=_read(cluster, attempt.pod))
    except ApiError as error:
        if error.status not in (NOT_FOUND, _NOT_YET):
            raise _refused(run, error) from error
        gone = f"pod {attempt.pod} is gone" if error.status == NOT_FOUND else f"pod {attempt.pod} has not started"
        return NodeLog(step=step, attempt=number, gone=gone)


def _read(cluster: Cluster, pod: str) -> list[str]:
    found: list[str] = []
    report = without_argo(found.append)
    with closing(cluster.log(pod, CONTAINER, follow=False)) as lines:
        for line in lines:
            report(line.partition(" ")[2])
    return found


def _refused(run: StartedRun, error: ApiError) -> RunError:
    rights = "The role needs list on workflows.argoproj.io, and get on pods/log."
    return RunError(
        f"Kubernetes does not give the logs of {run.run_id!r}: {error.message}",
        hint=rights if error.status == FORBIDDEN else "Check that KUBECONFIG names the run's cluster, and try again.",
    )
