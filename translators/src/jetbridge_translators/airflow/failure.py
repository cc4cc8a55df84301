"""Why a DAG run failed, as a person wants to read it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

from jetbridge.errors import RunError
from jetbridge.runtime.layout import error_uri
from jetbridge.store import open_store
from jetbridge_translators.airflow.ending import ending
from jetbridge_translators.airflow.waiting import Waiting
from jetbridge_translators.airflow.watch import Snapshot
from jetbridge_translators.failures import node_failure, step_lost
from jetbridge_translators.plan.model import Step

_BACKEND = "Airflow"
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


def run_failure(now: Snapshot, steps: Sequence[Step], run_root: str, log: Path) -> RunError:
    """The error of a run that did not succeed: the first task that failed, in the order of the plan."""
    look = _look(log)
    failed = {task.task_id for task in now.tasks if task.state == "failed"}
    first = next((step for step in steps if step.name in failed), None)
    if first is None:
        return RunError(f"Airflow ended without running the workflow:\n{_tail(log)}", hint=look)
    end = ending(log.read_text(errors="replace"), first.name)
    store = open_store()
    if not end.reason or (end.has_document and store.exists(error_uri(run_root, first.path))):
        return node_failure(store, run_root, first, _BACKEND, look)
    return step_lost(first, _BACKEND, end.reason, _hint(end.reason, look))


def pod_lost(lost: Waiting, steps: Sequence[Step], log: Path) -> RunError:
    """The error of a run that was given up because a pod does not start."""
    reason, hint = f"its pod does not start: {lost.reason}", _hint(lost.reason, _look(log))
    step = next((step for step in steps if step.name == lost.task_id), None)
    if step is None:
        return RunError(f"task {lost.task_id!r} failed on {_BACKEND}: {reason}", hint=hint)
    return step_lost(step, _BACKEND, reason, hint)


def _look(log: Path) -> str:
    return f"Airflow's log, with all that the tasks printed: {log}"


def _hint(reason: str, look: str) -> str:
    found = next((hint for pattern, hint in _HINTS if pattern.search(reason)), "")
    return f"{found} {look}".strip()


def _tail(log: Path) -> str:
    return "\n".join(log.read_text(errors="replace").splitlines()[-_LOG_LINES:])
