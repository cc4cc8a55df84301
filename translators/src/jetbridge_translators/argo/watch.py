"""Follows a Workflow until it ends: a watch that outlives lost connections and restarts of the API server."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing
from typing import Any

from jetbridge.errors import RunError
from jetbridge_translators.argo.cluster import FORBIDDEN, NOT_FOUND, ApiError, Cluster
from jetbridge_translators.argo.status import Find, Snapshot, read_snapshot
from jetbridge_translators.argo.waiting import HINTS, Patience, Waiting

FINAL = frozenset(("Succeeded", "Failed", "Error"))
OUT_OF_REACH_SECONDS = 300.0
"""How long the API server may be away before a run is left to itself."""
REFUSED_SECONDS = 30.0
"""How long a refusal of what was allowed before is waited out: an API server that starts has no rules yet."""
UNSEEN_SECONDS = 60.0
"""How long a Workflow may wait for a controller to take it up."""
LONGEST_LOOK = 60
"""Seconds until the next look when there is no news."""
_FIRST_PAUSE, _LONGEST_PAUSE = 0.25, 10.0


def follow(
    cluster: Cluster,
    name: str,
    find: Find,
    on_change: Callable[[Snapshot, Snapshot], None],
    longest: Callable[[], int] = lambda: LONGEST_LOOK,
    other: Callable[[], Waiting | None] = lambda: None,
) -> Snapshot:
    """The Workflow when it has ended.

    Args:
        cluster: Where it runs.
        name: The Workflow's name.
        find: As in `read_snapshot`.
        on_change: Hears of each two looks that follow each other.
        longest: Asked after each look for how many seconds the next may be off at most.
        other: A pod that is none of Argo's, for which there is no hope left.

    Raises:
        RunError: the Workflow was deleted, no controller takes it up, a pod cannot start, or the API server is away.
    """
    patience = Patience(time.monotonic, lambda pod: _pod(cluster, pod))
    deadline = time.monotonic() + UNSEEN_SECONDS
    before = Snapshot()
    for workflow in workflows(cluster, name, lambda: min(patience.seconds, longest())):
        now = read_snapshot(workflow, find)
        on_change(before, now)
        if now.phase in FINAL:
            return now
        if not now.phase and time.monotonic() > deadline:
            raise _unseen(cluster, name)
        lost = patience.lost(now) or other()
        if lost is not None:
            raise _cannot_start(lost)
        before = now
    raise AssertionError("a watch has no end")


def workflows(cluster: Cluster, name: str, seconds: Callable[[], int]) -> Iterator[Mapping[str, Any]]:
    """The Workflow now, after each change, and again after some seconds without one; there is no end.

    Args:
        cluster: Where it runs.
        name: The Workflow's name.
        seconds: Asked after each look how long the next may be off.

    Raises:
        RunError: the Workflow was deleted, or the API server refuses to tell of it or is away.
    """
    away_since: float | None = None
    rights = _Rights()
    pause = _FIRST_PAUSE
    while True:
        try:
            found, version = cluster.workflow(name)
            away_since = None
            yield found
            for changed in _changes(cluster, name, version, seconds):
                rights.were_given()
                yield changed
            pause = _FIRST_PAUSE
        except ApiError as error:
            away_since = time.monotonic() if away_since is None else away_since
            if not rights.may_come_back(error):
                _raise_final(cluster, name, error, time.monotonic() - away_since)
            time.sleep(pause)
            pause = min(2 * pause, _LONGEST_PAUSE)


class _Rights:
    """Whether a refusal may be that of an API server which starts and has not read its rules yet."""

    def __init__(self) -> None:
        self._given = False
        self._refused_since: float | None = None

    def were_given(self) -> None:
        """A watch has told something."""
        self._given, self._refused_since = True, None

    def may_come_back(self, error: ApiError) -> bool:
        """Whether it refuses what it allowed before, and for a short time only."""
        if not self._given or error.status != FORBIDDEN:
            return False
        now = time.monotonic()
        self._refused_since = now if self._refused_since is None else self._refused_since
        return now - self._refused_since < REFUSED_SECONDS


def _changes(cluster: Cluster, name: str, version: str, seconds: Callable[[], int]) -> Iterator[Mapping[str, Any]]:
    """The changes of one watch, which ends early when the next look is due before its end."""
    limit = seconds()
    with closing(cluster.changes(name, version, limit)) as changes:
        for workflow in changes:
            yield workflow
            if seconds() < limit:
                return


def _pod(cluster: Cluster, name: str) -> Mapping[str, Any]:
    """A pod; an empty one when it cannot be read, because the Workflow's own messages still come."""
    try:
        return cluster.pod(name)
    except ApiError:
        return {}


def _raise_final(cluster: Cluster, name: str, error: ApiError, away: float) -> None:
    look = f"kubectl -n {cluster.namespace} get workflow {name}"
    if error.status == NOT_FOUND:
        raise RunError(f"the workflow {name!r} was deleted before it ended", hint="Start it again.") from error
    if not error.passes:
        raise RunError(
            f"Kubernetes does not let us follow the workflow {name!r}, which goes on: {error.message}",
            hint=f"The role needs list and watch on workflows.argoproj.io. See how it goes: {look}",
        ) from error
    if away > OUT_OF_REACH_SECONDS:
        raise RunError(
            f"the API server has not answered for {away:.0f} s; the workflow {name!r} may go on: {error.message}",
            hint=f"See how it goes: {look}",
        ) from error


def _unseen(cluster: Cluster, name: str) -> RunError:
    return RunError(
        f"no Argo controller has taken up the workflow {name!r} within {UNSEEN_SECONDS:.0f} s; it is stopped",
        hint=f"Check that Argo's workflow-controller runs and manages the namespace {cluster.namespace!r}.",
    )


def _cannot_start(lost: Waiting) -> RunError:
    return RunError(
        f"step {lost.step!r} cannot start, and the workflow is stopped; its pod {lost.pod} waits: {lost}",
        hint=HINTS.get(lost.reason, "Look at the pod's events: kubectl describe pod."),
    )
