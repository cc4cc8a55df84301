"""A run as a graph: what the plan says, and what a reader of a back end's files must find there.

Sub-workflows are written out, and so are branches: each node that a branch may run stands for itself, with the
condition under which it runs. So a back end may use its engine's own means, and a reader need not guess intentions.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TypeAlias

SUCCEEDED, SKIPPED = "succeeded", "skipped"
Operand: TypeAlias = "tuple[object, ...]"
"""What a condition compares, or how many elements a map has: `("output", path, var, attributes)`,
`("input", name, attributes)`, `("const", value)`, `("size", operand)` of a list, or `("taken", operand, …)` for what
the one node of a branch that ran gives."""
Guard: TypeAlias = "tuple[object, ...]"
"""A condition: `("and", guard, …)`, `("or", …)`, `("not", guard)`, or `(operator, kind, operand, operand)`, in which
the kind is `int` (times too), `float`, `string` or `boolean`. Empty where there is none."""


@dataclass(frozen=True, slots=True)
class Edge:
    """A node that must have ended before, in one of these states."""

    path: str
    states: frozenset[str] = frozenset({SUCCEEDED})


@dataclass(frozen=True, slots=True, kw_only=True)
class Fan:
    """How a map spreads.

    Attributes:
        sizes: The lengths of the lists, each list once: how many elements there are, and what must be equal to it.
        mapped: The inputs of which each element gets its own item.
        parallelism: How many may run at a time; 0 for no limit.
        required: `("count", n)` or `("ratio", r)` of elements that must succeed; None for all.
    """

    sizes: tuple[Operand, ...]
    mapped: tuple[str, ...]
    parallelism: int = 0
    required: tuple[str, float] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class GraphNode:
    """A node of a run.

    Attributes:
        path: Where its data lies below the run root; that of a failing branch is the branch's.
        kind: `task`, `workflow`, `map`, `sleep`, `signal`, `approve`, or `fail` for a branch of which no case holds.
        runs: The task's name; empty for what runs none, or does not tell.
        args: The binding of each input of the task, sorted, as text.
        after: What it waits for, among the nodes of its own workflow.
        when: The condition under which it runs; empty for always.
        retries: How often another attempt may follow.
        seconds: The longest time of an attempt, or of waiting; how long a sleep lasts.
        fan: How a map spreads.
        handles: The path of the workflow whose failure it handles, empty for the run; None for all other nodes.
    """

    path: str
    kind: str
    runs: str = ""
    args: tuple[tuple[str, str], ...] = ()
    after: frozenset[Edge] = frozenset()
    when: Guard = ()
    retries: int = 0
    seconds: float | None = None
    fan: Fan | None = None
    handles: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Graph:
    """A run.

    Attributes:
        inputs: The names of the inputs that may be set, sorted.
        nodes: Sorted by path; a failing branch after its nodes.
        outputs: Where each output comes from, sorted, as binding texts.
    """

    inputs: tuple[str, ...]
    nodes: tuple[GraphNode, ...]
    outputs: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class ReadBack:
    """How a back end's files are read.

    Attributes:
        read: The graph of the files.
        rounded: A plan's graph with what the back end rounds, as its capability data says.
        unread: Features whose files are not read yet: workflows that use them are skipped.
    """

    read: Callable[[Mapping[str, bytes]], Graph]
    rounded: Callable[[Graph], Graph] = lambda graph: graph
    unread: frozenset[str] = frozenset()


def differences(expected: Graph, found: Graph) -> list[str]:
    """Where two graphs differ, one line for each field of each node."""
    lines = [
        f"{name}: {getattr(found, name)!r} instead of {getattr(expected, name)!r}"
        for name in ("inputs", "outputs")
        if getattr(found, name) != getattr(expected, name)
    ]
    ours, theirs = _by_place(expected), _by_place(found)
    for place in sorted(ours.keys() | theirs.keys()):
        lines += _node_differences(place, ours.get(place), theirs.get(place))
    return lines


def _by_place(graph: Graph) -> Mapping[tuple[str, str], GraphNode]:
    found = {(node.path, node.kind): node for node in graph.nodes}
    assert len(found) == len(graph.nodes), "two nodes at one place"
    return found


def _node_differences(place: tuple[str, str], ours: GraphNode | None, theirs: GraphNode | None) -> list[str]:
    if ours is None or theirs is None:
        return [f"{place}: {'is too much' if ours is None else 'is missing'}"]
    return [
        f"{place} {name}: {getattr(theirs, name)!r} instead of {getattr(ours, name)!r}"
        for name in GraphNode.__dataclass_fields__
        if getattr(ours, name) != getattr(theirs, name)
    ]
