"""Which node of Argo's status is which node of the plan."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from jetbridge_translators.argo.dag import no_case_task
from jetbridge_translators.argo.distinct import tasks_of
from jetbridge_translators.argo.fan import EACH, LOST
from jetbridge_translators.argo.scope import Scope, scope_of, task_names
from jetbridge_translators.plan.controls import nodes_of
from jetbridge_translators.plan.elements import element_step
from jetbridge_translators.plan.inline import inline
from jetbridge_translators.plan.model import AnyNode, Body, Branch, MapNode, Plan, SubWorkflow

_ELEMENT = re.compile(r"(?P<map>.+)\((?P<index>\d+):\d+\)")


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
        if match is None or match["map"] not in self.maps:
            return None
        return element_step(self.maps[match["map"]], int(match["index"]))


def places_of(plan: Plan) -> Places:
    """The places of a plan's nodes."""
    scopes = {body.name: scope_of(body, tasks) for tasks in (tasks_of(plan),) for body in tasks.bodies}
    found = dict(_nodes(inline(plan), scopes, ""))
    maps = {f"{name}.{EACH}": node for name, node in found.items() if isinstance(node, MapNode)}
    # What a map or a branch adds of its own: the tasks that fail in its name.
    lost = {f"{name}.{LOST}": node for name, node in found.items() if isinstance(node, MapNode)}
    plain = {name: node for name, node in found.items() if not isinstance(node, MapNode | SubWorkflow)}
    return Places({**plain, **lost}, maps)


def _nodes(body: Body, scopes: Mapping[str, Scope], prefix: str) -> Iterator[tuple[str, AnyNode]]:
    names = task_names(body)
    for node in nodes_of(body):
        name = prefix + (no_case_task(node, scopes[body.name]) if isinstance(node, Branch) else names[node.id])
        yield name, node
        if isinstance(node, SubWorkflow):
            yield from _nodes(node.body, scopes, f"{name}.")
