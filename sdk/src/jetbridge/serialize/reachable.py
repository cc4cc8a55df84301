"""What a workflow reaches: tasks, maps, workflows and launch plans, dependencies first."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from jetbridge.array_node import ArrayNode
from jetbridge.conditional import Branch
from jetbridge.entity import Entity
from jetbridge.launch_plan import LaunchPlan
from jetbridge.map_task import ArrayNodeMapTask
from jetbridge.node import Node
from jetbridge.reference import Reference
from jetbridge.task import AnyTask, PythonFunctionTask
from jetbridge.workflow import AnyWorkflow
from jetbridge.workflow_base import WorkflowBase


def nodes_of(workflow: AnyWorkflow) -> Iterator[Node]:
    """Every node of the workflow's own graph, those in branches and the failure node too. Raises `CompileError`."""
    graph = workflow.graph
    yield from _with_cases(graph.nodes)
    if graph.failure_node is not None:
        yield graph.failure_node


def _with_cases(nodes: tuple[Node, ...]) -> Iterator[Node]:
    for node in nodes:
        yield node
        if isinstance(node.entity, Branch):
            yield from _with_cases(tuple(case.node for case in node.entity.cases if case.node is not None))


def sub_workflows(workflow: AnyWorkflow) -> list[AnyWorkflow]:
    """The workflows that run as nodes of this one or of each other, sorted by name; not those of launch plans."""
    found: dict[str, AnyWorkflow] = {}
    waiting = [workflow]
    while waiting:
        for node in nodes_of(waiting.pop()):
            if isinstance(node.entity, WorkflowBase) and node.entity.name not in found:
                found[node.entity.name] = node.entity
                waiting.append(node.entity)
    return [inner for _, inner in sorted(found.items())]


@dataclass(frozen=True, slots=True)
class Reachable:
    """What a workflow reaches, each thing once, dependencies first.

    Attributes:
        entities: Tasks, maps, workflows, launch plans and references in the order of the nodes; the workflow is last.
        nodes: The nodes of all workflows among them.
    """

    entities: tuple[Entity, ...]
    nodes: tuple[Node, ...]

    @property
    def tasks(self) -> list[AnyTask]:
        """The tasks that run as nodes of their own, sorted by name."""
        return self._by_name(PythonFunctionTask)

    @property
    def maps(self) -> list[ArrayNodeMapTask]:
        """The maps, sorted by name; maps of one name are the same on the wire."""
        return self._by_name(ArrayNodeMapTask)

    @property
    def workflows(self) -> list[AnyWorkflow]:
        """The workflows, dependencies first; the one that reaches all is last."""
        return [entity for entity in self.entities if isinstance(entity, WorkflowBase)]

    @property
    def launch_plans(self) -> list[LaunchPlan]:
        """The launch plans that run as nodes, sorted by name."""
        return self._by_name(LaunchPlan)

    @property
    def references(self) -> list[Reference]:
        """What is registered elsewhere, sorted by name."""
        return self._by_name(Reference)

    def _by_name(self, kind: type[Any]) -> list[Any]:
        found: dict[str, Any] = {}
        for entity in self.entities:
            if isinstance(entity, kind):
                found.setdefault(entity.name, entity)
        return [entity for _, entity in sorted(found.items())]


def reachable(workflow: AnyWorkflow, attempt: Callable[[AnyWorkflow], object] | None = None) -> Reachable:
    """What a workflow reaches.

    Args:
        workflow: The workflow.
        attempt: Called with each workflow before its graph is read; a workflow for which it gives None is left out.

    Raises:
        CompileError: a graph cannot be built, and `attempt` let it pass.
    """
    walk = _Walk(attempt or (lambda inner: inner.graph))
    walk.visit(workflow)
    return Reachable(tuple(walk.found), tuple(walk.nodes))


class _Walk:
    """Depth first, so that dependencies come first; a workflow that reaches itself is visited once."""

    def __init__(self, attempt: Callable[[AnyWorkflow], object]) -> None:
        self.attempt = attempt
        self.found: list[Entity] = []
        self.nodes: list[Node] = []
        self._seen: set[int] = set()

    def visit(self, entity: Entity) -> None:
        if id(entity) in self._seen:
            return
        self._seen.add(id(entity))
        for kind in type(entity).__mro__:
            self._INNER.get(kind, _Walk._nothing)(self, entity)
        if not isinstance(entity, Branch | ArrayNode):
            self.found.append(entity)

    def _nothing(self, entity: Any) -> None:
        return

    def _workflow(self, workflow: AnyWorkflow) -> None:
        if self.attempt(workflow) is None:
            return
        for node in nodes_of(workflow):
            self.nodes.append(node)
            self.visit(node.entity)

    def _launch_plan(self, plan: LaunchPlan) -> None:
        self.visit(plan.workflow)

    def _array(self, mapped: ArrayNode) -> None:
        self.visit(mapped.target)

    _INNER: Mapping[type, Callable[[Any, Any], None]] = {
        WorkflowBase: _workflow,
        LaunchPlan: _launch_plan,
        ArrayNode: _array,
    }
