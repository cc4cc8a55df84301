"""Map tasks: array nodes."""

from __future__ import annotations

from collections.abc import Mapping

from jetbridge.bindings import Bind
from jetbridge.idl import LiteralType, TaskTemplate
from jetbridge.idl_admin import ArrayNode, Node
from jetbridge_translators.plan.building import Scope
from jetbridge_translators.plan.kinds import task
from jetbridge_translators.plan.kinds.common import args_of, node_fields
from jetbridge_translators.plan.model import MapNode
from jetbridge_translators.plan.overrides import with_overrides


def build(node: Node, scope: Scope) -> MapNode | None:
    """The map; None when it cannot be planned, and then the problem is kept."""
    array = node.array_node
    template = scope.library.tasks.get(array.node.task_node.reference_id.name)
    if template is None:
        scope.problem(node, "UnsupportedNode", "it maps over something other than a task", "Map over a task.")
        return None
    element = task.step(_element(node, array), with_overrides(array.node, template), scope)
    args = args_of(node, template.interface.inputs.variables)
    mapped = _mapped(args, template, frozenset(array.bound_inputs))
    if element is None:
        return None
    if not mapped:
        scope.problem(node, "InvalidArrayLength", "no input of the map task is a list", "Give one input a list.")
        return None
    return MapNode(
        **node_fields(node, scope, args),
        element=element,
        mapped=mapped,
        parallelism=array.parallelism,
        min_successes=array.min_successes if array.WhichOneof("success_criteria") == "min_successes" else None,
        min_success_ratio=_ratio(array),
    )


def _element(node: Node, array: ArrayNode) -> Node:
    """The inner node under the outer one's id: on the wire it is called as the task, and both hold the bindings."""
    element = Node()
    element.CopyFrom(array.node)
    element.id = node.id
    del element.inputs[:]
    element.inputs.extend(node.inputs)
    return element


def _mapped(args: Mapping[str, Bind], template: TaskTemplate, bound: frozenset[str]) -> tuple[str, ...]:
    variables = template.interface.inputs.variables
    return tuple(sorted(name for name in args if name not in bound and _is_list(variables[name].type)))


def _is_list(declared: LiteralType) -> bool:
    return any(kind.HasField("collection_type") for kind in (declared, *declared.union_type.variants))


def _ratio(array: ArrayNode) -> float:
    """1 unless the author gave another share; propeller holds it in 32 bits, and so does the message."""
    return array.min_success_ratio if array.WhichOneof("success_criteria") == "min_success_ratio" else 1.0
