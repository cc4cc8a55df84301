"""A DAG file as data."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from jetbridge_translators.airflow.chains import Chain
from jetbridge_translators.airflow.definitions import Constant
from jetbridge_translators.airflow.expressions import Expr
from jetbridge_translators.airflow.helper import Helper
from jetbridge_translators.airflow.operators import OperatorSpec


@dataclass(frozen=True, slots=True)
class Task:
    """An operator and the variable that holds it.

    Attributes:
        variable: The variable.
        operator: The operator.
        over: The variable of the task whose list it is mapped over; empty for a plain task.
    """

    variable: str
    operator: OperatorSpec
    over: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """A TaskGroup: a sub-workflow.

    Attributes:
        variable: The variable that holds it.
        group_id: Its id within the group around it.
        tooltip: What Airflow's graph shows of it.
        comment: What stands above it.
        items: What it holds, in topological order.
        chains: Dependencies among what it holds.
    """

    variable: str
    group_id: str
    tooltip: str
    comment: str
    items: tuple[Item, ...]
    chains: tuple[Chain, ...]


Item: TypeAlias = "Task | Group"


@dataclass(frozen=True, slots=True, kw_only=True)
class DagSpec:
    """Everything that a DAG file says.

    Attributes:
        title: The workflow's name and the first line of its description.
        arguments: The arguments of `DAG(…)`.
        constants: What stands before the DAG, in order.
        helpers: Functions and classes of the file.
        items: Tasks and groups in topological order.
        chains: Dependencies: groups of variables, each group downstream of the one before.
    """

    title: str
    arguments: tuple[tuple[str, Expr], ...]
    constants: tuple[Constant, ...]
    helpers: tuple[Helper, ...]
    items: tuple[Item, ...]
    chains: tuple[Chain, ...]

    @property
    def tasks(self) -> tuple[Task, ...]:
        """Every task, those in groups too."""
        return tuple(_tasks(self.items))


def _tasks(items: Sequence[Item]) -> Iterator[Task]:
    for item in items:
        if isinstance(item, Task):
            yield item
        else:
            yield from _tasks(item.items)
