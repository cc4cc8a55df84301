"""A plan of which some nodes have their outputs already, from an earlier run: such a task needs no pod."""

from __future__ import annotations

from collections.abc import Mapping, Set
from dataclasses import dataclass, replace
from typing import Any

from jetbridge.idl import Literal
from jetbridge.runtime.control_values import control_text
from jetbridge.types.attributes import get_attribute
from jetbridge_translators.plan.model import AnyNode, Body, Branch, Case, MapNode, Plan, Step, SubWorkflow
from jetbridge_translators.work import ContainerWork


@dataclass(frozen=True, slots=True, kw_only=True)
class CommittedWork(ContainerWork):
    """The work of a task whose outputs are there: none.

    Attributes:
        told: What the engine must know of the outputs: the text of each of the step's controls, in their order.
    """

    told: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Committed:
    """What an earlier run has left.

    Attributes:
        paths: The nodes with outputs, as paths below the run root; each element of a map has its own.
        outputs: The outputs of those of which an engine must know something.
        sizes: How many elements a map has, by its path, where that can be told.
    """

    paths: Set[str]
    outputs: Mapping[str, Mapping[str, Literal]]
    sizes: Mapping[str, int]


def with_committed(plan: Plan, committed: Committed) -> Plan:
    """The same plan, with `CommittedWork` where nothing is left to do: for tasks, and for maps that lack no element.

    Uses of one workflow that differ in this have a body each, so that each other use stays as it is.
    """
    place = _Place(committed, "")
    failure = None if plan.failure_node is None else place.node(plan.failure_node)
    return replace(plan, nodes=tuple(map(place.node, plan.nodes)), failure_node=failure)


@dataclass(frozen=True, slots=True)
class _Place:
    """One use of a body: where its data lies."""

    committed: Committed
    folder: str

    def node(self, node: AnyNode) -> AnyNode:
        match node:
            case Step():
                return self._step(node)
            case SubWorkflow():
                return replace(node, body=_Place(self.committed, f"{self.folder}{node.path}/").body(node.body))
            case Branch():
                return self._branch(node)
            case MapNode():
                return self._map(node)
            case _:
                return node

    def body(self, body: Body) -> Body:
        nodes = tuple(map(self.node, body.nodes))
        failure = None if body.failure_node is None else self.node(body.failure_node)
        if nodes == body.nodes and failure == body.failure_node:
            return body
        name = f"{body.name}.{self.folder.rstrip('/').replace('/', '.')}"
        return replace(body, name=name, nodes=nodes, failure_node=failure)

    def _step(self, step: Step) -> Step:
        path = self.folder + step.path
        if path not in self.committed.paths:
            return step
        outputs = self.committed.outputs.get(path, {})
        controls = ((each.kind, get_attribute(outputs[each.var], each.attr_path)) for each in step.controls)
        return replace(step, work=_nothing(tuple(control_text(kind, literal) for kind, literal in controls)))

    def _branch(self, node: Branch) -> Branch:
        cases = tuple(Case(case.condition, self.node(case.node)) for case in node.cases)
        return replace(node, cases=cases, otherwise=None if node.otherwise is None else self.node(node.otherwise))

    def _map(self, node: MapNode) -> MapNode:
        path = self.folder + node.path
        size = self.committed.sizes.get(path)
        if size is None or any(f"{path}/{index}" not in self.committed.paths for index in range(size)):
            return node
        return replace(node, element=replace(node.element, work=_nothing(())))


def _nothing(told: tuple[str, ...]) -> CommittedWork:
    empty: dict[str, Any] = {"image": "", "command": (), "args": ()}
    return CommittedWork(**empty, told=told)
