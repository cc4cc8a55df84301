"""The whole translation: plan to files. Only `backend.translate` imports this module, because it imports Hera."""

from __future__ import annotations

from jetbridge.errors import Problem, TranslationError
from jetbridge_translators.argo import check, guard
from jetbridge_translators.argo.assemble import object_name, run_workflow, task_names, workflow_template
from jetbridge_translators.argo.distinct import Tasks, tasks_of
from jetbridge_translators.argo.emit import commented, to_bytes, tree
from jetbridge_translators.argo.options import NEWEST_FIRST_FIXED, ArgoOptions, read_options
from jetbridge_translators.argo.parameters import parameter_name
from jetbridge_translators.argo.yaml_text import Tree
from jetbridge_translators.base import Artifact, Settings
from jetbridge_translators.plan.model import Plan


def translate(plan: Plan, settings: Settings) -> Artifact:
    """A plan as two files: the WorkflowTemplate, and the Workflow that starts a run of it.

    They are separate because they are used apart: the first is applied once, the second created for each run, and
    `kubectl apply` refuses an object with a `generateName`.
    """
    options = read_options(settings)
    tasks = tasks_of(plan)
    _raise(plan, check.problems_of(plan, tasks))
    template = tree(workflow_template(plan, tasks, settings, options))
    run = tree(run_workflow(plan, tasks, options))
    _raise(plan, [problem for item in (template, run) for problem in _guarded(item, plan)])
    name = object_name(plan)
    return Artifact(
        {
            f"{name}.yaml": to_bytes(_explained(template, plan, tasks), _template_header(plan, options, name)),
            f"run-{name}.yaml": to_bytes(run, _run_header(plan, name)),
        }
    )


def _raise(plan: Plan, problems: list[Problem]) -> None:
    if problems:
        raise TranslationError(f"workflow {plan.name!r} cannot be written for Argo Workflows:", problems)


def _guarded(root: dict[str, Tree], plan: Plan) -> list[Problem]:
    spec = root["spec"]
    return guard.problems_of(spec, f"workflow {plan.name}") if isinstance(spec, dict) else []


def _explained(root: dict[str, Tree], plan: Plan, tasks: Tasks) -> dict[str, Tree]:
    names = task_names(plan)
    nodes = {names[step.id]: " ".join(_words(step.name, step.location)) for step in plan.steps}
    leaves = {task.name: f"task {task.step.template.id.name}" for task in tasks.distinct()}
    templates = {**leaves, tasks.entrypoint: f"workflow {plan.name}"}
    spec = root["spec"]
    return {**root, "spec": commented(spec, templates, nodes)} if isinstance(spec, dict) else root


def _words(name: str, location: object) -> list[str]:
    return [f"{name}:", str(location)] if location else [name]


def _template_header(plan: Plan, options: ArgoOptions, name: str) -> tuple[str, ...]:
    return (
        f"Workflow {plan.name} for Argo Workflows {options.target}, from {NEWEST_FIRST_FIXED[options.target]} on;"
        " written by Jetbridge.",
        f"Register it: kubectl apply -f {name}.yaml",
    )


def _run_header(plan: Plan, name: str) -> tuple[str, ...]:
    required = [item for item in plan.inputs if item.default is None]
    if not required:
        return (f"Start a run of {plan.name}: kubectl create -f run-{name}.yaml",)
    options = "".join(f" -p {parameter_name(item.name)}=JSON" for item in required)
    return (f"Start a run of {plan.name}: argo submit run-{name}.yaml{options}",)
