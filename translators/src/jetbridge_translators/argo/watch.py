"""Follows a Workflow until it ends: a watch that outlives lost connections and restarts of the API server."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from jetbridge.errors import RunError
from jetbridge_translators.argo.cluster import GONE, NOT_FOUND, ApiError, Cluster
from jetbridge_translators.argo.status import Snapshot, changes, read_snapshot
from jetbridge_translators.argo.waiting import Patience, Waiting
from jetbridge_translators.base import StepEvent

FINAL = frozenset(("Succeeded", "Failed", "Error"))
OUT_OF_REACH_SECONDS = 300.0
"""How long the API server may be away before a run is left to itself."""
UNSEEN_SECONDS = 60.0
"""How long a Workflow may wait for a controller to take it up."""
_FIRST_PAUSE, _LONGEST_PAUSE = 0.25, 10.0


class LostPodError(RunError):
    """Raised when a pod cannot start."""


def follow(
    cluster: Cluster,
    name: str,
    tasks: Mapping[str, tuple[str, str]],
    on_snapshot: Callable[[Snapshot], None],
    on_event: Callable[[StepEvent], None],
) -> Snapshot:
    """The Workflow when it has ended.

    Args:
        cluster: Where it runs.
        name: The Workflow's name.
        tasks: As in `read_snapshot`.
        on_snapshot: Hears of each look at the Workflow.
        on_event: Hears of each change of a step.

    Raises:
        RunError: the Workflow was deleted, no controller takes it up, a pod cannot start, or the API server is away.
    """
    patience = Patience(time.monotonic, cluster.pod)
    deadline = time.monotonic() + UNSEEN_SECONDS
    before = Snapshot()
    for workflow in workflows(cluster, name, lambda: patience.seconds):
        now = read_snapshot(workflow, tasks)
        on_snapshot(now)
        for event in changes(before, now):
            on_event(event)
        before = now
        if now.phase in FINAL:
            return now
        _check(cluster, name, now, patience.lost(now), time.monotonic() > deadline)
    raise AssertionError("a watch has no end")


def workflows(cluster: Cluster, name: str, seconds: Callable[[], int]) -> Iterator[Mapping[str, Any]]:
    """The Workflow now, after each change, and at the latest after some seconds; without an end."""
    lost_since: float | None = None
    pause = _FIRST_PAUSE
    while True:
        try:
            found, version = cluster.workflow(name)
            yield found
            for changed in cluster.changes(name, version, seconds()):
                yield changed
                lost_since, pause = None, _FIRST_PAUSE
                if seconds() < _FRESH_WATCH_BELOW:
                    break
            lost_since, pause = None, _FIRST_PAUSE
        except ApiError as error:
            lost_since = time.monotonic() if lost_since is None else lost_since
            _raise_final(cluster, name, error, time.monotonic() - lost_since)
            if error.status != GONE:
                time.sleep(pause)
                pause = min(2 * pause, _LONGEST_PAUSE)
