"""The attempts of a DAG run for its report, read from Airflow's SQLite database."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

from jetbridge_translators.airflow.places import Places
from jetbridge_translators.airflow.watch import instance_name, open_database
from jetbridge_translators.base import EngineAttempt
from jetbridge_translators.plan.model import Step
from jetbridge_translators.work import ForeignWork, PodWork, ResourceWork, SqlWork, Work

_COLUMNS = "task_id, map_index, try_number, state, scheduled_dttm, queued_dttm, start_date, end_date"
_TRIES = (
    f"SELECT {_COLUMNS} FROM task_instance_history WHERE dag_id = :dag UNION "  # noqa: S608 -- a constant
    f"SELECT {_COLUMNS} FROM task_instance WHERE dag_id = :dag ORDER BY 1, 2, 3"
)


def engine_attempts(database: Path, dag: str, places: Places, *, pods: bool) -> Iterator[EngineAttempt]:
    """Every try that has started, of the tasks that are nodes of the plan.

    Args:
        database: Airflow's own.
        dag: The DAG's id.
        places: Which task is which node.
        pods: Whether containers run as pods.
    """
    with closing(open_database(database)) as connection:
        rows = connection.execute(_TRIES, {"dag": dag}).fetchall()
    for row in rows:
        node = places.find(instance_name(str(row[0]), int(row[1])))
        if isinstance(node, Step) and row[6]:
            yield _attempt(row, node, pods)


def _attempt(row: Sequence[object], node: Step, pods: bool) -> EngineAttempt:
    _, _, number, state, scheduled, queued, start, end = row
    return EngineAttempt(
        path=node.path,
        number=max(0, int(str(number or 1)) - 1),
        state=_STATES.get(str(state), str(state)),
        queued=_seconds(scheduled or queued),
        started=_seconds(start),
        ended=_seconds(end),
        containers=_containers(node.work, pods),
    )


_STATES = {"success": "succeeded"}


def _seconds(stamp: object) -> float | None:
    """Airflow keeps times in UTC, without saying so."""
    return datetime.fromisoformat(str(stamp)).replace(tzinfo=UTC).timestamp() if stamp else None


def _containers(work: Work, pods: bool) -> int | None:
    """How many containers the pod has that our operators describe; 0 without a pod, None for pods that others make."""
    if isinstance(work, ResourceWork):
        return None
    if isinstance(work, SqlWork) or not pods:
        return 0
    if isinstance(work, PodWork):
        return 1 + len(work.containers) + len(work.init_containers)
    return 2 if isinstance(work, ForeignWork) else 1  # an image that is not ours has the companion beside it
