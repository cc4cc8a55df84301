"""The kinds of nodes that FlyteIDL has, one module each; this is the table of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from jetbridge.idl_admin import Node
from jetbridge_translators.plan.building import Scope
from jetbridge_translators.plan.model import AnyNode


def build(node: Node, scope: Scope) -> AnyNode | None:
    """The plan's node; None when it cannot be planned, and then the problem is kept."""
    kind = node.WhichOneof("target") or "node without a target"
    if kind not in _table():
        scope.problem(node, "UnsupportedNode", f"it is a {kind}, which is not known", "Write the package again.")
        return None
    return _table()[kind](node, scope)


def _table() -> Mapping[str, Callable[[Node, Scope], AnyNode | None]]:
    # Late, because a branch holds nodes of all kinds and so needs this table.
    from jetbridge_translators.plan.kinds import array, branch, gate, task, workflow

    return {
        "task_node": task.build,
        "workflow_node": workflow.build,
        "branch_node": branch.build,
        "array_node": array.build,
        "gate_node": gate.build,
    }
