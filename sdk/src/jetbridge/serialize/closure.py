"""The closure: a workflow with everything it reaches, in FlyteIDL alone. All that a translator reads is here."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from jetbridge.compiler.check import check_closure
from jetbridge.compiler.launch_plan import check_launch_plan
from jetbridge.errors import Problem
from jetbridge.idl import LAUNCH_PLAN, Identifier, LiteralMap, TaskTemplate, TypedInterface
from jetbridge.idl_admin import (
    CompiledLaunchPlan,
    CompiledTask,
    CompiledWorkflow,
    CompiledWorkflowClosure,
    LaunchPlanTemplate,
    WorkflowTemplate,
)
from jetbridge.idl_admin import LaunchPlan as LaunchPlanMessage
from jetbridge.interface import typed_interface
from jetbridge.launch_plan import LaunchPlan
from jetbridge.reference import Reference, ReferenceLaunchPlan, ReferenceTask
from jetbridge.serialize.collector import Collector
from jetbridge.serialize.importable import not_importable, same_names
from jetbridge.serialize.launch_plan import launch_plan_message
from jetbridge.serialize.reachable import Reachable, reachable
from jetbridge.serialize.recursion import recursion
from jetbridge.serialize.settings import SerializationSettings
from jetbridge.serialize.task import description, external_id, map_template, reference_template, task_template
from jetbridge.serialize.workflow import workflow_template
from jetbridge.workflow import AnyWorkflow


@dataclass(frozen=True, slots=True)
class Closure:
    """A workflow with everything it reaches.

    Attributes:
        compiled: The workflow, its sub-workflows and those of launch plans, the tasks, the launch plans' interfaces.
        launch_plan: The launch plan that holds the workflow's defaults.
        description: The first line of the workflow's documentation.
        launch_plans: The launch plans that nodes run, whole; `compiled` has no place for their workflows and defaults.
    """

    compiled: CompiledWorkflowClosure
    launch_plan: LaunchPlanMessage
    description: str = ""
    launch_plans: tuple[LaunchPlanMessage, ...] = ()


def closure_of(plan: LaunchPlan, settings: SerializationSettings) -> Closure:
    """The checked closure of a launch plan's workflow.

    Raises:
        CompileError: rules of FlyteIDL's compiler are broken; it holds every problem, with the author's lines.
    """
    workflow = plan.workflow
    collector = Collector(f"workflow {workflow.name!r} has errors:", settings.source_root)
    parts = _Parts(reachable(workflow, collector.graph), settings, collector)
    message = collector.attempt(workflow.location, lambda: launch_plan_message(plan))
    collector.add(same_names(parts.reached.nodes))
    recursive = recursion(parts.reached.workflows, collector.graph)
    collector.add(recursive)
    templates = parts.workflows()
    tasks, launch_plans = parts.tasks(), parts.launch_plans()
    if message is None or collector.failed or recursive:
        raise collector.error()
    compiled = CompiledWorkflowClosure(
        primary=CompiledWorkflow(template=templates[-1]),
        sub_workflows=[CompiledWorkflow(template=template) for template in sorted(templates[:-1], key=_name)],
        tasks=[CompiledTask(template=template) for template in sorted(tasks, key=_name)],
        launch_plans=parts.plan_templates(),
    )
    interfaces = {template.id.name: template.interface for template in templates}
    plans = (problem for each in (message, *launch_plans) for problem in _plan_problems(each, interfaces))
    collector.add(_located(problem, workflow) for problem in (*check_closure(compiled), *plans))
    collector.raise_if_any()
    short = description(workflow.docs, workflow.docstring).short_description
    return Closure(compiled, message, short, tuple(launch_plans))


def deployable_closure_of(plan: LaunchPlan, settings: SerializationSettings) -> Closure:
    """Like `closure_of`, for workers elsewhere: they must be able to import every task. Raises `CompileError`."""
    closure = closure_of(plan, settings)
    reached = reachable(plan.workflow)
    collector = Collector(f"workflow {plan.workflow.name!r} has errors:", settings.source_root)
    collector.add(not_importable([*reached.tasks, *(mapped.task for mapped in reached.maps)]))
    collector.raise_if_any()
    return closure


def refers_elsewhere(plan: LaunchPlan) -> bool:
    """Whether a workflow refers to tasks or launch plans that are registered."""
    return bool(reachable(plan.workflow).references)


def _plan_problems(plan: LaunchPlanMessage, interfaces: Mapping[str, TypedInterface]) -> Iterable[Problem]:
    return check_launch_plan(plan, interfaces[plan.spec.workflow_id.name])


def _located(problem: Problem, workflow: AnyWorkflow) -> Problem:
    return problem if problem.location else replace(problem, location=workflow.location)


def _name(template: WorkflowTemplate | TaskTemplate) -> str:
    return template.id.name


class _Parts:
    """What a workflow reaches as messages; what cannot be expressed becomes a problem."""

    def __init__(self, reached: Reachable, settings: SerializationSettings, collector: Collector) -> None:
        self.reached = reached
        self._settings = settings
        self._collector = collector

    def workflows(self) -> list[WorkflowTemplate]:
        """The workflows; the one that reaches all is last."""
        templates: list[WorkflowTemplate] = []
        for workflow in self.reached.workflows:
            graph = self._collector.graph(workflow)
            if graph is None:
                continue
            template = self._collector.attempt(
                workflow.location, lambda workflow=workflow: workflow_template(workflow, self._settings)
            )
            self._collector.add(graph.problems)
            templates += [] if template is None else [template]
        return templates

    def tasks(self) -> list[TaskTemplate]:
        """The tasks, the maps, and what is known of tasks that are registered elsewhere."""
        attempt, settings = self._collector.attempt, self._settings
        found = [
            *(attempt(task.location, lambda task=task: task_template(task, settings)) for task in self.reached.tasks),
            *(attempt(each.location, lambda each=each: map_template(each, settings)) for each in self.reached.maps),
            *(
                attempt(None, lambda each=each: reference_template(each))
                for each in self.reached.references
                if isinstance(each, ReferenceTask)
            ),
        ]
        return [template for template in found if template is not None]

    def launch_plans(self) -> list[LaunchPlanMessage]:
        """The launch plans that nodes run."""
        attempt = self._collector.attempt
        found = [
            attempt(plan.workflow.location, lambda plan=plan: launch_plan_message(plan))
            for plan in self.reached.launch_plans
        ]
        return [message for message in found if message is not None]

    def plan_templates(self) -> list[CompiledLaunchPlan]:
        """The interfaces of the launch plans that nodes run, those registered elsewhere too."""
        own = [_plan_template(plan) for plan in self.reached.launch_plans]
        external = [_external_plan(each) for each in self.reached.references if isinstance(each, ReferenceLaunchPlan)]
        return [CompiledLaunchPlan(template=template) for template in [*own, *external]]


def _plan_template(plan: LaunchPlan) -> LaunchPlanTemplate:
    template = LaunchPlanTemplate(
        id=Identifier(resource_type=LAUNCH_PLAN, name=plan.name),
        interface=typed_interface(plan.workflow.interface),
        fixed_inputs=LiteralMap(literals=launch_plan_message(plan).spec.fixed_inputs.literals),
    )
    for name in plan.fixed_inputs:
        del template.interface.inputs.variables[name]
    return template


def _external_plan(reference: Reference) -> LaunchPlanTemplate:
    return LaunchPlanTemplate(id=external_id(reference, LAUNCH_PLAN), interface=typed_interface(reference.interface))
