"""How far a run is, by what its nodes have left in the store: the same on every back end, and without the engine."""

from __future__ import annotations

from dataclasses import dataclass

from jetbridge.errors import BindingError, Location
from jetbridge.runtime.layout import error_uri, outputs_uri, waiting_uri
from jetbridge.runtime.run_data import RunData
from jetbridge.store import Store
from jetbridge_translators.plan.inline import inline
from jetbridge_translators.plan.model import AnyNode, Branch, MapNode, Plan, Step, SubWorkflow, walk

SUCCEEDED, FAILED, WAITING, OPEN = "succeeded", "failed", "waiting", "open"


@dataclass(frozen=True, slots=True)
class NodeState:
    """One node of a run.

    Attributes:
        path: Its path below the run root.
        name: The task that it runs, or its own name.
        state: `succeeded`, `failed` (an error and no outputs so far: it may be tried again), `waiting` (for a person),
            or `open`: not started, running, or of a branch that was not chosen.
        succeeded: How many elements of a map have succeeded; None for any other node.
        elements: How many elements a map has; None for any other node, and as long as its list is not made.
    """

    path: str
    name: str
    state: str
    location: Location | None
    succeeded: int | None = None
    elements: int | None = None


def node_states(store: Store, run_root: str, plan: Plan) -> tuple[NodeState, ...]:
    """The state of each task, map and gate of a run, in the order of the plan. Raises `StoreError`."""
    left = _Left(run_root, frozenset(store.list(run_root)), RunData(store, run_root))
    whole = inline(plan)
    roots = whole.nodes if whole.failure_node is None else (*whole.nodes, whole.failure_node)
    nodes = [node for node in walk(roots) if not isinstance(node, SubWorkflow | Branch)]
    elements = {id(node.element) for node in nodes if isinstance(node, MapNode)}
    return tuple(_state(node, left) for node in nodes if id(node) not in elements)


@dataclass(frozen=True, slots=True)
class _Left:
    """What a run has left: every object below its root."""

    run_root: str
    uris: frozenset[str]
    data: RunData

    def word(self, path: str) -> str:
        marks = {SUCCEEDED: outputs_uri, FAILED: error_uri, WAITING: waiting_uri}
        return next((word for word, uri in marks.items() if uri(self.run_root, path) in self.uris), OPEN)


def _state(node: AnyNode, left: _Left) -> NodeState:
    if isinstance(node, MapNode):
        return _map(node, left)
    name = node.template.id.name if isinstance(node, Step) else node.name
    return NodeState(node.path, name, left.word(node.path), node.location)


def _map(node: MapNode, left: _Left) -> NodeState:
    size = _size(node, left.data)
    words = [left.word(f"{node.path}/{index}") for index in range(size or 0)]
    done = words.count(SUCCEEDED)
    return NodeState(node.path, node.name, _all(node, words, size), node.location, done, size)


def _all(node: MapNode, words: list[str], size: int | None) -> str:
    """A map that may lose elements has succeeded when all have ended and enough of them well."""
    if size is None:
        return OPEN
    ended, done = words.count(SUCCEEDED) + words.count(FAILED), words.count(SUCCEEDED)
    wanted = node.min_successes if node.min_successes is not None else node.min_success_ratio * size
    if ended == size and done >= wanted:
        return SUCCEEDED
    return FAILED if FAILED in words and not node.partial else OPEN


def _size(node: MapNode, data: RunData) -> int | None:
    try:
        return data.size(node.over)
    except BindingError:
        return None  # the list is still to be made
