"""Gates as tasks: what waits for a time or for a person, and takes no worker while it does.

An answer may be given in Airflow's own tools, or by `jetbridge approve`, `reject` and `set`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any

from jetbridge.bindings import OutputRef
from jetbridge_translators.airflow.definitions import RUN_ROOT
from jetbridge_translators.airflow.expressions import Call, Expr, Prefixed, duration, imported
from jetbridge_translators.airflow.flow_helpers import FAIL
from jetbridge_translators.airflow.jinja import VALUE, plain
from jetbridge_translators.airflow.operators import PYTHON_OPERATOR, OperatorSpec
from jetbridge_translators.airflow.schema import json_schema, nullable
from jetbridge_translators.airflow.variables import local
from jetbridge_translators.plan.model import Approval, Gate, Signal, Sleep

_HITL = "airflow.providers.standard.operators.hitl"
_SLEEP_SENSOR = "airflow.providers.standard.sensors.date_time.DateTimeSensorAsync"
"""WaitSensor would say it more plainly, but when it is deferred `airflow dags test` resumes it with a method that it
does not have (`execute_complete`; providers.standard 1.21)."""
_PARAM = imported("airflow.sdk.Param")
LATE = "too_late"
"""In the id of the task that fails where a sleep's time is up before it ends."""


def waiting(node: Gate) -> OperatorSpec:
    """The task that waits."""
    operator, kwargs = _WAITING[type(node.wait)](node, node.wait)
    return OperatorSpec(
        operator=operator, task_id=local(node.name), kwargs=kwargs, comment=str(node.location or ""), expanded=""
    )


def is_too_long(node: Gate) -> bool:
    """Whether the time of a sleep is up before it ends."""
    return isinstance(node.wait, Sleep) and node.timeout is not None and node.timeout < node.wait.duration


def too_late(node: Gate, task_id: str) -> OperatorSpec:
    """What fails then: a sensor's own limits do not count while it is deferred."""
    why = f"the gate did not open within {node.timeout}"
    kwargs: dict[str, Expr] = {"python_callable": FAIL, "op_kwargs": {"why": why}}
    return OperatorSpec(operator=PYTHON_OPERATOR, task_id=task_id, kwargs=kwargs)


def _sleep(node: Gate, wait: Sleep) -> tuple[str, dict[str, Expr]]:
    seconds = min(wait.duration, node.timeout or wait.duration).total_seconds()
    moment = f"macros.datetime.now(macros.dateutil.tz.UTC) + macros.timedelta(seconds={seconds:g})"
    return _SLEEP_SENSOR, {"target_time": f"{{{{ ({moment}).isoformat() }}}}", "doc": f"Node {node.path}"}


def _approval(node: Gate, wait: Approval) -> tuple[str, dict[str, Expr]]:
    (asked,) = node.args.values()
    about = f" asks about {asked.node}.{asked.var}" if isinstance(asked, OutputRef) else ""
    return f"{_HITL}.ApprovalOperator", {
        "subject": plain(f"Approve {wait.signal_id}?"),
        "body": _place(node, about),
        "fail_on_reject": True,
        **_response_timeout(node.timeout),
    }


def _signal(node: Gate, wait: Signal) -> tuple[str, dict[str, Expr]]:
    # Airflow takes no Param of a task that is empty from the start, unless it may be.
    field = Call(_PARAM, (None,), tuple(nullable(json_schema(wait.type)).items()))
    return f"{_HITL}.HITLEntryOperator", {
        "subject": plain(f"{wait.signal_id}?"),
        "body": _place(node),
        "params": {VALUE: field},
        # Else silence would be an answer: the operator's own default is OK, with no value.
        "defaults": None,
        **_response_timeout(node.timeout),
    }


def _place(node: Gate, about: str = "") -> Prefixed:
    return Prefixed(f"Node {node.path}{about}, below ", RUN_ROOT)


def _response_timeout(timeout: timedelta | None) -> dict[str, Expr]:
    return {} if timeout is None else {"response_timeout": duration(timeout)}


_WAITING: Mapping[type, Callable[[Gate, Any], tuple[str, dict[str, Expr]]]] = {
    Sleep: _sleep,
    Approval: _approval,
    Signal: _signal,
}
