"""One task of a DAG as data: what a native override (`jetbridge.lower.airflow`) returns."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from jetbridge_translators.airflow.expressions import Expr, Name
from jetbridge_translators.airflow.helper import Helper

POD_OPERATOR = "airflow.providers.cncf.kubernetes.operators.pod.KubernetesPodOperator"
EMPTY_OPERATOR = "airflow.providers.standard.operators.empty.EmptyOperator"
PYTHON_OPERATOR = "airflow.providers.standard.operators.python.PythonOperator"


@dataclass(frozen=True, slots=True, kw_only=True)
class OperatorSpec:
    """An operator and its arguments.

    Attributes:
        operator: The dotted path from which the operator's class is imported; without a dot, what the file defines.
        task_id: The task's id, unique in the DAG.
        kwargs: The arguments after `task_id`. Strings in templated fields must come from
            `jetbridge_translators.airflow.jinja`, because Airflow renders them.
        comment: What stands above the task, such as the author's line.
        spread: A dictionary of the file with further arguments (`**POD`).
        expanded: The argument that tells the elements of a map apart; it takes text, or a dictionary for
            PythonOperator.
        helpers: Functions and classes that the file must define, each after those that it uses.
    """

    operator: str
    task_id: str
    kwargs: Mapping[str, Expr] = field(default_factory=dict[str, Expr])
    comment: str = ""
    spread: Name | None = None
    expanded: str = "name"
    helpers: tuple[Helper, ...] = ()
