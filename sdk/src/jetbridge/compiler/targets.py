"""Whether a node says what it runs, and whether that exists."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from jetbridge.compiler.conditions import check_branch
from jetbridge.compiler.problems import Place
from jetbridge.errors import Problem
from jetbridge.idl_admin import Node


def check_target(node: Node, place: Place) -> Iterator[Problem]:
    """Problems of what a node refers to."""
    check = _CHECKS.get(node.WhichOneof("target"), _nothing)
    return check(node, place)


def _nothing(node: Node, place: Place) -> Iterator[Problem]:
    yield place.problem(
        "ValueRequired", f"node {node.id!r} has no target", "Give it a task, a workflow, a branch, a gate or an array."
    )


def _task(node: Node, place: Place) -> Iterator[Problem]:
    name = node.task_node.reference_id.name
    if not name:
        yield place.problem("ValueRequired", f"node {node.id!r} names no task", "Package the workflow again.")
    elif name not in place.context.tasks:
        yield place.problem(
            "TaskReferenceNotFound",
            f"node {node.id!r} refers to {name!r}, which the package does not hold",
            "Package the workflow together with the tasks it refers to.",
        )


def _workflow(node: Node, place: Place) -> Iterator[Problem]:
    kind = node.workflow_node.WhichOneof("reference")
    if kind is None:
        yield place.problem(
            "WorkflowReferenceNotFound", f"node {node.id!r} names no workflow", "Package the workflow again."
        )
        return
    what, known = _KNOWN[kind](place)
    name = getattr(node.workflow_node, kind).name
    if name not in known:
        yield place.problem(
            "WorkflowReferenceNotFound",
            f"node {node.id!r} refers to {what} {name!r}, which the package does not hold",
            f"Package the workflow together with the {what}s it refers to.",
        )


_KNOWN: dict[str, Callable[[Place], tuple[str, object]]] = {
    "sub_workflow_ref": lambda place: ("workflow", place.context.workflows),
    "launchplan_ref": lambda place: ("launch plan", place.context.launch_plans),
}


def _gate(node: Node, place: Place) -> Iterator[Problem]:
    gate = node.gate_node
    kind = gate.WhichOneof("condition")
    if kind is None:
        yield place.problem(
            "NoConditionFound",
            f"gate node {node.id!r} waits for nothing",
            "Make it a sleep, an approval or a signal.",
        )
    if kind == "signal" and gate.signal.type.WhichOneof("type") is None:
        yield place.problem(
            "ValueRequired", f"the signal of node {node.id!r} has no type", "Give it the type of the value.", "type"
        )
    if kind == "signal" and not gate.signal.output_variable_name:
        yield place.problem(
            "ValueRequired",
            f"the signal of node {node.id!r} names no output",
            "Name its output variable.",
            "output_variable_name",
        )


def _array(node: Node, place: Place) -> Iterator[Problem]:
    if not node.array_node.HasField("node"):
        yield place.problem("ValueRequired", f"array node {node.id!r} has no node", "Give it the node of an element.")
        return
    inner = node.array_node.node
    yield from check_target(inner, place.inside(inner))


_CHECKS: dict[str | None, Callable[[Node, Place], Iterator[Problem]]] = {
    "task_node": _task,
    "workflow_node": _workflow,
    "branch_node": check_branch,
    "gate_node": _gate,
    "array_node": _array,
}
