"""Runs by name: what `run`, `compare` and `recover` have started, where its data lies, and how it ended."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, RowMapping, select
from sqlalchemy.dialects import postgresql, sqlite

from jetbridge.errors import UsageError
from jetbridge.registry.tables import RUNS
from jetbridge.runtime.layout import inputs_uri
from jetbridge.suggest import did_you_mean

RUNNING, SUCCEEDED, FAILED, ABORTED = STATES = ("running", "succeeded", "failed", "aborted")
"""The phases of Flyte's executions that a verb can see; `running` stays where the verb was killed."""
_INSERTS = {"sqlite": sqlite.insert, "postgresql": postgresql.insert}
_COLUMNS = RUNS.columns
_NEAR = 200
"""Of how many of the latest runs a near name is looked for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordedRun:
    """A run as the registry knows it.

    Attributes:
        name: The run's id, which is the name of its folder in the store.
        workflow: The workflow or launch plan that runs.
        backend: The back end's name.
        run_root: URI of the folder that holds its data: inputs, outputs, and the record with its plan and settings.
        target: TARGET as it was given.
        project: Of the workflow's registered version; empty, as domain and version, where it is not registered.
        domain: Likewise.
        version: Likewise.
        recovers: The run root of the earlier run that it goes on with; empty for none.
        state: One of `STATES`.
        error: Why it failed; empty otherwise.
        started_by: `user@machine`.
        ended_at: None while it runs.

    Example:
        >>> now = datetime(2026, 1, 2, tzinfo=UTC)
        >>> run = RecordedRun(name="r-1", workflow="w", backend="argo", run_root="s3://b/runs/r-1", started_at=now)
        >>> run.inputs_uri, run.state
        ('s3://b/runs/r-1/inputs.pb', 'running')
    """

    name: str
    workflow: str
    backend: str
    run_root: str
    target: str = ""
    project: str = ""
    domain: str = ""
    version: str = ""
    recovers: str = ""
    state: str = RUNNING
    error: str = ""
    started_by: str = ""
    started_at: datetime
    ended_at: datetime | None = None

    @property
    def inputs_uri(self) -> str:
        """Where its inputs lie."""
        return inputs_uri(self.run_root)


def record_run(connection: Connection, run: RecordedRun) -> None:
    """Writes a run down: a new one, or how one of this name goes on."""
    values = asdict(run)
    insert = _INSERTS[connection.dialect.name](RUNS).values(values)
    connection.execute(insert.on_conflict_do_update(index_elements=["name"], set_=values))


def find_run(connection: Connection, name: str) -> RecordedRun | None:
    """The run of a name; None where there is none."""
    row = connection.execute(select(RUNS).where(_COLUMNS.name == name)).mappings().first()
    return None if row is None else _run(row)


def run_named(connection: Connection, name: str) -> RecordedRun:
    """The run of a name. Raises `UsageError` with near names where there is none."""
    found = find_run(connection, name)
    if found is None:
        near = did_you_mean(name, (run.name for run in recorded_runs(connection, limit=_NEAR)))
        hint = near if near.startswith("Did") else "`jetbridge runs` lists them."
        raise UsageError(f"there is no run {name!r} in the registry", hint=hint)
    return found


def recorded_runs(
    connection: Connection, *, workflow: str = "", backend: str = "", state: str = "", limit: int = 50
) -> tuple[RecordedRun, ...]:
    """The latest runs, the newest first.

    Args:
        connection: The registry.
        workflow: Only of this workflow: its whole name, or the last part of it.
        backend: Only on this back end.
        state: Only in this state.
        limit: At most so many.
    """
    query = select(RUNS).order_by(_COLUMNS.started_at.desc(), _COLUMNS.id.desc()).limit(limit)
    if workflow:
        last = _COLUMNS.workflow.endswith(f".{workflow}", autoescape=True)
        query = query.where((_COLUMNS.workflow == workflow) | last)
    for column, value in ((_COLUMNS.backend, backend), (_COLUMNS.state, state)):
        query = query.where(column == value) if value else query
    return tuple(_run(row) for row in connection.execute(query).mappings())


def _run(row: RowMapping) -> RecordedRun:
    values: dict[str, Any] = {name: row[name] for name in RecordedRun.__dataclass_fields__}
    times: dict[str, Any] = {name: _utc(values[name]) for name in ("started_at", "ended_at")}
    return RecordedRun(**values | times)


def _utc(moment: datetime | None) -> datetime | None:
    """SQLite gives times back without their zone."""
    return moment.replace(tzinfo=UTC) if moment is not None and moment.tzinfo is None else moment
