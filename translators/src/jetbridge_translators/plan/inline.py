"""A plan as one run of it sees it: absolute paths, and every reference to the task that makes the value."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from jetbridge.bindings import Bind, map_operands, relocate
from jetbridge_translators.plan.data_flow import UNBOUND, DataFlow, data_flow
from jetbridge_translators.plan.model import (
    AnyNode,
    Body,
    Branch,
    Case,
    MapNode,
    Output,
    Plan,
    SubWorkflow,
)
from jetbridge_translators.plan.sharing import closed


def inline(plan: Plan) -> Plan:
    """The same tree for a translator that writes or runs every use of a workflow by itself.

    Paths begin at the run root, names hold those of the groups around them (`train.fit`), and references lead to the
    tasks that make the values; what a branch gives is told with its conditions (`plan.sharing`). Ids and `after` stay
    within their body.
    """
    flow = data_flow(plan)
    inner = _Instance(plan, flow, flow, "", "", {}).body()
    return replace(plan, nodes=inner.nodes, outputs=inner.outputs, failure_node=inner.failure_node)


@dataclass(frozen=True, slots=True)
class _Instance:
    """One use of a body.

    Attributes:
        source: The body.
        flow: References between its nodes.
        root: References between the nodes of the whole plan.
        folder: Where its data lies.
        group: What its names begin with.
        given: What its inputs are bound to, as the whole plan sees it.
    """

    source: Body
    flow: DataFlow
    root: DataFlow
    folder: str
    group: str
    given: Mapping[str, Bind]

    def body(self) -> Body:
        failure = self.source.failure_node
        outputs = (
            Output(name=output.name, type=output.type, bind=self._bind(output.bind)) for output in self.source.outputs
        )
        return replace(
            self.source,
            nodes=tuple(map(self._node, self.source.nodes)),
            outputs=tuple(outputs),
            failure_node=None if failure is None else self._node(failure),
        )

    def _traced(self, bind: Bind) -> Bind:
        return relocate(self.flow.trace(bind), self.folder, self.given)

    def _bind(self, bind: Bind) -> Bind:
        return closed(self._traced(bind), self.root.decided)

    def _node(self, node: AnyNode) -> AnyNode:
        args = {name: self._bind(bind) for name, bind in node.args.items()}
        placed = replace(node, path=self.folder + node.path, name=self.group + node.name, args=args)
        return _HELD[type(node)](self, node, placed) if type(node) in _HELD else placed

    def sub_workflow(self, node: SubWorkflow, placed: SubWorkflow) -> AnyNode:
        given = {item.name: self._traced(node.args.get(item.name, UNBOUND)) for item in node.body.inputs}
        flow = self.flow.inside(node)
        inner = _Instance(node.body, flow, self.root, f"{placed.path}/", f"{placed.name}.", given)
        return replace(placed, body=inner.body())

    def branch(self, node: Branch, placed: Branch) -> AnyNode:
        cases = tuple(Case(map_operands(case.condition, self._bind), self._node(case.node)) for case in node.cases)
        otherwise = None if node.otherwise is None else self._node(node.otherwise)
        return replace(placed, cases=cases, otherwise=otherwise)

    def map(self, node: MapNode, placed: MapNode) -> AnyNode:
        return replace(placed, element=self._node(node.element))


_HELD: Mapping[type, Callable[[_Instance, Any, Any], AnyNode]] = {
    SubWorkflow: _Instance.sub_workflow,
    Branch: _Instance.branch,
    MapNode: _Instance.map,
}
"""How a node is placed that holds others."""
