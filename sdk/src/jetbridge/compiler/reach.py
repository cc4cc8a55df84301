"""Whether every node can start: no circles, and nothing that waits for what does not exist."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from jetbridge.compiler.context import CheckContext, node_location
from jetbridge.compiler.graph import find_cycle
from jetbridge.compiler.problems import Place
from jetbridge.compiler.walk import all_upstream_ids
from jetbridge.errors import Problem
from jetbridge.idl_admin import Node, WorkflowTemplate
from jetbridge.suggest import did_you_mean

_START = "start-node"


def check_reach(template: WorkflowTemplate, context: CheckContext, prefix: str) -> Iterator[Problem]:
    """Unknown nodes that are waited for, one circle, and the nodes behind either that can never start."""
    edges = {node.id: tuple(up for up in all_upstream_ids(node) if up != _START) for node in template.nodes}
    for node in template.nodes:
        place = Place(f"{prefix}{node.id}", node_location(node), context)
        yield from _unknown(node, place)
    cycle = find_cycle(edges)
    if cycle:
        first = context.nodes[cycle[0]]
        yield Place(f"{prefix}{first.id}", node_location(first), context).problem(
            "CycleDetected",
            f"the nodes wait for each other: {' → '.join([*cycle, cycle[0]])}",
            "Remove one of the `>>` between them.",
        )
    yield from _stuck(edges, set(cycle), context, prefix)


def _unknown(node: Node, place: Place) -> Iterator[Problem]:
    """Order alone; the nodes whose outputs are taken are checked with the bindings."""
    for upstream in node.upstream_node_ids:
        if upstream not in place.context.nodes and upstream != _START:
            yield place.problem(
                "NodeReferenceNotFound",
                f"node {node.id!r} waits for {upstream!r}, which does not exist",
                did_you_mean(upstream, place.context.nodes),
                "upstream_node_ids",
            )


def _stuck(
    edges: Mapping[str, tuple[str, ...]], cycle: set[str], context: CheckContext, prefix: str
) -> Iterator[Problem]:
    """Nodes that can never start, beside those that are a part of the circle or wait for an unknown node directly."""
    startable = _startable(edges)
    reported = cycle | {name for name, before in edges.items() if any(up not in edges for up in before)}
    stuck = [name for name in edges if name not in startable and name not in reported]
    if stuck:
        place = Place(f"{prefix}{stuck[0]}", node_location(context.nodes[stuck[0]]), context)
        names = ", ".join(stuck[:10]) + (f" and {len(stuck) - 10} more" if len(stuck) > 10 else "")
        hint = "Repair the nodes they wait for."
        yield place.problem("UnreachableNodes", f"these nodes can never start: {names}", hint)
    if not startable and not cycle:
        place = Place(f"{prefix}nodes", None, context)
        yield place.problem(
            "NoEntryNodeFound", "the workflow has no node to start with", "Let at least one node wait for no other."
        )


def _startable(edges: Mapping[str, tuple[str, ...]]) -> set[str]:
    """The nodes whose upstream nodes can all end (Kahn's algorithm)."""
    waiting = {name: len(set(before)) for name, before in edges.items()}
    after: dict[str, list[str]] = {}
    for name, before in edges.items():
        for up in set(before):
            after.setdefault(up, []).append(name)
    ready = [name for name, count in waiting.items() if count == 0]
    done: set[str] = set()
    while ready:
        name = ready.pop()
        done.add(name)
        for each in after.get(name, ()):
            waiting[each] -= 1
            if waiting[each] == 0:
                ready.append(each)
    return done
