"""FAIL_IMMEDIATELY: after a failure no other task of the run starts.

Airflow's own `fail_fast=True` cannot say it. It takes only DAGs in which all trigger rules are `all_success`, which
joins and failure nodes do not have; and it skips what is downstream of the failed task too, so that no leaf has failed
and the run is a success (seen on 3.3.2). So each task looks before it starts.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

from jetbridge_translators.airflow.attempts import default_arguments
from jetbridge_translators.airflow.dag import Group, Item, Task
from jetbridge_translators.airflow.definitions import Constant
from jetbridge_translators.airflow.expressions import Expr, Name
from jetbridge_translators.airflow.helper import Helper, raising
from jetbridge_translators.airflow.operators import EMPTY_OPERATOR
from jetbridge_translators.plan.model import AnyNode, Body, Branch, MapNode, Plan, SubWorkflow, children

UNLESS_FAILED = Name("unless_failed")
TOLERATED = Name("TOLERATED")
_HOOK = "pre_execute"
_UNLESS_FAILED = '''\
def unless_failed(context):
    """Skip a task when another task of the run has failed: the workflow fails immediately."""
    ti = context["ti"]
    if context["task"].task_type == "EmptyOperator":
        return
    of_run = {"dag_id": ti.dag_id, "run_ids": [ti.run_id], "states": ["failed"]}
    if ti.get_ti_count(**of_run):
        raise AirflowSkipException("another task of the run has failed")
'''
_UNLESS_FAILED_BEYOND = '''\
def unless_failed(context):
    """Skip a task when another task of the run has failed: the workflow fails immediately."""
    ti = context["ti"]
    if context["task"].task_type == "EmptyOperator":
        return
    of_run = {"dag_id": ti.dag_id, "run_ids": [ti.run_id], "states": ["failed"]}
    if ti.get_ti_count(**of_run) > ti.get_ti_count(**of_run, task_ids=TOLERATED):
        raise AirflowSkipException("another task of the run has failed")
'''


def stops(plan: Plan) -> bool:
    """Whether there is something to stop: a task that could start although one has failed that it does not need."""
    return not plan.continues and not _is_chain(plan)


def task_defaults(plan: Plan) -> dict[str, Expr]:
    """What every task has unless it says otherwise."""
    return {**default_arguments(), **({_HOOK: UNLESS_FAILED} if stops(plan) else {})}


def tolerated(elements: Sequence[str]) -> tuple[Constant, ...]:
    """The constant for the mapped tasks that may lose elements."""
    comment = "Elements of these maps may fail, and the run goes on."
    return (Constant(name=TOLERATED.name, value=list(elements), comment=comment),) if elements else ()


def unless_failed(target: str, elements: Sequence[str]) -> Helper:
    """The function of the file; `elements` are the tasks whose failures do not count."""
    source = _UNLESS_FAILED_BEYOND if elements else _UNLESS_FAILED
    return raising(UNLESS_FAILED, source, (), target, "AirflowSkipException")


def spared(items: Sequence[Item]) -> tuple[Item, ...]:
    """The tasks of a failure node, which run because another one has failed."""
    return tuple(_spared(item) for item in items)


def _spared(item: Item) -> Item:
    if isinstance(item, Group):
        return replace(item, items=spared(item.items))
    if item.operator.operator == EMPTY_OPERATOR:
        return item
    return Task(item.variable, replace(item.operator, kwargs={**item.operator.kwargs, _HOOK: None}), item.over)


def _is_chain(body: Body) -> bool:
    nodes = body.nodes
    return all(before.id in node.after for before, node in pairwise(nodes)) and all(map(_is_chain_inside, nodes))


def _is_chain_inside(node: AnyNode) -> bool:
    match node:
        case SubWorkflow():
            return _is_chain(node.body)
        case Branch():
            return all(map(_is_chain_inside, children(node)))
        case MapNode():
            return False
        case _:
            return True
