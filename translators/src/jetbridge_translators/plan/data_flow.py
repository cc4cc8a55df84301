"""Where the values come from that the nodes of a body are given."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, cast

from jetbridge.bindings import (
    Bind,
    Choice,
    EachOf,
    InputRef,
    JsonConstant,
    OutputRef,
    follow,
    map_operands,
    references,
    relocate,
    replaced,
)
from jetbridge_translators.plan.controls import nodes_of
from jetbridge_translators.plan.model import AnyNode, Approval, Body, Branch, Gate, MapNode, Output, Step, SubWorkflow
from jetbridge_translators.plan.sharing import Decided, closed, decided

UNBOUND = JsonConstant("null")
"""What an input is that nothing is bound to: only an Optional one can be so, and then it is None."""


def outputs_of(body: Body) -> tuple[Output, ...]:
    """The outputs of a body, bound to the tasks that make them; paths begin at the body's."""
    flow = data_flow(body)
    return tuple(Output(name=item.name, type=item.type, bind=flow.resolve(item.bind)) for item in body.outputs)


def data_flow(body: Body) -> DataFlow:
    """What references to the nodes of a body mean."""
    return _flow(body, {})


def _flow(body: Body, known: dict[int, DataFlow]) -> DataFlow:
    if id(body) not in known:
        nodes = tuple(nodes_of(body))
        by_id, by_path = {node.id: node for node in nodes}, {node.path: node for node in nodes}
        known[id(body)] = DataFlow(body, by_id, by_path, known, {})
    return known[id(body)]


@dataclass(frozen=True, slots=True, eq=False)
class DataFlow:
    """References between the nodes of one body, led to the tasks that make the values; paths begin at the body's.

    Attributes:
        body: The body.
        nodes: Its nodes by their ids.
        by_path: Its nodes by their paths.
        known: The flows of the bodies that were looked at, by the bodies' identities.
        branches: The outputs of branches that were asked for.
    """

    body: Body
    nodes: Mapping[str, AnyNode]
    by_path: Mapping[str, AnyNode]
    known: dict[int, DataFlow]
    branches: dict[tuple[str, str], Decided | None]

    def resolve(self, bind: Bind) -> Bind:
        """The binding without references to nodes that make no value themselves; inputs of the body stay."""
        return closed(self.trace(bind), self.decided)

    def trace(self, bind: Bind) -> Bind:
        """The same, with references to branches by their paths: `decided` says what they are."""
        return replaced(bind, self._traced)

    def decided(self, path: str, var: str) -> Decided | None:
        """What an output of a branch is, by the branch's path; None for what a node commits."""
        if (path, var) not in self.branches:
            self.branches[path, var] = self._found(path, var)
        return self.branches[path, var]

    def _traced(self, reference: InputRef | OutputRef) -> Bind:
        """A loop, because a value may be handed on by many sub-workflows and approvals."""
        bind: Bind = reference
        while isinstance(bind, OutputRef):
            node = self.nodes[bind.node]
            made = _MADE[type(node)](self, node, bind.var)
            if not isinstance(made, InputRef):
                return follow(made, bind.attr_path)
            bind = follow(node.args.get(made.name, UNBOUND), (*made.attr_path, *bind.attr_path))
        return bind if isinstance(bind, InputRef) else self.trace(bind)

    def of_step(self, node: Step, var: str) -> Bind:
        """What a task commits."""
        return OutputRef(node.path, var)

    def of_sub_workflow(self, node: SubWorkflow, var: str) -> Bind:
        """What a node of the sub-workflow makes, or which of its inputs it hands on."""
        bind = next(output.bind for output in node.body.outputs if output.name == var)
        source = self.inside(node).trace(bind)
        return source if isinstance(source, InputRef) else self._outside(node, source)

    def of_branch(self, node: Branch, var: str) -> Bind:
        """A name that `decided` explains."""
        return OutputRef(node.path, var)

    def of_map(self, node: MapNode, var: str) -> Bind:
        """What the elements commit; a map over what a map made has as many elements as that one."""
        over = node.over
        while isinstance(over, OutputRef) and not over.attr_path:
            maker = self.nodes[over.node]
            if not isinstance(maker, MapNode):
                break
            over = maker.over
        traced = self.trace(over)
        return EachOf(traced.over if isinstance(traced, EachOf) else traced, node.path, var, node.partial)

    def of_gate(self, node: Gate, var: str) -> Bind:
        """What a person gave, or what was approved."""
        return InputRef(var) if isinstance(node.wait, Approval) else OutputRef(node.path, var)

    def inside(self, node: SubWorkflow) -> DataFlow:
        """References between the nodes of a sub-workflow."""
        return _flow(node.body, self.known)

    def _outside(self, node: SubWorkflow, bind: Bind) -> Bind:
        """A binding inside of a sub-workflow, as this body sees it."""
        names = {each.name for each in references(bind) if isinstance(each, InputRef)}
        given = {name: self.trace(node.args.get(name, UNBOUND)) for name in sorted(names)}
        return relocate(bind, f"{node.path}/", given)

    def _found(self, path: str, var: str) -> Decided | None:
        own = self.by_path.get(path)
        if own is not None:
            return decided(self._choice(own, var)) if isinstance(own, Branch) else None
        node = self._around(path)
        if node is None:
            return None
        inside = self.inside(node).decided(path.removeprefix(f"{node.path}/"), var)
        return None if inside is None else decided(cast("Choice", self._outside(node, inside.choice)))

    def _around(self, path: str) -> SubWorkflow | None:
        """The sub-workflow that holds the node of a path."""
        parts = path.split("/")
        folders = (self.by_path.get("/".join(parts[:count])) for count in range(1, len(parts)))
        return next((node for node in folders if isinstance(node, SubWorkflow)), None)

    def _choice(self, node: Branch, var: str) -> Choice:
        cases = ((map_operands(case.condition, self.trace), self._taken(case.node, var)) for case in node.cases)
        return Choice(tuple(cases), None if node.otherwise is None else self._taken(node.otherwise, var))

    def _taken(self, node: AnyNode, var: str) -> Bind:
        return self._traced(OutputRef(node.id, var))


_MADE: Mapping[type, Callable[[DataFlow, Any, str], Bind]] = {
    Step: DataFlow.of_step,
    SubWorkflow: DataFlow.of_sub_workflow,
    Branch: DataFlow.of_branch,
    MapNode: DataFlow.of_map,
    Gate: DataFlow.of_gate,
}
"""Where an output of a node comes from; an `InputRef` is an input of that node, which it hands on."""
