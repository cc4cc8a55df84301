"""The gates in a dynamic task's child Workflow: its pod looks for their answers, and opens them."""

from __future__ import annotations

from collections.abc import Callable

from jetbridge.errors import RunError
from jetbridge.runtime.layout import waiting_uri
from jetbridge.store import Store
from jetbridge_translators.argo.answers import tell_cluster
from jetbridge_translators.argo.cluster import Cluster
from jetbridge_translators.argo.status import Snapshot
from jetbridge_translators.base import StartedRun
from jetbridge_translators.gates import invitation, read_answer
from jetbridge_translators.plan.model import Gate, Sleep

LOOK, NEVER = 5, 60
"""Seconds until the next look while a gate waits, and otherwise."""


class DynamicGates:
    """Looks at each change of the child, and again every few seconds while a gate waits.

    Args:
        cluster: Where the child runs.
        store: Where the answers are.
        run: The child, under its own name and in the run root of its parent.
        say: Writes a line to the pod's log.
    """

    def __init__(self, cluster: Cluster, store: Store, run: StartedRun, say: Callable[[str], None]) -> None:
        self._cluster = cluster
        self._store = store
        self._run = run
        self._say = say
        self._invited: set[str] = set()
        self._waiting = False

    @property
    def seconds(self) -> int:
        """How long one may wait for news before looking again."""
        return LOOK if self._waiting else NEVER

    def look(self, now: Snapshot) -> None:
        """Marks gates that have begun to wait, and opens those that have an answer."""
        nodes = (status.node for status in now.steps.values() if not status.state)
        waiting = [node for node in nodes if isinstance(node, Gate) and not isinstance(node.wait, Sleep)]
        self._waiting = bool(waiting)
        for gate in waiting:
            self._meet(gate)

    def _meet(self, gate: Gate) -> None:
        answer = read_answer(self._store, self._run.run_root, gate)
        if answer is None:
            if gate.path not in self._invited:
                self._invited.add(gate.path)
                self._store.write(waiting_uri(self._run.run_root, gate.path), b"")
                self._say(f"{gate.name} {invitation(gate, self._run.run_root)}")
            return
        try:
            tell_cluster(self._cluster, self._run, gate, answer)
        except RunError as error:
            self._say(error.message)
