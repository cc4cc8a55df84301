"""Gives a person's answer to a DAG run of `airflow dags test`, which has no API server, as the server would.

It is done by a process of Airflow's own, because the way of an answer depends on Airflow's version: from 3.3 on the
task is resumed, before that its trigger looks for the answer.
"""

from __future__ import annotations

import json
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from jetbridge.errors import RunError
from jetbridge.types.json_codec import to_json
from jetbridge_translators.airflow.jinja import VALUE
from jetbridge_translators.base import Answer

APPROVE, REJECT, OK = "Approve", "Reject", "OK"
"""The options of ApprovalOperator and HITLEntryOperator. The latter does not know REJECT, and fails for it."""
_RESPOND = """
import json, sys, time
from datetime import datetime, timezone
from airflow.models.hitl import HITLDetail
from airflow.models.taskinstance import TaskInstance
from airflow.utils.session import create_session
from airflow.utils.state import TaskInstanceState

dag_id, task_id, option, values, error = json.loads(sys.argv[1])
with create_session() as session:
    task = session.query(TaskInstance).filter_by(dag_id=dag_id, task_id=task_id).one()
    detail = session.get(HITLDetail, task.id)
    if option:
        form = {
            name: field["value"] if isinstance(field, dict) and "value" in field else field
            for name, field in detail.params.items()
        }
        detail.responded_at = datetime.now(timezone.utc)
        detail.responded_by = {"id": "jetbridge", "name": "jetbridge"}
        detail.chosen_options = [option]
        detail.params_input = {**form, **values}
    while not option and hasattr(TaskInstanceState, "AWAITING_INPUT") and task.state in ("queued", "running"):
        time.sleep(0.2)
        session.commit()
        session.refresh(task)
    if task.state == "awaiting_input":
        from airflow.models.trigger import handle_event_submit
        from airflow.triggers.base import TriggerEvent

        event = error or detail.as_resume_event_payload()
        handle_event_submit(TriggerEvent(event), task_instance=task, session=session)
"""


@dataclass(frozen=True, slots=True)
class Response:
    """What a gate hears.

    Attributes:
        option: What was chosen; empty where nobody has chosen in time.
        values: The fields of the form.
        error: Why the gate fails, in the operator's words; before 3.3 its trigger finds out by itself.
    """

    option: str
    values: Mapping[str, object] = field(default_factory=dict[str, object])
    error: Mapping[str, str] | None = None


TOO_LATE = Response("", error={"error": "nobody has answered in time", "error_type": "timeout"})


def response(answer: Answer) -> Response:
    """What a person's answer says in Airflow's terms."""
    if answer.rejection:
        return Response(REJECT)
    return Response(APPROVE) if answer.value is None else Response(OK, {VALUE: to_json(answer.value)})


def respond(program: str, environ: Mapping[str, str], dag_id: str, task_id: str, given: Response) -> None:
    """Tells a task that waits. Raises `RunError` when Airflow does not take it."""
    python = Path(program).with_name("python")
    text = json.dumps([dag_id, task_id, given.option, dict(given.values), given.error])
    done = subprocess.run(
        [python, "-c", _RESPOND, text], env=dict(environ), capture_output=True, text=True, check=False
    )
    if done.returncode != 0:
        last = (done.stderr.strip().splitlines() or ["no message"])[-1]
        raise RunError(f"Airflow does not take the answer to {task_id!r}: {last}", hint="Start the run again.")
