"""The closure of a workflow that a package holds."""

from __future__ import annotations

from jetbridge.compiler.check import check_closure
from jetbridge.compiler.graph import referenced_tasks
from jetbridge.errors import CompileError, Problem
from jetbridge.idl import LAUNCH_PLAN, Identifier
from jetbridge.idl_admin import CompiledTask, CompiledWorkflow, CompiledWorkflowClosure, LaunchPlan, LaunchPlanSpec
from jetbridge.package import Package
from jetbridge.serialize.closure import Closure


def launchable_names(package: Package) -> tuple[str, ...]:
    """Workflows and launch plans by name, each once."""
    workflows = [spec.template.id.name for spec in package.workflows]
    plans = [plan.id.name for plan in package.launch_plans]
    return tuple(dict.fromkeys([*workflows, *plans]))


def closure_from_package(package: Package, name: str) -> Closure:
    """The checked closure of a workflow or launch plan.

    Args:
        package: The package.
        name: One of `launchable_names`.

    Raises:
        CompileError: the package's graph is broken; it holds every problem.
    """
    plan = _launch_plan(package, name)
    workflows = {spec.template.id.name: spec for spec in package.workflows}
    spec = workflows.get(plan.spec.workflow_id.name or name)
    if spec is None:
        raise CompileError(f"launch plan {name!r} cannot be used:", [_missing(plan)])
    needed = referenced_tasks(spec.template)
    tasks = [CompiledTask(template=task.template) for task in package.tasks if task.template.id.name in needed]
    compiled = CompiledWorkflowClosure(primary=CompiledWorkflow(template=spec.template), tasks=tasks)
    problems = check_closure(compiled)
    if problems:
        raise CompileError(f"workflow {spec.template.id.name!r} of the package has errors:", problems)
    return Closure(compiled, plan, spec.description.short_description)


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
