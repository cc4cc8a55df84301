"""The closure: a workflow with every task it reaches, in FlyteIDL alone. All that a translator reads is here."""

from __future__ import annotations

from dataclasses import dataclass, replace

from jetbridge.compiler.check import check_closure
from jetbridge.idl_admin import CompiledTask, CompiledWorkflow, CompiledWorkflowClosure
from jetbridge.idl_admin import LaunchPlan as LaunchPlanMessage
from jetbridge.launch_plan import LaunchPlan
from jetbridge.serialize.collector import Collector
from jetbridge.serialize.importable import not_importable, same_names
from jetbridge.serialize.launch_plan import launch_plan_message
from jetbridge.serialize.settings import SerializationSettings
from jetbridge.serialize.task import description, task_template
from jetbridge.serialize.workflow import workflow_template
from jetbridge.task import AnyTask
from jetbridge.workflow import AnyWorkflow, Graph


@dataclass(frozen=True, slots=True)
class Closure:
    """A workflow with its tasks, the launch plan that holds its defaults, and the first line of its documentation."""

    compiled: CompiledWorkflowClosure
    launch_plan: LaunchPlanMessage
    description: str = ""


def closure_of(plan: LaunchPlan, settings: SerializationSettings) -> Closure:
    """The checked closure of a launch plan's workflow.

    Raises:
        CompileError: rules of FlyteIDL's compiler are broken; it holds every problem, with the author's lines.
    """
    workflow = plan.workflow
    collector = Collector(f"workflow {workflow.name!r} has errors:", settings.source_root)
    graph = collector.attempt(workflow.location, lambda: workflow.graph)
    message = collector.attempt(workflow.location, lambda: launch_plan_message(plan))
    tasks = _compiled_tasks(graph, settings, collector)
    collector.add(same_names(graph.nodes if graph else ()))
    template = collector.attempt(workflow.location, lambda: workflow_template(workflow, settings)) if graph else None
    collector.add(graph.problems if graph else ())
    if template is None or message is None or len(tasks) < len(_distinct(graph)):
        raise collector.error()
    compiled = CompiledWorkflowClosure(primary=CompiledWorkflow(template=template), tasks=tasks)
    collector.add(
        problem if problem.location else replace(problem, location=workflow.location)
        for problem in check_closure(compiled)
    )
    collector.raise_if_any()
    return Closure(compiled, message, description(workflow.docs, workflow.function.__doc__).short_description)


def deployable_closure_of(plan: LaunchPlan, settings: SerializationSettings) -> Closure:
    """Like `closure_of`, for workers elsewhere: they must be able to import every task. Raises `CompileError`."""
    closure = closure_of(plan, settings)
    collector = Collector(f"workflow {plan.workflow.name!r} has errors:", settings.source_root)
    collector.add(not_importable(workflow_tasks(plan.workflow)))
    collector.raise_if_any()
    return closure


def _compiled_tasks(graph: Graph | None, settings: SerializationSettings, collector: Collector) -> list[CompiledTask]:
    tasks = _distinct(graph)
    templates = [collector.attempt(task.location, lambda task=task: task_template(task, settings)) for task in tasks]
    return [CompiledTask(template=template) for template in templates if template is not None]


def _distinct(graph: Graph | None) -> list[AnyTask]:
    nodes = graph.nodes if graph else ()
    return [task for _, task in sorted({node.task.name: node.task for node in nodes}.items())]


def workflow_tasks(workflow: AnyWorkflow) -> list[AnyTask]:
    """The tasks a workflow calls, each once, sorted by name."""
    return _distinct(workflow.graph)
