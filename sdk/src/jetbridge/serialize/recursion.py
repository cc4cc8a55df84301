"""Workflows that call themselves, directly or through others: FlyteIDL's graphs are finite."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from jetbridge.array_node import ArrayNode
from jetbridge.compiler.graph import find_cycle
from jetbridge.errors import Problem
from jetbridge.graph import Graph
from jetbridge.launch_plan import LaunchPlan
from jetbridge.node import Node
from jetbridge.serialize.reachable import nodes_of
from jetbridge.workflow import AnyWorkflow
from jetbridge.workflow_base import WorkflowBase


def recursion(workflows: Sequence[AnyWorkflow], graph: Callable[[AnyWorkflow], Graph | None]) -> tuple[Problem, ...]:
    """A problem when workflows call each other in a circle.

    Args:
        workflows: Every workflow that is reached.
        graph: The graph of a workflow, None where it cannot be built.
    """
    calls = {workflow.name: dict(_calls(workflow)) for workflow in workflows if graph(workflow) is not None}
    cycle = find_cycle({name: tuple(called) for name, called in calls.items()})
    if not cycle:
        return ()
    node = calls[cycle[0]][cycle[1 % len(cycle)]]
    problem = Problem(
        code="CycleDetected",
        message=f"workflows call each other in a circle: {' → '.join([*cycle, cycle[0]])}",
        location=node.location,
        hint="Call the other one from a `@dynamic` task, which can stop, or remove the call.",
    )
    return (problem,)


def _calls(workflow: AnyWorkflow) -> Iterator[tuple[str, Node]]:
    for node in nodes_of(workflow):
        entity = node.entity
        target = entity.target if isinstance(entity, ArrayNode) else entity
        called = target.workflow if isinstance(target, LaunchPlan) else target
        if isinstance(called, WorkflowBase):
            yield called.name, node
