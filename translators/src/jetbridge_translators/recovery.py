"""Recovery: which outputs of an earlier run hold for a new one, and how they come there."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from jetbridge.errors import BindingError, UsageError
from jetbridge.runtime.layout import outputs_uri
from jetbridge.runtime.parallel import in_parallel
from jetbridge.runtime.run_data import RunData
from jetbridge.store import Store
from jetbridge_translators.plan.committed import Committed
from jetbridge_translators.plan.inline import inline
from jetbridge_translators.plan.model import AnyNode, Gate, MapNode, Plan, Step, walk

_OUTPUTS = "/outputs.pb"
_OF_ATTEMPTS = re.compile(r"/(attempts|checkpoints)/")


def committed_paths(store: Store, run_root: str) -> frozenset[str]:
    """The paths of all nodes of a run that have outputs. Raises `StoreError`."""
    start = len(run_root) + 1
    found = (uri[start:] for uri in store.list(run_root) if uri.endswith(_OUTPUTS))
    return frozenset(path.removesuffix(_OUTPUTS) for path in found if not _OF_ATTEMPTS.search(f"/{path}"))


def read_committed(store: Store, run_root: str, plan: Plan) -> Committed:
    """What of a plan a run root holds already. Raises `StoreError`."""
    paths = committed_paths(store, run_root)
    nodes = tuple(_nodes(plan))
    data = RunData(store, run_root)
    asked = [node.path for node in nodes if isinstance(node, Step) and node.controls and node.path in paths]
    outputs = dict(zip(asked, in_parallel(data.outputs, asked), strict=True))
    return Committed(paths, outputs, dict(_sizes(data, nodes)))


def _sizes(data: RunData, nodes: Iterable[AnyNode]) -> Iterable[tuple[str, int]]:
    for node in nodes:
        if isinstance(node, MapNode):
            try:
                yield node.path, data.size(node.over)
            except BindingError:
                continue  # the list is still to be made


def _nodes(plan: Plan) -> Iterable[AnyNode]:
    plain = inline(plan)
    roots = plain.nodes if plain.failure_node is None else (*plain.nodes, plain.failure_node)
    return walk(roots)


def take_over(store: Store, old_root: str, new_root: str, paths: Iterable[str]) -> None:
    """Copies commits into a new run root; files and tables stay where the earlier run wrote them."""

    def copy(path: str) -> None:
        store.write(outputs_uri(new_root, path), store.read(outputs_uri(old_root, path)))

    in_parallel(copy, sorted(paths))


def check_unchanged(old: Plan, new: Plan, paths: Iterable[str]) -> None:
    """Outputs are those of another workflow when the node that made them has changed.

    The code of a task may have changed: its author mends what failed.

    Raises:
        UsageError: a node with outputs is gone, runs another task, or is given something else.
    """
    before, after = _signatures(old), _signatures(new)
    changed = sorted({path for path in paths if _owner(path, before) != _owner(path, after)})
    if changed:
        raise UsageError(
            f"the workflow {new.name!r} has changed at nodes that have outputs: {', '.join(changed)}",
            hint="Run the new workflow from its start with `jetbridge run`, or recover with the earlier code.",
        )


def _signatures(plan: Plan) -> Mapping[str, object]:
    return {node.path: _signature(node) for node in _nodes(plan) if isinstance(node, Step | MapNode | Gate)}


def _signature(node: Step | MapNode | Gate) -> object:
    args = dict(node.args)
    if isinstance(node, Gate):
        return (args, node.wait)
    template = node.element.template if isinstance(node, MapNode) else node.template
    return (args, template.id.name, template.interface.SerializeToString(deterministic=True))


def _owner(path: str, signatures: Mapping[str, object]) -> object:
    """The node whose data lies there: itself, the map of an element, or the dynamic task that made the node."""
    while path and path not in signatures:
        path = path.rpartition("/")[0]
    return signatures.get(path)
