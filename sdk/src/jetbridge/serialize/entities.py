"""Everything that a package of some launch plans holds, dependencies first."""

from __future__ import annotations

from collections.abc import Sequence

from jetbridge.errors import CompileError, Problem
from jetbridge.idl_admin import WorkflowSpec
from jetbridge.launch_plan import LaunchPlan
from jetbridge.package import Entity
from jetbridge.serialize.closure import deployable_closure_of, workflow_tasks
from jetbridge.serialize.launch_plan import launch_plan_message
from jetbridge.serialize.settings import SerializationSettings
from jetbridge.serialize.task import description, task_spec


def entities_of(plans: Sequence[LaunchPlan], settings: SerializationSettings) -> list[Entity]:
    """Tasks, then each workflow with its default launch plan, then the other launch plans.

    Raises:
        CompileError: workflows have errors; it holds the problems of all of them.
    """
    _check(plans, settings)
    workflows = list({plan.workflow.name: plan.workflow for plan in plans}.values())
    tasks = {task.name: task for workflow in workflows for task in workflow_tasks(workflow)}
    entities: list[Entity] = [task_spec(task, settings) for _, task in sorted(tasks.items())]
    for workflow in workflows:
        default = LaunchPlan.get_or_create(workflow)
        closure = deployable_closure_of(default, settings)
        docs = description(workflow.docs, workflow.function.__doc__)
        entities += [WorkflowSpec(template=closure.compiled.primary.template, description=docs), closure.launch_plan]
    named = [plan for plan in plans if plan.name != plan.workflow.name]
    return entities + [launch_plan_message(plan) for plan in named]


def _check(plans: Sequence[LaunchPlan], settings: SerializationSettings) -> None:
    problems: list[Problem] = []
    for plan in plans:
        try:
            deployable_closure_of(plan, settings)
        except CompileError as error:
            problems.extend(problem for problem in error.problems if problem not in problems)
    if problems:
        raise CompileError("the package cannot be written:", problems)
