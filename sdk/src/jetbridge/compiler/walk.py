"""Nodes inside nodes: those of branches and of maps."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from jetbridge.compiler.graph import upstream_ids
from jetbridge.idl_admin import IfElseBlock, Node, WorkflowTemplate


def branch_nodes(block: IfElseBlock) -> tuple[Node, ...]:
    """The nodes of a branch, in the order of its cases."""
    cases = [block.case.then_node, *(case.then_node for case in block.other)]
    return (*cases, block.else_node) if block.HasField("else_node") else tuple(cases)


def inner_nodes(node: Node) -> tuple[Node, ...]:
    """The nodes that a node holds."""
    if node.HasField("branch_node"):
        return branch_nodes(node.branch_node.if_else)
    return (node.array_node.node,) if node.HasField("array_node") else ()


def walk_nodes(nodes: Iterable[Node]) -> Iterator[Node]:
    """Every node, each before those it holds."""
    for node in nodes:
        yield node
        yield from walk_nodes(inner_nodes(node))


def template_nodes(template: WorkflowTemplate) -> Iterator[Node]:
    """Every node of a workflow, its failure node last."""
    yield from walk_nodes(template.nodes)
    if template.HasField("failure_node"):
        yield from walk_nodes([template.failure_node])


def all_upstream_ids(node: Node) -> tuple[str, ...]:
    """The nodes of the workflow that a node waits for, itself or by a node that it holds."""
    inside = [each for inner in inner_nodes(node) for each in all_upstream_ids(inner)]
    return tuple(dict.fromkeys([*upstream_ids(node), *(each for each in inside if each != node.id)]))
