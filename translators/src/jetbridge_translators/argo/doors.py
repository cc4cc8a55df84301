"""The gates of a run that is followed: who is told that one waits, and answers that the store has already."""

from __future__ import annotations

from jetbridge.errors import RunError
from jetbridge.runtime.layout import error_uri
from jetbridge.store import Store
from jetbridge_translators.argo.answers import tell_cluster
from jetbridge_translators.argo.cluster import Cluster
from jetbridge_translators.argo.status import Snapshot, StepStatus
from jetbridge_translators.base import RunRequest, StartedRun
from jetbridge_translators.failures import failure_document, node_failure
from jetbridge_translators.gates import REJECTED, TIMED_OUT, invitation, read_answer
from jetbridge_translators.plan.model import Gate, Signal, Sleep

UNANSWERED = "UnansweredGate"


class Doors:
    """Looks at each change of a run.

    Args:
        cluster: Where it runs.
        store: Where the answers are.
        run: The run.
        request: Hears that a gate waits.
    """

    def __init__(self, cluster: Cluster, store: Store, run: StartedRun, request: RunRequest) -> None:
        self._cluster = cluster
        self._store = store
        self._run = run
        self._request = request
        self._seen: set[str] = set()

    def look(self, now: Snapshot) -> None:
        """Tells of gates that have begun to wait; one that a person has answered before is opened."""
        for status in now.steps.values():
            gate = status.node
            if isinstance(gate, Gate) and not isinstance(gate.wait, Sleep) and not status.state:
                self._meet(gate)

    def _meet(self, gate: Gate) -> None:
        if gate.path in self._seen:
            return
        self._seen.add(gate.path)
        answer = read_answer(self._store, self._run.run_root, gate)
        if answer is None:
            self._request.on_output(gate.name, invitation(gate, self._run.run_root))
            return
        try:
            tell_cluster(self._cluster, self._run, gate, answer)
        except RunError as error:
            self._request.on_output(gate.name, error.message)


def gate_failure(store: Store, run_root: str, status: StepStatus, backend: str) -> RunError:
    """The error of a gate that did not open; no pod of it could write the document, so it is written here."""
    gate = status.node
    assert isinstance(gate, Gate)  # noqa: S101 -- the caller asks for this very type
    hint = ""
    if not store.exists(error_uri(run_root, gate.path)):
        code, message, hint = _reason(gate, status.seconds)
        store.create(error_uri(run_root, gate.path), failure_document(code, message))
    return node_failure(store, run_root, gate, backend, hint)


def _reason(gate: Gate, seconds: float) -> tuple[str, str, str]:
    if gate.timeout is not None and seconds >= gate.timeout.total_seconds():
        return TIMED_OUT, f"the gate did not open within {gate.timeout}", "Give it more time: `timeout=…`."
    if isinstance(gate.wait, Signal):
        message = "the gate was resumed in Argo, and the store has no value for it: only `jetbridge set` gives one"
        return UNANSWERED, message, "Run it again, and answer with `jetbridge set RUN NODE VALUE`."
    return REJECTED, f"{gate.name!r} was not approved in Argo", ""
