"""FAIL_IMMEDIATELY: who follows a run ends it when a node has failed for good. Argo by itself lets the others go on."""

from __future__ import annotations

from jetbridge_translators.argo.cluster import ApiError, Cluster
from jetbridge_translators.argo.status import Snapshot, StepStatus
from jetbridge_translators.plan.inline import inline
from jetbridge_translators.plan.model import MapNode, Plan, walk

_ENDED_BY_ARGO = "workflow shutdown with strategy"
"""In Argo's message of what still ran (`workflow/controller/operator.go`, 3.7 and 4.0)."""


class FirstFailure:
    """Looks at each change of a run, and ends it once; its exit hooks, and so its failure node, still run.

    Args:
        cluster: Where it runs.
        name: The Workflow's name.
        plan: What runs.
    """

    def __init__(self, cluster: Cluster, name: str, plan: Plan) -> None:
        self._cluster = cluster
        self._name = name
        self._waits = not plan.continues
        self._lossy = tuple(f"{path}/" for path in _lossy(plan)) if self._waits else ()

    def look(self, now: Snapshot) -> None:
        """Ends the run where it has a node that failed, and is not one that a map may lose."""
        if not self._waits or not any(map(self._counts, now.steps.values())):
            return
        try:
            self._cluster.stop(self._name, "Stop")
        except ApiError:
            return  # the next look tries again; a run that ends by itself needs it no more
        self._waits = False

    def _counts(self, status: StepStatus) -> bool:
        return status.state == "failed" and not status.node.path.startswith(self._lossy)


def _lossy(plan: Plan) -> list[str]:
    whole = inline(plan)
    nodes = walk(whole.nodes if whole.failure_node is None else (*whole.nodes, whole.failure_node))
    return [node.path for node in nodes if isinstance(node, MapNode) and node.partial]


def was_ended(status: StepStatus) -> bool:
    """Whether a step failed because another one had failed before."""
    messages = (status.message, *(attempt.message for attempt in status.attempts[-1:]))
    return any(_ENDED_BY_ARGO in message for message in messages)
