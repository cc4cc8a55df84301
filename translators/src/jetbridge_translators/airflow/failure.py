"""Why a DAG run failed, as a person wants to read it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from jetbridge.errors import RunError
from jetbridge.store import open_store
from jetbridge_translators.airflow.watch import Snapshot
from jetbridge_translators.failures import step_failure
from jetbridge_translators.plan.model import Step

_LOG_LINES = 15


def run_failure(now: Snapshot, steps: Sequence[Step], run_root: str, log: Path) -> RunError:
    """The error of a run that did not succeed: the first task that failed, in the order of the plan."""
    hint = f"Airflow's log, with all that the tasks printed: {log}"
    failed = {task.task_id for task in now.tasks if task.state == "failed"}
    first = next((step for step in steps if step.name in failed), None)
    if first is not None:
        return step_failure(open_store(), run_root, first, "airflow", hint)
    return RunError(f"Airflow ended without running the workflow:\n{_tail(log)}", hint=hint)


def _tail(log: Path) -> str:
    return "\n".join(log.read_text(errors="replace").splitlines()[-_LOG_LINES:])
