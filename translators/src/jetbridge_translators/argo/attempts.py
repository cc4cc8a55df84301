"""The attempts of a run for its report: Argo's pods with their times."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from jetbridge_translators.argo.cluster import ApiError, Cluster
from jetbridge_translators.argo.status import Attempt, Snapshot
from jetbridge_translators.base import EngineAttempt
from jetbridge_translators.plan.model import Step


def engine_attempts(cluster: Cluster, end: Snapshot) -> Iterator[EngineAttempt]:
    """Every pod of a Workflow that has ended. Argo says when it made a pod, not when its container began."""
    tasks = [(path, status.attempts) for path, status in end.steps.items() if isinstance(status.node, Step)]
    samples = {attempt.template: attempt.pod for _, attempts in tasks for attempt in attempts}
    containers = {template: _containers(cluster, pod) for template, pod in samples.items()}
    for path, attempts in tasks:
        for number, attempt in enumerate(attempts):
            yield _attempt(path, number, attempt, containers[attempt.template])


def _attempt(path: str, number: int, attempt: Attempt, containers: int | None) -> EngineAttempt:
    return EngineAttempt(
        path=path,
        number=number,
        state=attempt.phase.lower(),
        queued=_seconds(attempt.started),
        ended=_seconds(attempt.finished),
        pod=attempt.pod,
        containers=containers,
    )


def _seconds(text: str) -> float | None:
    return datetime.fromisoformat(text).timestamp() if text else None


def _containers(cluster: Cluster, pod: str) -> int | None:
    """How many containers a pod has: all that are made from one template have as many."""
    try:
        spec: Mapping[str, Any] = cluster.pod(pod)["spec"]
    except ApiError:
        return None  # it is gone already, or may not be read
    return len(spec["containers"]) + len(spec.get("initContainers") or ())
