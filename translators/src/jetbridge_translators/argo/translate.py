"""The whole translation: plan to files. Only `backend.translate` imports this module, because it imports Hera."""

from __future__ import annotations

from collections.abc import Iterator
from typing import cast

from jetbridge.errors import Problem, TranslationError
from jetbridge_translators.argo import check, guard
from jetbridge_translators.argo.assemble import cron_workflow, object_name, run_workflow, workflow_template
from jetbridge_translators.argo.distinct import Tasks, tasks_of
from jetbridge_translators.argo.emit import commented, to_bytes, tree
from jetbridge_translators.argo.options import OLDEST_PATCH, ArgoOptions, read_options
from jetbridge_translators.argo.parameters import parameter_name
from jetbridge_translators.argo.parts import parts_of
from jetbridge_translators.argo.split import part_name
from jetbridge_translators.argo.task_names import task_names
from jetbridge_translators.argo.yaml_text import Tree
from jetbridge_translators.base import Artifact, Settings
from jetbridge_translators.plan.controls import nodes_of
from jetbridge_translators.plan.model import Body, Plan
from jetbridge_translators.plan.runners import with_runners


def translate(plan: Plan, settings: Settings) -> Artifact:
    """A plan as files: the WorkflowTemplate, the Workflow that starts a run of it, and a schedule's CronWorkflow.

    They are separate because they are used apart: the first is applied once, the second created for each run, and
    `kubectl apply` refuses an object with a `generateName`.
    """
    options = read_options(settings)
    plan = with_runners(plan, options.runner_image)
    tasks = tasks_of(plan)
    template, run, *schedule = _trees(plan, tasks, settings, options)
    name = object_name(plan)
    return Artifact(
        {
            f"{name}.yaml": to_bytes(_explained(template, plan, tasks), _template_header(plan, options, name)),
            f"run-{name}.yaml": to_bytes(run, _run_header(plan, name)),
            **{f"schedule-{name}.yaml": to_bytes(root, _schedule_header(plan, name)) for root in schedule},
        }
    )


def standing_objects(plan: Plan, settings: Settings) -> tuple[dict[str, Tree], ...]:
    """What stays in the cluster between runs: the WorkflowTemplate, and a schedule's CronWorkflow."""
    options = read_options(settings)
    plan = with_runners(plan, options.runner_image)
    template, _, *schedule = _trees(plan, tasks_of(plan), settings, options)
    return (template, *schedule)


def _trees(plan: Plan, tasks: Tasks, settings: Settings, options: ArgoOptions) -> tuple[dict[str, Tree], ...]:
    """The WorkflowTemplate, the Workflow that starts a run, and a schedule's CronWorkflow, checked."""
    raise_problems(plan, check.problems_of(plan, tasks, options.store))
    template = tree(workflow_template(plan, tasks, settings, options))
    run = tree(run_workflow(plan, tasks, options))
    schedule = [] if plan.schedule is None else [tree(cron_workflow(plan, tasks, options, plan.schedule))]
    roots = (template, run, *schedule)
    raise_problems(plan, [problem for root in roots for problem in guard.problems_of(root, plan.name)])
    return roots


def raise_problems(plan: Plan, problems: list[Problem]) -> None:
    """Raises `TranslationError` when there are any."""
    if problems:
        raise TranslationError(f"workflow {plan.name!r} cannot be written for Argo Workflows:", problems)


def _explained(root: dict[str, Tree], plan: Plan, tasks: Tasks) -> dict[str, Tree]:
    nodes = {name: comments for body in tasks.bodies for name, comments in _node_comments(body, tasks)}
    leaves = {task.name: f"task {task.step.template.id.name}" for task in tasks.distinct()}
    flows = {name: f"workflow {body}" for body, name in tasks.names.items()}
    fans = {tasks.fans[place]: f"map {place[1]} of workflow {place[0]}" for place in reversed(list(tasks.fans))}
    return {**root, "spec": commented(cast("dict[str, Tree]", root["spec"]), {**leaves, **fans, **flows}, nodes)}


def _node_comments(body: Body, tasks: Tasks) -> Iterator[tuple[str, dict[str, str]]]:
    """The author's lines of the tasks of a workflow's DAG, and of those of its parts."""
    names = task_names(body)
    shown = {names[node.id]: f"{node.name}: {node.location}" if node.location else node.name for node in nodes_of(body)}
    dag = tasks.names[body.name]
    yield from ((name, shown) for name in (dag, *(part_name(dag, part.name) for part in parts_of(body))))


def _template_header(plan: Plan, options: ArgoOptions, name: str) -> tuple[str, ...]:
    oldest = OLDEST_PATCH[options.target]
    return (
        f"Workflow {plan.name} for Argo Workflows {options.target} ({oldest} or newer), written by Jetbridge.",
        f"Register it: kubectl apply -f {name}.yaml",
    )


def _run_header(plan: Plan, name: str) -> tuple[str, ...]:
    required = [item for item in plan.inputs if item.default is None]
    if not required:
        return (f"Start a run of {plan.name}: kubectl create -f run-{name}.yaml",)
    options = "".join(f" -p {parameter_name(item.name)}=JSON" for item in required)
    return (f"Start a run of {plan.name}: argo submit run-{name}.yaml{options}",)


def _schedule_header(plan: Plan, name: str) -> tuple[str, ...]:
    return (f"Run {plan.name} by itself: kubectl apply -f schedule-{name}.yaml",)
