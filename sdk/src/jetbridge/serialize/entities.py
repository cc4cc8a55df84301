"""Everything that a package of some launch plans holds, dependencies first."""

from __future__ import annotations

from collections.abc import Sequence

from jetbridge.errors import CompileError, Problem, UsageError
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
    return entities + [launch_plan_message(plan) for plan in _named(plans).values()]


def _named(plans: Sequence[LaunchPlan]) -> dict[str, LaunchPlan]:
    """The launch plans that are no workflow's default, each once. Raises `UsageError` for two of one name."""
    named: dict[str, LaunchPlan] = {}
    for plan in plans:
        if plan.name != plan.workflow.name and named.setdefault(plan.name, plan) is not plan:
            raise UsageError(f"two launch plans are called {plan.name!r}", hint="Give each a name of its own.")
    return named


def _check(plans: Sequence[LaunchPlan], settings: SerializationSettings) -> None:
    problems: list[Problem] = []
    for plan in plans:
        try:
            deployable_closure_of(plan, settings)
        except CompileError as error:
            problems.extend(problem for problem in error.problems if problem not in problems)
    if problems:
        raise CompileError("the package cannot be written:", problems)
