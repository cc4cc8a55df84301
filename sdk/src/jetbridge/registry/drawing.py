"""A workflow's graph for people: lines of text, or a Mermaid flow chart."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass

from jetbridge.compiler.walk import all_upstream_ids, branch_nodes
from jetbridge.idl_admin import Node, WorkflowTemplate


@dataclass(frozen=True, slots=True)
class Drawn:
    """A node of the graph: what it runs, after which nodes, and the nodes inside it."""

    id: str
    kind: str
    runs: str
    after: tuple[str, ...]
    inside: tuple[Drawn, ...] = ()


def drawn(template: WorkflowTemplate) -> tuple[Drawn, ...]:
    """The nodes of a workflow in their order; the failure node is the last."""
    nodes = tuple(_node(node) for node in template.nodes)
    return (*nodes, _node(template.failure_node, "on failure")) if template.HasField("failure_node") else nodes


def _node(node: Node, kind: str = "") -> Drawn:
    target = node.WhichOneof("target") or "nothing"
    inside = tuple(_node(each) for each in branch_nodes(node.branch_node.if_else)) if target == "branch_node" else ()
    after = tuple(sorted(set(all_upstream_ids(node)) - {"start-node"}))
    return Drawn(node.id, kind or _KINDS.get(target, target), _runs(node), after, inside)


_KINDS = {
    "task_node": "task",
    "workflow_node": "workflow",
    "branch_node": "branch",
    "gate_node": "gate",
    "array_node": "map",
}


def _runs(node: Node) -> str:
    target = node.array_node.node if node.HasField("array_node") else node
    names = (
        target.task_node.reference_id.name,
        target.workflow_node.sub_workflow_ref.name,
        target.workflow_node.launchplan_ref.name,
        target.gate_node.WhichOneof("condition") or "",
    )
    return next((name for name in names if name), node.metadata.name)


def text_lines(nodes: tuple[Drawn, ...], indent: str = "") -> Iterator[str]:
    """One line a node; nodes inside another are indented."""
    for node in nodes:
        after = f"  after {', '.join(node.after)}" if node.after else ""
        yield f"{indent}{node.id}  {node.kind} {node.runs}{after}".rstrip()
        yield from text_lines(node.inside, indent + "  ")


def mermaid(nodes: tuple[Drawn, ...]) -> str:
    """The graph as a Mermaid flow chart.

    Example:
        >>> print(mermaid((Drawn("n0", "task", "shop.sell", ()), Drawn("n1", "task", "shop.pay", ("n0",)))))
        flowchart TD
          x0["n0: shop.sell"]
          x1["n1: shop.pay"]
          x0 --> x1
    """
    every = list(_flat(nodes))
    places = {node.id: f"x{index}" for index, (node, _) in enumerate(every)}
    boxes = [f"  {places[node.id]}[{_quoted(f'{node.id}: {node.runs}')}]" for node, _ in every]
    edges = [
        f"  {places[before]} --> {places[node.id]}" for node, _ in every for before in node.after if before in places
    ]
    choices = [f"  {places[parent]} -.-> {places[node.id]}" for node, parent in every if parent]
    return "\n".join(["flowchart TD", *boxes, *edges, *choices])


def _flat(nodes: tuple[Drawn, ...], parent: str = "") -> Iterator[tuple[Drawn, str]]:
    for node in nodes:
        yield node, parent
        yield from _flat(node.inside, node.id)


def _quoted(text: str) -> str:
    """Mermaid's own escape: entities instead of quotes and of what would be read as markup."""
    return json.dumps(text, ensure_ascii=False).replace('\\"', "#quot;").replace("<", "#lt;")
