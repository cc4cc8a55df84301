"""The graph of a plan."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, cast

from jetbridge.bindings import (
    Bind,
    Choice,
    Comparison,
    Condition,
    EachOf,
    InputRef,
    JsonConstant,
    ListOf,
    OutputRef,
    ProtoConstant,
    map_operands,
    relocate,
    render,
)
from jetbridge.idl import Literal, LiteralType
from jetbridge.runtime.control_values import VALUE, control_text
from jetbridge.types.attributes import get_attribute
from jetbridge.types.json_codec import from_json, to_json
from jetbridge_translators.plan.binds import constant
from jetbridge_translators.plan.elements import widened
from jetbridge_translators.plan.inline import inline
from jetbridge_translators.plan.model import (
    AnyNode,
    Approval,
    Body,
    Branch,
    Gate,
    MapNode,
    Plan,
    Sleep,
    Step,
    SubWorkflow,
)
from jetbridge_translators.work import BindingMacro, ContainerWork, JsonTree, PodWork, ResourceWork, SqlWork, Text
from tests.conformance.read_back.graph import SKIPPED, SUCCEEDED, Edge, Fan, Graph, GraphNode, Guard, Operand
from tests.conformance.read_back.normal import (
    binding_text,
    both,
    entrypoint_args,
    explained,
    failing,
    negated,
    sleeping,
    taken,
    task_name,
)

KINDS = {"integer": "int", "datetime": "int", "duration": "int", "none": "string"}
"""The kind of a comparison, by FlyteIDL's simple type; the others are called as there."""


def graph_of(plan: Plan) -> Graph:
    """The graph of a plan, as a run of it has it."""
    whole = inline(plan)
    fixed = {
        item.name: constant(item.default, item.type) for item in plan.inputs if item.fixed and item.default is not None
    }
    reader = _Reader(fixed)
    nodes = [*reader.body(whole, ""), *reader.failure(whole, "")]
    return Graph(
        inputs=tuple(sorted(item.name for item in plan.inputs if not item.fixed)),
        nodes=tuple(sorted(nodes, key=lambda node: (node.path, node.kind))),
        outputs=tuple(sorted((output.name, reader.text(output.bind)) for output in whole.outputs)),
    )


@dataclass(frozen=True, slots=True)
class _Reader:
    """Reads an inlined plan; `fixed` are the inputs that nobody may set."""

    fixed: Mapping[str, Bind]

    def text(self, bind: Bind) -> str:
        return binding_text(render(relocate(bind, "", self.fixed), {}))

    def body(self, body: Body, folder: str) -> Iterator[GraphNode]:
        ended = {node.id: frozenset(self._ended(node, folder, ())) for node in body.nodes}
        for node in body.nodes:
            after = frozenset(edge for before in node.after for edge in ended[before])
            yield from self.node(node, folder, after, ())

    def failure(self, body: Body, path: str) -> Iterator[GraphNode]:
        if body.failure_node is not None:
            for found in self.node(body.failure_node, f"{path}/" if path else "", frozenset(), ()):
                yield replace(found, handles=path) if found.path == body.failure_node.path else found

    def node(self, node: AnyNode, folder: str, after: frozenset[Edge], when: Guard) -> Iterator[GraphNode]:
        if isinstance(node, Branch):
            for inner, guard in self._cases(node):
                yield from self.node(inner, folder, after, both("and", when, guard))
            if node.otherwise is None:
                none = both("and", when, self._none(node))
                yield GraphNode(path=failing(folder, none), kind="fail", after=after, when=none)
            return
        yield replace(_PARTS[type(node)](self, node), path=_path(node, folder), after=after, when=when)
        if isinstance(node, SubWorkflow):
            yield from self.body(node.body, f"{node.path}/")
            yield from self.failure(node.body, node.path)

    def _cases(self, node: Branch) -> Iterator[tuple[AnyNode, Guard]]:
        tried: tuple[Guard, ...] = ()
        for case in node.cases:
            guard = self.guard(case.condition)
            yield case.node, both("and", *tried, guard)
            tried = (*tried, negated(guard))
        if node.otherwise is not None:
            yield node.otherwise, both("and", *tried)

    def _none(self, node: Branch) -> Guard:
        return both("and", *(negated(self.guard(case.condition)) for case in node.cases))

    def _ended(self, node: AnyNode, folder: str, when: Guard) -> Iterator[Edge]:
        """A branch has ended when each of its nodes has run or was skipped, and it did not fail."""
        if not isinstance(node, Branch):
            yield Edge(_path(node, folder), frozenset({SUCCEEDED, SKIPPED} if when else {SUCCEEDED}))
            return
        for inner, guard in self._cases(node):
            yield from self._ended(inner, folder, both("and", when, guard))
        if node.otherwise is None:
            yield Edge(failing(folder, both("and", when, self._none(node))), frozenset({SKIPPED}))

    def guard(self, condition: Condition) -> Guard:
        condition = map_operands(condition, lambda bind: explained(relocate(bind, "", self.fixed), {}))
        if isinstance(condition, Comparison):
            kind = KINDS.get(condition.kind, condition.kind)
            left, right = (_operand(bind, condition.kind) for bind in (condition.left, condition.right))
            return (condition.operator, kind, left, right)
        return both(condition.operator, self.guard(condition.left), self.guard(condition.right))

    def step(self, node: Step) -> GraphNode:
        return GraphNode(
            path=node.path,
            kind="task",
            runs=task_name(entrypoint_args(_strings(node))),
            args=tuple((name, self.text(node.args[name])) for name in _variables(node) if name in node.args),
            retries=node.retries,
            seconds=None if node.timeout is None else node.timeout.total_seconds(),
        )

    def sub_workflow(self, node: SubWorkflow) -> GraphNode:
        return GraphNode(path=node.path, kind="workflow")

    def map(self, node: MapNode) -> GraphNode:
        ratio = ("ratio", widened(node.min_success_ratio))
        required = ("count", float(node.min_successes)) if node.min_successes is not None else ratio
        fan = Fan(
            sizes=tuple(_size(explained(relocate(bind, "", self.fixed), {})) for bind in node.lists),
            mapped=tuple(name for name in node.mapped if name in _variables(node.element)),
            parallelism=node.parallelism,
            required=required if node.partial else None,
        )
        element = self.step(replace(node.element, args=node.args))
        return replace(element, path=node.path, kind="map", fan=fan)

    def gate(self, node: Gate) -> GraphNode:
        timeout = None if node.timeout is None else node.timeout.total_seconds()
        if isinstance(node.wait, Sleep):
            slept = node.wait.duration.total_seconds()
            return GraphNode(path=node.path, kind="sleep", seconds=slept if timeout is None else min(slept, timeout))
        kind = "approve" if isinstance(node.wait, Approval) else "signal"
        return GraphNode(path=node.path, kind=kind, seconds=timeout)


_PARTS: Mapping[type, Callable[[_Reader, Any], GraphNode]] = {
    Step: _Reader.step,
    SubWorkflow: _Reader.sub_workflow,
    MapNode: _Reader.map,
    Gate: _Reader.gate,
}


def _path(node: AnyNode, folder: str) -> str:
    return sleeping(folder, node.path) if isinstance(node, Gate) and isinstance(node.wait, Sleep) else node.path


def _operand(bind: Bind, kind: str) -> Operand:
    match bind:
        case OutputRef():
            return ("output", bind.node, bind.var, bind.attr_path)
        case InputRef():
            return ("input", bind.name, bind.attr_path)
        case Choice():
            others = () if bind.otherwise is None else (_operand(bind.otherwise, kind),)
            return taken(*(_operand(then, kind) for _, then in bind.cases), *others)
        case JsonConstant() | ProtoConstant():
            return ("const", _value(_literal(bind, LiteralType(simple=kind.upper()))))
        case _:
            raise AssertionError(f"a condition compares {bind}")


def _size(bind: Bind) -> Operand:
    match bind:
        case OutputRef() | InputRef():
            return ("size", _operand(bind, ""))
        case Choice():
            others = () if bind.otherwise is None else (_size(bind.otherwise),)
            return taken(*(_size(then) for _, then in bind.cases), *others)
        case EachOf():
            return _size(bind.over)
        case ListOf():
            return ("const", len(bind.items))
        case JsonConstant() if not bind.attr_path:
            return ("const", len(json.loads(bind.text)))
        case ProtoConstant():
            return ("const", len(get_attribute(Literal.FromString(bind.data), bind.attr_path).collection.literals))
        case _:
            raise AssertionError(f"a map runs over {bind}")


def _literal(bind: JsonConstant | ProtoConstant, declared: LiteralType) -> Literal:
    whole = from_json(json.loads(bind.text), declared) if isinstance(bind, JsonConstant) else None
    return get_attribute(whole or Literal.FromString(getattr(bind, "data", b"")), bind.attr_path)


def _value(literal: Literal) -> object:
    """A number, a text, or seconds: what the entrypoint would tell of it."""
    kind = literal.scalar.primitive.WhichOneof("value")
    return int(control_text(VALUE, literal)) if kind in ("datetime", "duration") else to_json(literal)


def _strings(step: Step) -> JsonTree:
    """All that the work's engine is given."""
    if isinstance(step.work, ResourceWork):
        return dict(step.work.manifest)
    work = _CONTAINER[type(step.work)](step.work) if type(step.work) in _CONTAINER else step.work
    return [*cast("ContainerWork", work).command, *cast("ContainerWork", work).args]


_CONTAINER: Mapping[type, Callable[[Any], ContainerWork]] = {
    SqlWork: lambda work: work.runner,
    PodWork: lambda work: work.main,
}


def _variables(step: Step) -> tuple[str, ...]:
    """The inputs that the work asks for, sorted."""
    parts = (part for text in _texts(_strings(step)) for part in text.parts)
    return tuple(sorted({part.var for part in parts if isinstance(part, BindingMacro)}))


def _texts(tree: JsonTree) -> Iterator[Text]:
    if isinstance(tree, Text):
        yield tree
    elif isinstance(tree, dict):
        yield from (text for item in tree.values() for text in _texts(item))
    elif isinstance(tree, list):
        yield from (text for item in tree for text in _texts(item))
