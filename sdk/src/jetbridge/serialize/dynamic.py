"""What a dynamic task writes instead of outputs: the workflow that its function made."""

from __future__ import annotations

from collections.abc import Mapping

from jetbridge.binding_literals import resolved
from jetbridge.dynamic import DynamicWorkflow
from jetbridge.errors import CompileError
from jetbridge.idl import LiteralMap
from jetbridge.idl_admin import DynamicJobSpec
from jetbridge.launch_plan import LaunchPlan
from jetbridge.serialize.closure import Closure, closure_of
from jetbridge.serialize.reachable import sub_workflows
from jetbridge.serialize.settings import SerializationSettings
from jetbridge.task import AnyTask
from jetbridge.types import TransformContext


def dynamic_job_spec(
    task: AnyTask, values: Mapping[str, object], settings: SerializationSettings, context: TransformContext
) -> DynamicJobSpec | LiteralMap:
    """Runs a dynamic task's function: the graph it made (`futures.pb`), or its outputs when it called nothing.

    Args:
        task: The dynamic task.
        values: Its inputs as Python values.
        settings: Those of packaging, which the task's environment carries; see `from_transport`.
        context: Where files of constants go.

    Raises:
        CompileError: the graph breaks rules of FlyteIDL's compiler.
        Exception: whatever the function raises.
    """
    workflow = DynamicWorkflow(task, values, context)
    if not workflow.graph.nodes:
        return outputs_without_nodes(workflow)
    compiled = dynamic_closure(workflow, settings).compiled
    template = compiled.primary.template
    inner = {each.name for each in sub_workflows(workflow)}
    return DynamicJobSpec(
        nodes=template.nodes,
        min_successes=len(template.nodes),
        outputs=template.outputs,
        tasks=[each.template for each in compiled.tasks],
        subworkflows=[each.template for each in compiled.sub_workflows if each.template.id.name in inner],
    )


def dynamic_closure(workflow: DynamicWorkflow, settings: SerializationSettings) -> Closure:
    """The checked closure of what a dynamic task made. Raises `CompileError`."""
    return closure_of(LaunchPlan.get_or_create(workflow), settings)


def outputs_without_nodes(workflow: DynamicWorkflow) -> LiteralMap:
    """The outputs of a dynamic task that called nothing. Raises `CompileError` when they are not of their types."""
    graph = workflow.graph
    if graph.problems:
        raise CompileError(f"dynamic task {workflow.name!r} has errors:", graph.problems)
    return LiteralMap(literals=resolved(graph.outputs, {}))
