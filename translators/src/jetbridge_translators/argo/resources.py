"""The objects that resource templates made in a run: their logs, why they do not start or fail, and their end.

Argo itself only polls an object's conditions, and leaves it alone when the Workflow is stopped or times out.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from jetbridge_translators.argo.cluster import NOT_FOUND, ApiError, Cluster, Kind
from jetbridge_translators.argo.logs import Logs
from jetbridge_translators.argo.manifest import ATTEMPT, NODE_PATH, WORKFLOW
from jetbridge_translators.argo.objects import section, text
from jetbridge_translators.argo.status import Snapshot, StepStatus
from jetbridge_translators.argo.waiting import PATIENCE, Waiting
from jetbridge_translators.argo.watch import LONGEST_LOOK
from jetbridge_translators.plan.controls import nodes_of
from jetbridge_translators.plan.inline import inline
from jetbridge_translators.plan.model import MapNode, Plan, Step
from jetbridge_translators.work import ResourceWork

LOOK_SECONDS = 3
_ACTIVE = ("running", "retrying")


@dataclass(frozen=True, slots=True)
class Found:
    """An object: whose it is, and what it says."""

    kind: Kind
    path: str
    attempt: str
    body: Mapping[str, Any]

    @property
    def name(self) -> str:
        """The object's name."""
        return text(section(self.body, "metadata"), "name")


class Resources:
    """The objects of a run.

    Args:
        cluster: Where they are.
        plan: What runs.
        run_id: The Workflow's name.
        logs: Reads what their pods print.
        say: Hears of what goes wrong beside the run.
    """

    def __init__(self, cluster: Cluster, plan: Plan, run_id: str, logs: Logs, say: Callable[[str], None]) -> None:
        self._cluster = cluster
        self._run_id = run_id
        self._logs = logs
        self._say = say
        self._kinds = tuple(dict.fromkeys(kind_of(work) for work in _works(plan)))
        self._failing: dict[str, float] = {}
        self._is_blind = False
        self.lost: Waiting | None = None

    @property
    def seconds(self) -> int:
        """How often to look: seldom where a run has no such objects."""
        return LOOK_SECONDS if self._kinds else LONGEST_LOOK

    def look(self, now: Snapshot) -> None:
        """Follows the pods of those that work, and finds those that cannot start."""
        active = {step.node.path: step for step in now.steps.values() if step.state in _ACTIVE and _work(step)}
        for found in self._objects() if active else ():
            step = active.get(found.path)
            work = _work(step) if step is not None else None
            pod = _field(found.body, work.main_pod) if work is not None else ""
            if step is None or work is None or not pod or found.attempt != str(max(len(step.attempts) - 1, 0)):
                continue
            if self._waits(step, pod):
                continue
            self._logs.follow(step.step, pod, work.main_container)

    def _waits(self, step: StepStatus, pod: str) -> bool:
        """Whether a pod has not started; one without hope is kept as `lost`."""
        try:
            states = section(self._cluster.pod(pod), "status").get("containerStatuses") or ()
        except ApiError:
            return True
        waiting = next((found for state in states if (found := section(state, "state", "waiting"))), None)
        if states and waiting is None:
            return False
        reason = text(waiting, "reason") if waiting is not None else ""
        since = self._failing.setdefault(pod, time.monotonic()) if reason in PATIENCE else time.monotonic()
        if reason in PATIENCE and time.monotonic() - since >= PATIENCE[reason]:
            self.lost = Waiting(step.step, pod, reason, text(waiting or {}, "message"))
        return True

    def reason(self, status: StepStatus) -> str:
        """Why the last attempt's object failed, in its own words; empty where it does not say."""
        work = _work(status)
        if work is None or not work.reason:
            return ""
        mine = [found for found in self._objects() if found.path == status.node.path]
        last = max(mine, key=lambda found: int(found.attempt or 0), default=None)
        return "" if last is None else _field(last.body, work.reason)

    def delete(self, *, unfinished: Plan | None = None) -> None:
        """Deletes the objects.

        Args:
            unfinished: Only those that have neither succeeded nor failed, as this plan says when that is.
        """
        for found in self._objects():
            if unfinished is None or not _is_final(found.body, unfinished):
                self._delete(found)

    def _delete(self, found: Found) -> None:
        try:
            self._cluster.delete(found.kind, found.name)
        except ApiError as error:
            if error.status != NOT_FOUND:
                self._say(f"{found.kind.plural} {found.name!r} could not be deleted: {error.message}")

    def _objects(self) -> Iterator[Found]:
        for kind in self._kinds:
            for body in self._listed(kind):
                notes = section(body, "metadata", "annotations")
                yield Found(kind, text(notes, NODE_PATH), text(notes, ATTEMPT), body)

    def _listed(self, kind: Kind) -> list[Mapping[str, Any]]:
        try:
            return self._cluster.objects(kind, f"{WORKFLOW}={self._run_id}")
        except ApiError as error:
            if not error.passes and not self._is_blind:
                self._is_blind = True
                self._say(f"the logs of {kind.plural} cannot be shown: {error.message}")
            return []


def kind_of(work: ResourceWork) -> Kind:
    """How the API server calls the kind of an object."""
    group, _, version = str(work.manifest["apiVersion"]).rpartition("/")
    return Kind(group, version, f"{str(work.manifest['kind']).lower()}s")


def _works(plan: Plan) -> Iterator[ResourceWork]:
    for node in nodes_of(inline(plan)):
        step = node.element if isinstance(node, MapNode) else node
        if isinstance(step, Step) and isinstance(step.work, ResourceWork):
            yield step.work


def _work(status: StepStatus | None) -> ResourceWork | None:
    node = status.node if status is not None else None
    return node.work if isinstance(node, Step) and isinstance(node.work, ResourceWork) else None


def _field(body: Mapping[str, Any], path: str) -> str:
    *folders, name = path.split(".")
    return text(section(body, *folders), name) if path else ""


def _is_final(body: Mapping[str, Any], plan: Plan) -> bool:
    conditions = (condition for work in _works(plan) for condition in (work.success, work.failure))
    return any(_field(body, path) == value for path, _, value in (item.partition(" == ") for item in conditions))
