"""Everything that a package of some launch plans holds, dependencies first."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from jetbridge.errors import CompileError, Problem, UsageError
from jetbridge.launch_plan import LaunchPlan
from jetbridge.map_task import ArrayNodeMapTask
from jetbridge.package import Entity
from jetbridge.serialize.closure import deployable_closure_of
from jetbridge.serialize.launch_plan import launch_plan_message
from jetbridge.serialize.reachable import reachable
from jetbridge.serialize.settings import SerializationSettings
from jetbridge.serialize.task import map_spec, task_spec
from jetbridge.serialize.workflow import workflow_spec
from jetbridge.task import PythonFunctionTask
from jetbridge.workflow import AnyWorkflow
from jetbridge.workflow_base import WorkflowBase


def entities_of(plans: Sequence[LaunchPlan], settings: SerializationSettings) -> list[Entity]:
    """Tasks, workflows (each with its default launch plan) and launch plans, each behind all that it refers to.

    What is registered elsewhere is referred to and not held, as flytekit has it.

    Raises:
        CompileError: workflows have errors; it holds the problems of all of them.
    """
    _check(plans, settings)
    held: dict[tuple[type, str], list[Entity]] = {}
    for plan in [*plans]:
        for entity in reachable(plan.workflow).entities:
            _hold(held, entity, settings)
        _hold(held, plan, settings)
    return [message for messages in held.values() for message in messages]


def _hold(held: dict[tuple[type, str], list[Entity]], entity: Any, settings: SerializationSettings) -> None:
    kind = next((kind for kind in _MESSAGES if isinstance(entity, kind)), None)
    if kind is None or (kind is LaunchPlan and entity.name == entity.workflow.name):
        return
    if (kind, entity.name) not in held:
        held[kind, entity.name] = _MESSAGES[kind](entity, settings)


def _workflow(workflow: AnyWorkflow, settings: SerializationSettings) -> list[Entity]:
    return [workflow_spec(workflow, settings), launch_plan_message(LaunchPlan.get_or_create(workflow))]


_MESSAGES: dict[type, Callable[[Any, SerializationSettings], list[Entity]]] = {
    PythonFunctionTask: lambda task, settings: [task_spec(task, settings)],
    ArrayNodeMapTask: lambda mapped, settings: [map_spec(mapped, settings)],
    WorkflowBase: _workflow,
    LaunchPlan: lambda plan, settings: [launch_plan_message(plan)],
}


def _check(plans: Sequence[LaunchPlan], settings: SerializationSettings) -> None:
    problems: list[Problem] = []
    named: dict[str, LaunchPlan] = {}
    for plan in plans:
        if named.setdefault(plan.name, plan) != plan:
            raise UsageError(f"two launch plans are called {plan.name!r}", hint="Give each a name of its own.")
        try:
            deployable_closure_of(plan, settings)
        except CompileError as error:
            problems.extend(problem for problem in error.problems if problem not in problems)
    if problems:
        raise CompileError("the package cannot be written:", problems)
