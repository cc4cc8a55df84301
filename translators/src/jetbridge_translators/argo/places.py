"""Which node of Argo's status is which node of the plan."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from jetbridge_translators.argo.dag import no_case_task
from jetbridge_translators.argo.fan import EACH, LOST, RUN, UNEQUAL
from jetbridge_translators.argo.parts import in_one_dag, parts_of
from jetbridge_translators.argo.task_names import task_names
from jetbridge_translators.plan.controls import nodes_of
from jetbridge_translators.plan.elements import element_step
from jetbridge_translators.plan.inline import inline
from jetbridge_translators.plan.model import AnyNode, Body, Branch, MapNode, Plan, SubWorkflow

_FAILING = (LOST, UNEQUAL)
_ELEMENT = re.compile(rf"(?P<map>.+)\((?P<index>\d+):\d+\)(?P<inside>\.{RUN})?")


@dataclass(frozen=True, slots=True)
class Places:
    """The plan's nodes by the names that Argo gives theirs, without the Workflow's own.

    Attributes:
        nodes: `n1.n0` is the node `n0` of the sub-workflow `n1`.
        maps: `n2.each` holds the elements of the map `n2`, as `n2.each(0:0)`, …
    """

    nodes: Mapping[str, AnyNode]
    maps: Mapping[str, MapNode]

    def find(self, name: str) -> AnyNode | None:
        """The plan's node; None for what Argo has for itself, such as the DAG of a sub-workflow."""
        if name in self.nodes:
            return self.nodes[name]
        match = _ELEMENT.fullmatch(name)
        node = self.maps.get(match["map"]) if match is not None else None
        if match is None or node is None or node.partial != bool(match["inside"]):
            return None
        return element_step(node, int(match["index"]))


def places_of(plan: Plan) -> Places:
    """The places of a plan's nodes."""
    found = dict(_nodes(inline(plan), ""))
    maps = {f"{name}.{EACH}": node for name, node in found.items() if isinstance(node, MapNode)}
    # What a map adds of its own: the tasks that fail in its name.
    lost = {f"{name}.{task}": node for name, node in found.items() if isinstance(node, MapNode) for task in _FAILING}
    plain = {name: node for name, node in found.items() if not isinstance(node, MapNode | SubWorkflow)}
    return Places({**plain, **lost}, maps)


def _nodes(body: Body, prefix: str) -> Iterator[tuple[str, AnyNode]]:
    names = task_names(body)
    parts = {node.id: f"{part.name}." for part in parts_of(body) for root in part.nodes for node in in_one_dag(root)}
    for node in nodes_of(body):
        name = prefix + parts.get(node.id, "") + names[node.id]
        yield no_case_task(name) if isinstance(node, Branch) else name, node
        if isinstance(node, SubWorkflow):
            yield from _nodes(node.body, f"{name}.")
