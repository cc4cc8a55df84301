"""Answers of persons to a run on an Airflow: through the files of a run that `jetbridge run` follows, else by REST."""

from __future__ import annotations

import os
import time
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, cast

from jetbridge.errors import RunError, UsageError
from jetbridge.runtime.layout import waiting_uri
from jetbridge.store import open_store
from jetbridge_translators.airflow.respond import REJECT, response
from jetbridge_translators.airflow.rest import NOT_FOUND, URL, Api, api
from jetbridge_translators.airflow.scope import dag_id
from jetbridge_translators.base import Answer, Gates, StartedRun
from jetbridge_translators.gates import is_answered
from jetbridge_translators.plan.model import Gate, Signal

SETTLING_SECONDS = 15.0
"""Twice what was seen: the supervisor's heartbeat of 5 s, and the scheduler's next look."""


def is_waiting(run: StartedRun, gate: Gate) -> bool:
    """Whether a gate waits. Raises `RunError` when Airflow does not tell."""
    if _is_followed(run, gate):
        return not is_answered(open_store(), run.run_root, gate)
    return _detail(_api(run), run, gate) is not None


def tell(run: StartedRun, gate: Gate, answer: Answer) -> None:
    """Gives Airflow an answer that the store has; a run that is followed finds it there. Raises `RunError`."""
    if _is_followed(run, gate):
        return
    server, task = _api(run), _task(run, gate)
    given = response(answer)
    if given.option == REJECT and isinstance(gate.wait, Signal):
        # A form has no way to say no, and the server takes none that it does not know.
        _done(server.call("PATCH", task, {"new_state": "failed"}), gate)
        return
    detail = _detail(server, run, gate) or {}
    time.sleep(settling(detail, datetime.now(UTC)))
    fields: dict[str, Any] = detail.get("params") or {}
    form = {name: _default(field) for name, field in fields.items()}
    body = {"chosen_options": [given.option], "params_input": {**form, **given.values}}
    _done(server.call("PATCH", f"{task}/-1/hitlDetails", body), gate)


def settling(detail: Mapping[str, Any], now: datetime) -> float:
    """Seconds until a task that asks can be answered.

    Its worker's process still takes some seconds to end then. A task that is queued again before the scheduler has
    heard of that end is taken for one that was killed, and fails (`process_executor_events`, Airflow 3.3.2).

    Example:
        >>> settling({"created_at": "2026-01-31T08:00:00Z"}, datetime(2026, 1, 31, 8, 0, 7, tzinfo=UTC))
        8.0
    """
    if "created_at" not in detail:
        return 0.0
    age = (now - datetime.fromisoformat(detail["created_at"])).total_seconds()
    return min(max(SETTLING_SECONDS - age, 0.0), SETTLING_SECONDS)


def _is_followed(run: StartedRun, gate: Gate) -> bool:
    return open_store().exists(waiting_uri(run.run_root, gate.path))


def _api(run: StartedRun) -> Api:
    found = api({**os.environ, **run.settings.connection})
    if found is None:
        raise UsageError(
            f"no gate of {run.run_id!r} waits for a `jetbridge run` that is still there, and {URL} names no Airflow",
            hint=f"Set {URL} to the address of Airflow's API server, or answer in Airflow's user interface.",
        )
    return found


def _task(run: StartedRun, gate: Gate) -> str:
    return Api.path("dags", dag_id(run.plan.name), "dagRuns", run.run_id, "taskInstances", gate.name)


def _detail(server: Api, run: StartedRun, gate: Gate) -> dict[str, Any] | None:
    """What Airflow has asked a person; None where it does not wait for the answer."""
    status, found = server.call("GET", f"{_task(run, gate)}/-1/hitlDetails")
    if status == NOT_FOUND:
        return None
    _done((status, found), gate)
    return None if found.get("response_received") else found


def _default(field: Any) -> object:
    """From 3.1.3 on a field is told with its schema."""
    return cast("dict[str, object]", field).get("value") if isinstance(field, dict) else field


def _done(answer: tuple[int, dict[str, Any]], gate: Gate) -> None:
    status, found = answer
    if status >= 300:
        raise RunError(
            f"Airflow does not take the answer to gate {gate.path!r}: {found.get('detail', status)}",
            hint="It is kept in the store: try again, or answer in Airflow's user interface.",
        )


GATES = Gates(is_waiting, tell)
