"""Nodes that wait: gates."""

from __future__ import annotations

from jetbridge.idl_admin import Node
from jetbridge_translators.plan.binds import bind_of
from jetbridge_translators.plan.building import Scope
from jetbridge_translators.plan.kinds.common import node_fields, timeout_of
from jetbridge_translators.plan.model import Approval, Gate, Signal, Sleep


def build(node: Node, scope: Scope) -> Gate | None:
    """The gate; None when it cannot be planned, and then the problem is kept."""
    wait = _wait(node)
    if wait is None:
        scope.problem(node, "NoConditionFound", "the gate waits for nothing", "Write the package again.")
        return None
    # An approval passes its inputs on, and their types stand only where they come from.
    args = {binding.var: bind_of(binding.binding, None) for binding in node.inputs}
    return Gate(**node_fields(node, scope, args), wait=wait, timeout=timeout_of(node))


def _wait(node: Node) -> Sleep | Signal | Approval | None:
    gate = node.gate_node
    match gate.WhichOneof("condition"):
        case "sleep":
            return Sleep(gate.sleep.duration.ToTimedelta())
        case "signal":
            return Signal(gate.signal.signal_id, gate.signal.type, gate.signal.output_variable_name)
        case "approve":
            return Approval(gate.approve.signal_id)
        case _:
            return None
