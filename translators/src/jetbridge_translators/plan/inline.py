"""A plan as one run of it sees it: absolute paths, and every reference to the task that makes the value."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from jetbridge.bindings import (
    Bind,
    Choice,
    EachOf,
    JsonConstant,
    ListOf,
    MapOf,
    OutputRef,
    follow,
    map_operands,
    relocate,
)
from jetbridge_translators.plan.controls import nodes_of
from jetbridge_translators.plan.model import (
    AnyNode,
    Approval,
    Body,
    Branch,
    Case,
    Gate,
    MapNode,
    Node,
    Output,
    Plan,
    Step,
    SubWorkflow,
)

UNBOUND = JsonConstant("null")
"""What an input is that nothing is bound to: only an Optional one can be so, and then it is None."""


def inline(plan: Plan) -> Plan:
    """The same tree for a translator that writes or runs every use of a workflow by itself.

    Paths begin at the run root, names hold those of the groups around them (`train.fit`), and no reference leads to a
    sub-workflow, a branch, a map or an approval, but to the tasks in them. Ids and `after` stay within their body.
    """
    inner = _instance(plan, "", "", {}).body()
    return replace(plan, nodes=inner.nodes, outputs=inner.outputs, failure_node=inner.failure_node)


def outputs_of(body: Body) -> tuple[Output, ...]:
    """The outputs of a body, bound to the tasks that make them; paths begin at the body's."""
    flow = data_flow(body)
    return tuple(Output(name=item.name, type=item.type, bind=flow.resolve(item.bind)) for item in body.outputs)


def data_flow(body: Body) -> DataFlow:
    """What references to the nodes of a body mean."""
    return DataFlow({node.id: node for node in nodes_of(body)})


def _bound(body: Body, given: Mapping[str, Bind]) -> Mapping[str, Bind]:
    return {item.name: given.get(item.name, UNBOUND) for item in body.inputs}


@dataclass(frozen=True, slots=True)
class DataFlow:
    """References between the nodes of one body, led to the tasks that make the values; paths begin at the body's."""

    nodes: Mapping[str, AnyNode]

    def resolve(self, bind: Bind) -> Bind:
        """The binding without references to nodes that make no value themselves; inputs of the body stay."""
        return _RESOLVE[type(bind)](self, bind) if type(bind) in _RESOLVE else bind

    def output(self, node: AnyNode, var: str) -> Bind:
        """Where an output of a node comes from."""
        return _OUTPUT[type(node)](self, node, var)

    def reference(self, bind: OutputRef) -> Bind:
        return follow(self.output(self.nodes[bind.node], bind.var), bind.attr_path)

    def list(self, bind: ListOf) -> Bind:
        return ListOf(tuple(map(self.resolve, bind.items)))

    def map(self, bind: MapOf) -> Bind:
        return MapOf(tuple((key, self.resolve(item)) for key, item in bind.entries))

    def step(self, node: Step, var: str) -> Bind:
        return OutputRef(node.path, var)

    def sub_workflow(self, node: SubWorkflow, var: str) -> Bind:
        bind = next(output.bind for output in node.body.outputs if output.name == var)
        given = {name: self.resolve(arg) for name, arg in node.args.items()}
        return relocate(data_flow(node.body).resolve(bind), f"{node.path}/", _bound(node.body, given))

    def branch(self, node: Branch, var: str) -> Bind:
        otherwise = None if node.otherwise is None else self.output(node.otherwise, var)
        for case in reversed(node.cases):
            otherwise = Choice(map_operands(case.condition, self.resolve), self.output(case.node, var), otherwise)
        assert otherwise is not None  # noqa: S101 -- a branch has at least one case
        return otherwise

    def map_node(self, node: MapNode, var: str) -> Bind:
        return EachOf(self.resolve(node.over), node.path, var, node.partial)

    def gate(self, node: Gate, var: str) -> Bind:
        if isinstance(node.wait, Approval):
            return self.resolve(node.args[var])
        return OutputRef(node.path, var)


@dataclass(frozen=True, slots=True)
class _Instance:
    """One use of a body: where its data lies, what its names begin with, and what its inputs are bound to."""

    source: Body
    flow: DataFlow
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

    def _bind(self, bind: Bind) -> Bind:
        return relocate(self.flow.resolve(bind), self.folder, self.given)

    def _node(self, node: AnyNode) -> AnyNode:
        return _PLACE[type(node)](self, self._placed(node))

    def _placed(self, node: Node) -> Any:
        args = {name: self._bind(bind) for name, bind in node.args.items()}
        return replace(node, path=self.folder + node.path, name=self.group + node.name, args=args)

    def leaf(self, node: AnyNode) -> AnyNode:
        return node

    def sub_workflow(self, node: SubWorkflow) -> AnyNode:
        inner = _instance(node.body, f"{node.path}/", f"{node.name}.", _bound(node.body, node.args))
        return replace(node, body=inner.body())

    def branch(self, node: Branch) -> AnyNode:
        cases = tuple(Case(map_operands(case.condition, self._bind), self._node(case.node)) for case in node.cases)
        otherwise = None if node.otherwise is None else self._node(node.otherwise)
        return replace(node, cases=cases, otherwise=otherwise)

    def map(self, node: MapNode) -> AnyNode:
        return replace(node, element=self._node(node.element))


def _instance(source: Body, folder: str, group: str, given: Mapping[str, Bind]) -> _Instance:
    return _Instance(source, data_flow(source), folder, group, given)


_RESOLVE: Mapping[type, Callable[[DataFlow, Any], Bind]] = {
    OutputRef: DataFlow.reference,
    ListOf: DataFlow.list,
    MapOf: DataFlow.map,
}


_OUTPUT: Mapping[type, Callable[[DataFlow, Any, str], Bind]] = {
    Step: DataFlow.step,
    SubWorkflow: DataFlow.sub_workflow,
    Branch: DataFlow.branch,
    MapNode: DataFlow.map_node,
    Gate: DataFlow.gate,
}


_PLACE: Mapping[type, Callable[[_Instance, Any], AnyNode]] = {
    Step: _Instance.leaf,
    Gate: _Instance.leaf,
    SubWorkflow: _Instance.sub_workflow,
    Branch: _Instance.branch,
    MapNode: _Instance.map,
}
