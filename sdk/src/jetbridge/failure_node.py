"""The node that runs when another node of the workflow has failed: `@workflow(on_failure=…)`."""

from __future__ import annotations

from collections.abc import Iterator

from jetbridge.entity import Entity
from jetbridge.errors import Location, Problem
from jetbridge.interface import Interface
from jetbridge.node import Node
from jetbridge.promise import Promise
from jetbridge.trace import Trace

FAILURE_NODE_PREFIX = "f"
"""flytekit's prefix: the failure node of a workflow is `fn0`."""


def failure_node(
    entity: Entity, workflow: Interface, location: Location | None
) -> tuple[Node | None, tuple[Problem, ...]]:
    """The node, bound to the workflow's inputs by name, and what is wrong with it (then there is no node)."""
    problems = tuple(_mismatches(entity, workflow, location))
    if problems:
        return None, problems
    trace = Trace(FAILURE_NODE_PREFIX)
    trace.call(entity, (), {name: Promise(None, name) for name in workflow.inputs})
    node = trace.nodes[0]
    node.location = location
    return node, tuple(trace.problems)


def _mismatches(entity: Entity, workflow: Interface, location: Location | None) -> Iterator[Problem]:
    """Flytekit's rule: every input of the workflow, of the same type; others must be optional."""
    inputs = entity.interface.inputs
    for name, variable in workflow.inputs.items():
        if name not in inputs or inputs[name].python_type != variable.python_type:
            kind = getattr(variable.python_type, "__name__", str(variable.python_type))
            yield Problem(
                code="MismatchingInterfaces",
                message=f"the failure node {entity.name!r} must take the workflow's input {name!r} of the same type",
                location=location,
                hint=f"Declare `{name}: {kind}` on the failure node.",
            )
    for name, variable in inputs.items():
        if name not in workflow.inputs and not variable.optional:
            yield Problem(
                code="MismatchingInterfaces",
                message=f"input {name!r} of the failure node {entity.name!r} is no input of the workflow",
                location=location,
                hint=f"Make `{name}` Optional, or take only the workflow's inputs.",
            )
