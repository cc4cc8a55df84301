"""Why a DAG run failed, as a person wants to read it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path

from jetbridge.errors import RunError
from jetbridge.runtime.layout import error_uri
from jetbridge.store import open_store
from jetbridge_translators.airflow.ending import ending
from jetbridge_translators.airflow.places import Places
from jetbridge_translators.airflow.waiting import Waiting
from jetbridge_translators.airflow.watch import Snapshot, TaskState
from jetbridge_translators.failures import (
    MALFORMED_BRANCH,
    NO_CASE_HOLDS,
    UNEQUAL_LISTS,
    UNEQUAL_LISTS_TEXT,
    failure_document,
    node_failure,
    step_lost,
)
from jetbridge_translators.gates import TIMED_OUT
from jetbridge_translators.plan.model import AnyNode, Branch, Gate, MapNode, Step

_BACKEND = "Airflow"
_FAILED = "AirflowFailException: "
_LOG_LINES = 15
_HINTS = (
    (re.compile(r"OOMKilled"), "Give the task more memory: `limits=Resources(mem=…)`."),
    (
        re.compile(r"ImagePull|InvalidImageName|ErrImageNeverPull|pull image"),
        "Name an image that the cluster can pull: --image.",
    ),
    (
        re.compile(r"Preemption is not helpful"),
        "Ask for less (`requests=`), or add a node that is large enough.",
    ),
    (
        re.compile(r"CreateContainerConfigError|secret"),
        "Check the name: --store-secret, or the task's `secret_requests`.",
    ),
    (re.compile(r"Killing|Evict|Preempt"), "Ask who deletes pods or drains nodes here."),
)


def run_failure(now: Snapshot, places: Places, run_root: str, log: Path) -> RunError:
    """The error of a run that did not succeed: the node that failed first."""
    look = _look(log)
    states = {task.task_id: task for task in now.tasks}
    failed = [found for node in places.nodes for found in _failed(node, states, places)]
    if not failed:
        return RunError(f"Airflow ended without running the workflow:\n{_tail(log)}", hint=look)
    node, instance = min(failed, key=lambda found: states[found[1]].ended)
    end, store = ending(log.read_text(errors="replace"), instance), open_store()
    uri = error_uri(run_root, node.path)
    if not isinstance(node, Step) and (code := _code(node, end.reason)):
        # No process of it could write the document.
        store.create(uri, failure_document(code, _message(node, code, end.reason)))
    if (isinstance(node, Step) and not end.reason) or (end.has_document and store.exists(uri)):
        return node_failure(store, run_root, node, _BACKEND, look)
    return step_lost(node, _BACKEND, end.reason.removeprefix(_FAILED), _hint(end.reason, look))


def _code(node: AnyNode, reason: str) -> str:
    """Flyte's code for the failure of a node that is no task; empty for a failure of Airflow's own."""
    found = (code for kind, pattern, code in _CODES if isinstance(node, kind) and pattern.search(reason))
    own = isinstance(node, Branch) and reason == _FAILED + " ".join(node.error.splitlines()[:1])
    return NO_CASE_HOLDS if own else next(found, "")


def _message(node: AnyNode, code: str, reason: str) -> str:
    if isinstance(node, Gate):
        return f"the gate did not open within {node.timeout}"
    return node.error if isinstance(node, Branch) and code == NO_CASE_HOLDS else reason.removeprefix(_FAILED)


_CODES: tuple[tuple[type, re.Pattern[str], str], ...] = (
    (Branch, re.compile(r"a condition cannot tell"), MALFORMED_BRANCH),
    (MapNode, re.compile(UNEQUAL_LISTS_TEXT), UNEQUAL_LISTS),
    (Gate, re.compile(r"HITLTimeoutError|the gate did not open within"), TIMED_OUT),
)


def _failed(node: AnyNode, states: Mapping[str, TaskState], places: Places) -> Iterator[tuple[AnyNode, str]]:
    """The node with the task whose log tells of its failure. A map that may lose elements fails when it is judged."""
    own = [name for name in places.deciding(node) if name in states and states[name].state == "failed"]
    if isinstance(node, MapNode) and (own or not node.partial):
        for instance, task in states.items():
            element = places.find(instance)
            if task.state == "failed" and element is not None and element.path.startswith(f"{node.path}/"):
                yield element, instance
    yield from ((node, name) for name in own)


def pod_lost(lost: Waiting, places: Places, log: Path) -> RunError:
    """The error of a run that was given up because a pod does not start."""
    reason, hint = f"its pod does not start: {lost.reason}", _hint(lost.reason, _look(log))
    node = places.find(lost.task_id)
    if node is None:
        return RunError(f"task {lost.task_id!r} failed on {_BACKEND}: {reason}", hint=hint)
    return step_lost(node, _BACKEND, reason, hint)


def _look(log: Path) -> str:
    return f"Airflow's log, with all that the tasks printed: {log}"


def _hint(reason: str, look: str) -> str:
    found = next((hint for pattern, hint in _HINTS if pattern.search(reason)), "")
    return f"{found} {look}".strip()


def _tail(log: Path) -> str:
    return "\n".join(log.read_text(errors="replace").splitlines()[-_LOG_LINES:])
