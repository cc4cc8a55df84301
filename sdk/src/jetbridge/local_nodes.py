"""Running a workflow's nodes one after the other in this process, with FlytePropeller's rules."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any, TypeAlias

from jetbridge.binding_literals import Literals, resolved
from jetbridge.compiler.graph import topological_order
from jetbridge.compiler.walk import all_upstream_ids
from jetbridge.errors import RunError
from jetbridge.idl import (
    BindingData,
    Error,
    Literal,
    LiteralType,
    Scalar,
    SimpleType,
    TypeStructure,
    Union,
)
from jetbridge.idl_admin import IfBlock, LaunchPlan, Node, WorkflowMetadata, WorkflowTemplate
from jetbridge.local_conditions import condition_holds
from jetbridge.local_gates import approved, pause, signalled
from jetbridge.local_maps import rules_of, run_map
from jetbridge.map_task import ArrayNodeMapTask
from jetbridge.serialize.closure import Closure
from jetbridge.serialize.reachable import Reachable
from jetbridge.task import AnyTask
from jetbridge.types import TransformContext

RunTask: TypeAlias = Callable[[TransformContext, AnyTask, Literals], Literals]
Results: TypeAlias = dict[str, Literals]


@dataclass(frozen=True, slots=True, kw_only=True)
class LocalRun:
    """What nodes are looked up in, and how a task is run.

    Attributes:
        context: Where files go.
        run_task: Calls a task's function.
        tasks: The tasks by name.
        maps: The maps by name.
        workflows: The workflows by name.
        launch_plans: The launch plans by name.
    """

    context: TransformContext
    run_task: RunTask
    tasks: Mapping[str, AnyTask]
    maps: Mapping[str, ArrayNodeMapTask]
    workflows: Mapping[str, WorkflowTemplate]
    launch_plans: Mapping[str, LaunchPlan]

    @staticmethod
    def of(context: TransformContext, run_task: RunTask, closure: Closure, reached: Reachable) -> LocalRun:
        """A run of a workflow and all that it reaches."""
        compiled = closure.compiled
        templates = [compiled.primary.template, *(each.template for each in compiled.sub_workflows)]
        return LocalRun(
            context=context,
            run_task=run_task,
            tasks={task.name: task for task in reached.tasks},
            maps={mapped.name: mapped for mapped in reached.maps},
            workflows={template.id.name: template for template in templates},
            launch_plans={plan.id.name: plan for plan in closure.launch_plans},
        )


def run_workflow(run: LocalRun, template: WorkflowTemplate, inputs: Literals) -> dict[str, Literal]:
    """The outputs of a workflow. Raises what a task raises, after the failure node has run."""
    try:
        results = _run_nodes(run, template, inputs)
    except Exception as error:
        if template.HasField("failure_node"):
            _run_failure_node(run, template.failure_node, inputs, error)
        raise
    return resolved(template.outputs, results)


def _run_nodes(run: LocalRun, template: WorkflowTemplate, inputs: Literals) -> Results:
    """The outputs of each node, and the workflow's inputs under no name."""
    results: Results = {"": inputs}
    goes_on = template.metadata.on_failure == WorkflowMetadata.FAIL_AFTER_EXECUTABLE_NODES_COMPLETE
    failures: list[Exception] = []
    for node in _in_order(template):
        if any(upstream not in results for upstream in all_upstream_ids(node)):
            continue
        try:
            results[node.id] = run_node(run, node, results)
        except Exception as error:
            if not goes_on:
                raise
            failures.append(error)
    if failures:
        raise failures[0]
    return results


def _in_order(template: WorkflowTemplate) -> Iterator[Node]:
    nodes = {node.id: node for node in template.nodes}
    order = topological_order({node.id: all_upstream_ids(node) for node in template.nodes})
    return (nodes[node_id] for node_id in order)


def _run_failure_node(run: LocalRun, node: Node, inputs: Literals, error: Exception) -> None:
    """The failure node; an input called `err` receives the error (propeller `nodes/resolve.go`)."""
    copy = Node()
    copy.CopyFrom(node)
    for binding in copy.inputs:
        if binding.var == "err":
            binding.binding.CopyFrom(_error_binding(node.id, error))
    run_node(run, copy, {"": inputs})


def _error_binding(node_id: str, error: Exception) -> BindingData:
    value = Literal(scalar=Scalar(error=Error(failed_node_id=node_id, message=str(error))))
    kind = LiteralType(simple=SimpleType.ERROR, structure=TypeStructure(tag="FlyteError"))
    return BindingData(scalar=Scalar(union=Union(value=value, type=kind)))


def run_node(run: LocalRun, node: Node, results: Results) -> Literals:
    """The outputs of a node, given those of the nodes before it."""
    inputs = resolved(node.inputs, results)
    return _RUN[node.WhichOneof("target") or ""](run, node, inputs, results)


def _task(run: LocalRun, node: Node, inputs: Literals, results: Results) -> Literals:
    name = node.task_node.reference_id.name
    if name not in run.tasks:
        raise _reference(name)
    return run.run_task(run.context, run.tasks[name], inputs)


def _reference(name: str) -> RunError:
    return RunError(
        f"{name!r} is a reference: it can only run where it is registered",
        hint="Give the workflow the task or launch plan itself to run it here.",
    )


def _workflow(run: LocalRun, node: Node, inputs: Literals, results: Results) -> Literals:
    launched = node.workflow_node.launchplan_ref.name
    if not launched:
        return run_workflow(run, run.workflows[node.workflow_node.sub_workflow_ref.name], inputs)
    if launched not in run.launch_plans:
        raise _reference(launched)
    spec = run.launch_plans[launched].spec
    defaults = {
        name: parameter.default
        for name, parameter in spec.default_inputs.parameters.items()
        if parameter.WhichOneof("behavior") == "default"
    }
    given = {**defaults, **inputs, **spec.fixed_inputs.literals}
    return run_workflow(run, run.workflows[spec.workflow_id.name], given)


def _branch(run: LocalRun, node: Node, inputs: Literals, results: Results) -> Literals:
    block = node.branch_node.if_else
    cases: list[IfBlock] = [block.case, *block.other]
    for case in cases:
        if condition_holds(case.condition, inputs):
            return run_node(run, case.then_node, results)
    if block.HasField("else_node"):
        return run_node(run, block.else_node, results)
    raise RunError(block.error.message or f"no case of conditional {node.metadata.name!r} holds", hint=_NO_CASE)


_NO_CASE = "The workflow's author let it fail here: give inputs for which another case holds."


def _array(run: LocalRun, node: Node, inputs: Literals, results: Results) -> Literals:
    array = node.array_node
    if array.node.HasField("workflow_node"):
        outputs = run.workflows[_launched(run, array.node)].interface.outputs.variables
        return run_map(partial(_plan_element, run, array.node), rules_of(array, tuple(outputs)), inputs)
    mapped = run.maps.get(array.node.task_node.reference_id.name)
    if mapped is None:
        raise _reference(array.node.task_node.reference_id.name)
    rules = rules_of(array, tuple(mapped.interface.outputs))
    return run_map(partial(run.run_task, run.context, mapped.task), rules, inputs)


def _launched(run: LocalRun, node: Node) -> str:
    name = node.workflow_node.launchplan_ref.name
    if name not in run.launch_plans:
        raise _reference(name)
    return run.launch_plans[name].spec.workflow_id.name


def _plan_element(run: LocalRun, node: Node, inputs: Literals) -> Literals:
    return _workflow(run, node, inputs, {})


def _gate(run: LocalRun, node: Node, inputs: Literals, results: Results) -> Literals:
    gate: Any = node.gate_node
    kind = gate.WhichOneof("condition")
    if kind == "sleep":
        pause(gate.sleep)
        return {}
    if kind == "signal":
        return signalled(gate.signal)
    return approved(gate.approve, inputs)


_RUN: Mapping[str, Callable[[LocalRun, Node, Literals, Results], Literals]] = {
    "task_node": _task,
    "workflow_node": _workflow,
    "branch_node": _branch,
    "array_node": _array,
    "gate_node": _gate,
}
