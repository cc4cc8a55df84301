"""The progress of a DAG run, read from Airflow's SQLite database."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from jetbridge_translators.base import StepEvent

_STATES = {
    "running": "running",
    "up_for_retry": "retrying",
    "success": "succeeded",
    "failed": "failed",
    "upstream_failed": "skipped",
    "skipped": "skipped",
    "removed": "skipped",
}
FINAL = frozenset(("succeeded", "failed", "skipped"))
_BUSY_SECONDS = 5.0
_TASKS = (
    "SELECT task_id, map_index, state, try_number, start_date, end_date FROM task_instance WHERE dag_id = ? "
    "ORDER BY task_id, map_index"
)
_WAITING = (
    "SELECT task_id FROM task_instance JOIN hitl_detail ON hitl_detail.ti_id = task_instance.id "
    "WHERE dag_id = ? AND responded_at IS NULL AND state NOT IN ('success', 'failed', 'skipped', 'upstream_failed')"
)
_RUN = "SELECT run_id, state FROM dag_run WHERE dag_id = ?"


@dataclass(frozen=True, slots=True)
class TaskState:
    """What Airflow says of a task or an element (`fit[3]`); `state` as in `StepEvent`, empty before it starts.

    Attributes:
        ended: When it ended; texts of one run are in the order of time.
    """

    task_id: str
    state: str
    attempt: int
    seconds: float
    ended: str = ""


@dataclass(frozen=True, slots=True)
class Snapshot:
    """What Airflow says of the one run of a fresh database; the run id is empty before it starts."""

    run_id: str = ""
    state: str = ""
    tasks: tuple[TaskState, ...] = ()


def snapshot(database: Path, dag_id: str) -> Snapshot:
    """The state of the run now."""
    with closing(open_database(database)) as connection:
        run = connection.execute(_RUN, (dag_id,)).fetchone()
        rows = connection.execute(_TASKS, (dag_id,)).fetchall()
    return Snapshot(run[0], run[1], tuple(_task(row) for row in rows)) if run else Snapshot()


def waiting_for_persons(database: Path, dag_id: str) -> tuple[str, ...]:
    """The ids of the tasks that wait for a person now."""
    with closing(open_database(database)) as connection:
        return tuple(str(row[0]) for row in connection.execute(_WAITING, (dag_id,)).fetchall())


def open_database(database: Path) -> sqlite3.Connection:
    """Airflow's database, to read only."""
    return sqlite3.connect(f"file:{database}?mode=ro", uri=True, timeout=_BUSY_SECONDS)


def _task(row: Sequence[object]) -> TaskState:
    task_id, index, state, attempt, start, end = row
    return TaskState(
        instance_name(str(task_id), int(str(index))),
        _STATES.get(str(state), ""),
        int(str(attempt or 0)),
        _seconds(start, end),
        str(end or ""),
    )


def instance_name(task_id: str, map_index: int) -> str:
    """What an instance of a task is called: an element of a map by its index.

    Example:
        >>> instance_name("fit", -1), instance_name("fit", 3)
        ('fit', 'fit[3]')
    """
    return task_id if map_index < 0 else f"{task_id}[{map_index}]"


def _seconds(start: object, end: object) -> float:
    if not start or not end:
        return 0.0
    return max(0.0, (datetime.fromisoformat(str(end)) - datetime.fromisoformat(str(start))).total_seconds())


def changes(before: Mapping[str, TaskState], now: Snapshot) -> Iterator[StepEvent]:
    """The events between two looks; a task that ran in between is also reported as running."""
    for task in now.tasks:
        seen = before.get(task.task_id)
        if not task.state or (seen is not None and (seen.state, seen.attempt) == (task.state, task.attempt)):
            continue
        was_running = seen is not None and (seen.state, seen.attempt) == ("running", task.attempt)
        if task.state in ("succeeded", "failed", "retrying") and not was_running:
            yield StepEvent(step=task.task_id, state="running")
        yield StepEvent(step=task.task_id, state=task.state, seconds=task.seconds)


def by_task(now: Snapshot) -> dict[str, TaskState]:
    """The tasks of a snapshot by id."""
    return {task.task_id: task for task in now.tasks}
