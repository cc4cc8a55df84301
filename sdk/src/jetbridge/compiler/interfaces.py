"""What a node takes and gives, by what it refers to."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from jetbridge.compiler.context import CheckContext
from jetbridge.idl import LiteralType, TypedInterface
from jetbridge.idl_admin import Node

Types = Mapping[str, LiteralType | None]


@dataclass(frozen=True, slots=True)
class NodeInterface:
    """Types by name; a type of None is known only when the workflow runs.

    Attributes:
        inputs: What may be bound; None where any name may (a branch, an approval).
        outputs: What other nodes may take.
        defaults: Whether inputs may be left unbound, because a launch plan has defaults for them.
    """

    inputs: Types | None
    outputs: Types
    defaults: bool = False


def interface_of(node: Node, context: CheckContext) -> NodeInterface | None:
    """The interface of a node; None where what it refers to is missing, which is a problem of its own."""
    find = _BY_TARGET.get(node.WhichOneof("target"))
    return None if find is None else find(node, context)


def child_nodes(node: Node) -> tuple[Node, ...]:
    """The nodes of a branch's cases, in order."""
    block = node.branch_node.if_else
    cases = [each.then_node for each in (block.case, *block.other) if each.HasField("then_node")]
    return (*cases, *([block.else_node] if block.HasField("else_node") else []))


def _types(interface: TypedInterface, defaults: bool = False) -> NodeInterface:
    inputs = {name: variable.type for name, variable in interface.inputs.variables.items()}
    outputs = {name: variable.type for name, variable in interface.outputs.variables.items()}
    return NodeInterface(inputs, outputs, defaults)


def _task(node: Node, context: CheckContext) -> NodeInterface | None:
    task = context.tasks.get(node.task_node.reference_id.name)
    return None if task is None else _types(task.interface)


def _workflow(node: Node, context: CheckContext) -> NodeInterface | None:
    if node.workflow_node.HasField("sub_workflow_ref"):
        template = context.workflows.get(node.workflow_node.sub_workflow_ref.name)
        return None if template is None else _types(template.interface)
    plan = context.launch_plans.get(node.workflow_node.launchplan_ref.name)
    return None if plan is None else _types(plan, defaults=True)


def _branch(node: Node, context: CheckContext) -> NodeInterface:
    """The outputs that all cases share; a case that cannot be looked up gives no reason to doubt a name."""
    found = [each for each in (interface_of(child, context) for child in child_nodes(node)) if each is not None]
    return NodeInterface(None, _shared([each.outputs for each in found]))


def _shared(outputs: list[Types]) -> Types:
    if not outputs:
        return {}
    return {name: kind for name, kind in outputs[0].items() if all(name in each for each in outputs)}


def _gate(node: Node, context: CheckContext) -> NodeInterface | None:
    gate = node.gate_node
    if gate.HasField("signal"):
        return NodeInterface({}, {gate.signal.output_variable_name: gate.signal.type})
    if gate.HasField("approve"):
        return NodeInterface(None, {binding.var: None for binding in node.inputs})
    return NodeInterface({}, {}) if gate.HasField("sleep") else None


def _array(node: Node, context: CheckContext) -> NodeInterface | None:
    """Flytekit's map task declares lists itself; otherwise they are made of the element's interface."""
    array = node.array_node
    element = interface_of(array.node, context)
    if element is None or not array.is_original_sub_node_interface.value:
        return element
    kept = set(array.bound_inputs)
    inputs = None if element.inputs is None else _lists(element.inputs, kept)
    return NodeInterface(inputs, _lists(element.outputs, ()), element.defaults)


def _lists(types: Types, kept: Iterable[str]) -> Types:
    return {
        name: kind if kind is None or name in kept else LiteralType(collection_type=kind)
        for name, kind in types.items()
    }


_BY_TARGET: dict[str | None, Callable[[Node, CheckContext], NodeInterface | None]] = {
    "task_node": _task,
    "workflow_node": _workflow,
    "branch_node": _branch,
    "gate_node": _gate,
    "array_node": _array,
}
