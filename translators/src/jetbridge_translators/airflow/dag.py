"""A DAG file as data."""

from __future__ import annotations

from dataclasses import dataclass

from jetbridge_translators.airflow.definitions import Constant, Helper
from jetbridge_translators.airflow.expressions import Expr
from jetbridge_translators.airflow.operators import OperatorSpec


@dataclass(frozen=True, slots=True)
class Task:
    """An operator and the variable that holds it."""

    variable: str
    operator: OperatorSpec


@dataclass(frozen=True, slots=True, kw_only=True)
class DagSpec:
    """Everything that a DAG file says.

    Attributes:
        title: The workflow's name and the first line of its description.
        arguments: The arguments of `DAG(…)`.
        constants: What stands before the DAG, in order.
        helpers: Functions and classes of the file.
        tasks: In topological order.
        chains: Dependencies: groups of variables, each group downstream of the one before.
    """

    title: str
    arguments: tuple[tuple[str, Expr], ...]
    constants: tuple[Constant, ...]
    helpers: tuple[Helper, ...]
    tasks: tuple[Task, ...]
    chains: tuple[tuple[tuple[str, ...], ...], ...]
