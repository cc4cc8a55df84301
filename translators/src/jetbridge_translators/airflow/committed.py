"""A task that has its outputs already: it takes no process and no pod."""

from __future__ import annotations

from jetbridge_translators.airflow.controls import control_name
from jetbridge_translators.airflow.definitions import TELL
from jetbridge_translators.airflow.expressions import Expr
from jetbridge_translators.airflow.jinja import plain
from jetbridge_translators.airflow.operators import EMPTY_OPERATOR, PYTHON_OPERATOR, OperatorSpec
from jetbridge_translators.plan.committed import CommittedWork
from jetbridge_translators.plan.model import Step


def lower(step: Step, work: CommittedWork) -> OperatorSpec:
    """What is left of such a task: nothing, or what branches and maps must know of its outputs."""
    if not step.controls:
        return OperatorSpec(operator=EMPTY_OPERATOR, task_id=step.name)
    told: dict[str, Expr] = {
        control_name(control): plain(text) for control, text in zip(step.controls, work.told, strict=True)
    }
    kwargs: dict[str, Expr] = {"python_callable": TELL, "op_kwargs": {"controls": told}}
    return OperatorSpec(operator=PYTHON_OPERATOR, task_id=step.name, kwargs=kwargs)
