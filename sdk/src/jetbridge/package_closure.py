"""The closure of a workflow that a package holds."""

from __future__ import annotations

from collections.abc import Iterator

from jetbridge.compiler.check import check_closure
from jetbridge.compiler.launch_plan import check_launch_plan
from jetbridge.compiler.walk import template_nodes
from jetbridge.errors import CompileError, Problem
from jetbridge.idl import LAUNCH_PLAN, Identifier
from jetbridge.idl_admin import (
    CompiledLaunchPlan,
    CompiledTask,
    CompiledWorkflow,
    CompiledWorkflowClosure,
    LaunchPlan,
    LaunchPlanSpec,
    LaunchPlanTemplate,
    WorkflowTemplate,
)
from jetbridge.package import Package
from jetbridge.package_code import with_code
from jetbridge.package_legacy import modern
from jetbridge.serialize.closure import Closure


def launchable_names(package: Package) -> tuple[str, ...]:
    """Workflows and launch plans by name, each once."""
    workflows = [spec.template.id.name for spec in package.workflows]
    plans = [plan.id.name for plan in package.launch_plans]
    return tuple(dict.fromkeys([*workflows, *plans]))


def closure_from_package(package: Package, name: str, code: str = "") -> Closure:
    """The checked closure of a workflow or launch plan.

    Args:
        package: The package.
        name: One of `launchable_names`.
        code: The URI at which the package's code bundle will be; empty when the tasks' modules are where they run.

    Raises:
        CompileError: the package's graph is broken; it holds every problem.
    """
    plan = _launch_plan(package, name)
    held = _Held(package)
    primary = plan.spec.workflow_id.name or name
    if primary not in held.workflows:
        raise CompileError(f"launch plan {name!r} cannot be used:", [_missing(plan)])
    reached, plans = held.reached(primary)
    needed = {reference for template in reached for reference in _tasks(template)}
    packed = {task.template.id.name: task.template for task in package.tasks if task.template.id.name in needed}
    found = modern(reached, {name: with_code(template, code) for name, template in packed.items()})
    templates = found.workflows
    compiled = CompiledWorkflowClosure(
        primary=CompiledWorkflow(template=templates[0]),
        sub_workflows=[CompiledWorkflow(template=template) for template in templates[1:]],
        tasks=[CompiledTask(template=template) for _, template in sorted(found.tasks.items())],
        launch_plans=[CompiledLaunchPlan(template=_plan_template(each, held)) for each in plans],
    )
    problems = (*check_closure(compiled), *check_launch_plan(plan, templates[0].interface))
    if problems:
        raise CompileError(f"workflow {primary!r} of the package has errors:", problems)
    return Closure(compiled, plan, held.descriptions.get(primary, ""), tuple(plans))


class _Held:
    """What a package holds, by name; a sub-workflow also stands inside the workflows that call it."""

    def __init__(self, package: Package) -> None:
        inner = {each.id.name: each for spec in package.workflows for each in spec.sub_workflows}
        self.workflows = inner | {spec.template.id.name: spec.template for spec in package.workflows}
        self.launch_plans = {plan.id.name: plan for plan in package.launch_plans}
        self.descriptions = {spec.template.id.name: spec.description.short_description for spec in package.workflows}

    def reached(self, primary: str) -> tuple[list[WorkflowTemplate], list[LaunchPlan]]:
        """The workflow, then those it reaches sorted by name; and the launch plans of its nodes, sorted by name."""
        workflows, plans = {primary: self.workflows[primary]}, dict[str, LaunchPlan]()
        waiting = [primary]
        while waiting:
            for kind, name in _references(self.workflows[waiting.pop()]):
                if kind == "launchplan_ref" and name in self.launch_plans:
                    plans[name] = self.launch_plans[name]
                workflow = plans[name].spec.workflow_id.name if name in plans and kind == "launchplan_ref" else name
                if workflow in self.workflows and workflow not in workflows:
                    workflows[workflow] = self.workflows[workflow]
                    waiting.append(workflow)
        others = [template for name, template in sorted(workflows.items()) if name != primary]
        return [workflows[primary], *others], [plan for _, plan in sorted(plans.items())]


def _references(template: WorkflowTemplate) -> Iterator[tuple[str, str]]:
    for node in template_nodes(template):
        kind = node.workflow_node.WhichOneof("reference")
        if kind is not None:
            yield kind, getattr(node.workflow_node, kind).name


def _tasks(template: WorkflowTemplate) -> Iterator[str]:
    return (node.task_node.reference_id.name for node in template_nodes(template) if node.HasField("task_node"))


def _plan_template(plan: LaunchPlan, held: _Held) -> LaunchPlanTemplate:
    template = LaunchPlanTemplate(id=plan.id, fixed_inputs=plan.spec.fixed_inputs)
    if plan.spec.workflow_id.name in held.workflows:
        template.interface.CopyFrom(held.workflows[plan.spec.workflow_id.name].interface)
    for name in plan.spec.fixed_inputs.literals:
        template.interface.inputs.variables.pop(name, None)
    return template


def _launch_plan(package: Package, name: str) -> LaunchPlan:
    """The launch plan of the name; an empty one for a workflow that was packaged without."""
    for plan in package.launch_plans:
        if plan.id.name == name:
            return plan
    return LaunchPlan(id=Identifier(resource_type=LAUNCH_PLAN, name=name), spec=LaunchPlanSpec())


def _missing(plan: LaunchPlan) -> Problem:
    return Problem(
        code="WorkflowReferenceNotFound",
        message=f"it launches workflow {plan.spec.workflow_id.name!r}, which the package does not hold",
        hint="Package the workflow together with its launch plan.",
    )
