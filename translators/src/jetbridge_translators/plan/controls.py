"""Which values an engine must know: those that conditions compare, and the lengths of the lists that maps run over.

Each is traced from where it is used to the task that makes it: through branches, and out of and into sub-workflows.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import replace

from jetbridge.bindings import Bind, InputRef, OutputRef, follow
from jetbridge_translators.plan.conditions import operands
from jetbridge_translators.plan.model import (
    AnyNode,
    Approval,
    Body,
    Branch,
    Case,
    Control,
    Gate,
    MapNode,
    SubWorkflow,
    children,
)

VALUE, SIZE = "value", "size"


def with_controls(body: Body) -> Body:
    """The same body with the controls of every node, and of every body in it, filled in."""
    tracer = _Tracer(body)
    tracer.trace()
    return tracer.marked(body)


def nodes_of(body: Body) -> Iterator[AnyNode]:
    """Every node of a body, those in branches among them; the elements of maps and the nodes of sub-workflows not."""
    roots = body.nodes if body.failure_node is None else (*body.nodes, body.failure_node)
    for node in roots:
        yield from _inside(node)


def _inside(node: AnyNode) -> Iterator[AnyNode]:
    yield node
    if isinstance(node, Branch):
        for inner in children(node):
            yield from _inside(inner)


def bodies_of(body: Body) -> tuple[Body, ...]:
    """A body and all that it uses, each once, callers first."""
    found: dict[str, Body] = {}
    waiting = [body]
    while waiting:
        current = waiting.pop()
        if current.name not in found:
            found[current.name] = current
            waiting += [node.body for node in nodes_of(current) if isinstance(node, SubWorkflow)]
    return tuple(found.values())


class _Tracer:
    def __init__(self, root: Body) -> None:
        self._bodies = bodies_of(root)
        self._nodes: Mapping[str, Mapping[str, AnyNode]] = {
            body.name: {node.id: node for node in nodes_of(body)} for body in self._bodies
        }
        self._users: dict[str, list[tuple[Body, SubWorkflow]]] = defaultdict(list)
        for body in self._bodies:
            for node in nodes_of(body):
                if isinstance(node, SubWorkflow):
                    self._users[node.body.name].append((body, node))
        # Dictionaries, because they keep the order in which the controls are met.
        self._of_nodes: dict[tuple[str, str], dict[Control, None]] = defaultdict(dict)
        self._of_inputs: dict[str, dict[Control, None]] = defaultdict(dict)
        self._of_outputs: dict[str, dict[Control, None]] = defaultdict(dict)
        self._marked: dict[str, Body] = {}

    def trace(self) -> None:
        for body in self._bodies:
            for node in nodes_of(body):
                for bind, kind in asked_of(node):
                    self._follow(body, bind, kind)

    def _follow(self, body: Body, bind: Bind, kind: str) -> None:
        """From where a value is used to where it is made. A loop: maps over maps may be many."""
        waiting = [(body, bind, kind)]
        while waiting:
            place, found, kind = waiting.pop()
            waiting += reversed([(*source, kind) for source in self._sources(place, found, kind)])

    def _sources(self, body: Body, bind: Bind, kind: str) -> list[tuple[Body, Bind]]:
        if isinstance(bind, InputRef):
            return list(self._input(body, Control(kind, bind.name, bind.attr_path)))
        if isinstance(bind, OutputRef):
            return list(self._output(body, self._nodes[body.name][bind.node], Control(kind, bind.var, bind.attr_path)))
        return []

    def _input(self, body: Body, control: Control) -> Iterator[tuple[Body, Bind]]:
        if control in self._of_inputs[body.name]:
            return
        self._of_inputs[body.name][control] = None
        for caller, node in self._users[body.name]:
            if control.var in node.args:
                yield caller, follow(node.args[control.var], control.attr_path)

    def _output(self, body: Body, node: AnyNode, control: Control) -> Iterator[tuple[Body, Bind]]:
        known = self._of_nodes[body.name, node.id]
        if control in known:
            return
        known[control] = None
        for inside, bind in _sources(body, node, control):
            if inside.name != body.name:
                self._of_outputs[inside.name][control] = None
            yield inside, bind

    def marked(self, body: Body) -> Body:
        """The body with what was found; one that is used twice stays one."""
        if body.name not in self._marked:
            self._marked[body.name] = replace(
                body,
                nodes=tuple(self._node(body, node) for node in body.nodes),
                failure_node=None if body.failure_node is None else self._node(body, body.failure_node),
                controls=tuple(self._of_inputs[body.name]),
                exports=tuple(self._of_outputs[body.name]),
            )
        return self._marked[body.name]

    def _node(self, body: Body, node: AnyNode) -> AnyNode:
        return self._with_children(body, replace(node, controls=tuple(self._of_nodes[body.name, node.id])))

    def _with_children(self, body: Body, node: AnyNode) -> AnyNode:
        match node:
            case SubWorkflow():
                return replace(node, body=self.marked(node.body))
            case Branch():
                cases = tuple(Case(case.condition, self._node(body, case.node)) for case in node.cases)
                otherwise = None if node.otherwise is None else self._node(body, node.otherwise)
                return replace(node, cases=cases, otherwise=otherwise)
            case _:
                return node


def asked_of(node: AnyNode) -> Iterator[tuple[Bind, str]]:
    """What an engine must know to run a node."""
    match node:
        case Branch():
            yield from ((bind, VALUE) for case in node.cases for bind in operands(case.condition))
        case MapNode():
            yield from ((bind, SIZE) for bind in node.lists)
        case _:
            return


def _sources(body: Body, node: AnyNode, control: Control) -> Iterator[tuple[Body, Bind]]:
    """Where a node has a value from that it does not make itself."""
    match node:
        case SubWorkflow():
            outputs = {output.name: output.bind for output in node.body.outputs}
            yield node.body, follow(outputs[control.var], control.attr_path)
        case Branch():
            yield from ((body, OutputRef(inner.id, control.var, control.attr_path)) for inner in children(node))
        case Gate(wait=Approval()):
            yield body, follow(node.args[control.var], control.attr_path)
        case MapNode() if control.kind == SIZE:
            yield body, node.over
        case _:
            return
