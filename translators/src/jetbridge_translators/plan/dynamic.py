"""Dynamic tasks: what one of them made (`futures.pb`) as a plan of its own, to be run in the place of its node.

Flyte's propeller compiles the same message as a sub-workflow of the node (`nodes/dynamic/dynamic_workflow.go`).
"""

from __future__ import annotations

from collections.abc import Mapping

from jetbridge.bindings import OutputRef
from jetbridge.compiler.check import check_closure
from jetbridge.compiler.walk import walk_nodes
from jetbridge.errors import CompileError, Problem
from jetbridge.idl import BindingData, Identifier, Literal, TaskTemplate
from jetbridge.idl_admin import (
    CompiledTask,
    CompiledWorkflow,
    CompiledWorkflowClosure,
    DynamicJobSpec,
    LaunchPlan,
    WorkflowTemplate,
)
from jetbridge.package_code import with_code
from jetbridge.package_legacy import modern
from jetbridge.serialize.closure import Closure
from jetbridge_translators.plan.binds import constant
from jetbridge_translators.plan.build import build
from jetbridge_translators.plan.building import Handlers
from jetbridge_translators.plan.controls import with_controls
from jetbridge_translators.plan.launch import launched_as, makes_nodes
from jetbridge_translators.plan.model import Output, Plan, Step, SubWorkflow
from jetbridge_translators.planning import Planning

_NODE = "made"
_START = ("", "start-node")


def is_dynamic(step: Step) -> bool:
    """Whether a step's task makes a workflow."""
    return makes_nodes(step.template)


def plan_of_futures(
    spec: DynamicJobSpec,
    task: TaskTemplate,
    path: str,
    name: str,
    values: Mapping[str, Literal],
    handlers: Handlers,
    planning: Planning | None = None,
) -> Plan:
    """What a dynamic task made, as a plan of one node: a sub-workflow whose data lies below the dynamic node's.

    Its outputs are those of the dynamic node, and it has no inputs.

    Args:
        spec: What the task made.
        task: The dynamic task.
        path: The path of its node, such as `n2`; the nodes that it made lie at `n2/dn0`, …
        name: The readable name of its node.
        values: A literal for each input of the task that `input_names` tells.
        handlers: As in `build`.
        planning: As in `build`.

    Raises:
        CompileError: what was made breaks rules of FlyteIDL's compiler.
        TranslationError: a task type is unknown, or a field is refused.
    """
    inner = build(_closure(spec, task), handlers, planning)
    types = {item.name: item.type for item in inner.inputs}
    args = {var: constant(literal, types[var]) for var, literal in values.items()}
    node = SubWorkflow(id=_NODE, path=path, name=name, args=args, after=(), location=None, body=inner)
    outer = Plan(
        name=f"{inner.name}.{_NODE}",
        description="",
        inputs=(),
        nodes=(node,),
        labels=inner.labels,
        annotations=inner.annotations,
        outputs=tuple(
            Output(name=item.name, type=item.type, bind=OutputRef(_NODE, item.name)) for item in inner.outputs
        ),
    )
    marked = with_controls(outer)
    assert isinstance(marked, Plan)  # noqa: S101 -- `with_controls` replaces fields and keeps the class
    return marked


def input_names(spec: DynamicJobSpec) -> frozenset[str]:
    """The inputs of the dynamic task that its nodes refer to; flytekit and we write values instead."""
    bindings = [binding.binding for node in walk_nodes(spec.nodes) for binding in node.inputs]
    bindings += [binding.binding for binding in spec.outputs]
    return frozenset(name for binding in bindings for name in _inputs_in(binding))


def _inputs_in(binding: BindingData) -> frozenset[str]:
    kind = binding.WhichOneof("value")
    if kind == "promise" and binding.promise.node_id in _START:
        return frozenset((binding.promise.var,))
    inner = {"collection": binding.collection.bindings, "map": binding.map.bindings.values()}.get(kind or "", ())
    return frozenset(name for each in inner for name in _inputs_in(each))


def _closure(spec: DynamicJobSpec, task: TaskTemplate) -> Closure:
    template = WorkflowTemplate(id=task.id, interface=task.interface, nodes=spec.nodes, outputs=spec.outputs)
    found = modern([template, *spec.subworkflows], {each.id.name: with_code(each, "") for each in spec.tasks})
    compiled = CompiledWorkflowClosure(
        primary=CompiledWorkflow(template=found.workflows[0]),
        sub_workflows=[CompiledWorkflow(template=each) for each in found.workflows[1:]],
        tasks=[CompiledTask(template=each) for each in found.tasks.values()],
    )
    problems = [*_launched(spec), *check_closure(compiled)]
    if problems:
        raise CompileError(f"what the dynamic task {task.id.name!r} made has errors:", problems)
    return Closure(compiled, LaunchPlan(id=Identifier(name=task.id.name), spec=launched_as(task)))


def _launched(spec: DynamicJobSpec) -> list[Problem]:
    """Launch plans: the message has no place for them, and propeller asks Flyte's server for them."""
    nodes = [*spec.nodes, *(node for workflow in spec.subworkflows for node in workflow.nodes)]
    return [
        Problem(
            code="WorkflowReferenceNotFound",
            message=f"it calls the launch plan {node.workflow_node.launchplan_ref.name!r}, which only a server has",
            where=f"node {node.id!r}",
            hint="Call the launch plan's workflow itself in the dynamic task.",
        )
        for node in walk_nodes(nodes)
        if node.workflow_node.launchplan_ref.name
    ]
