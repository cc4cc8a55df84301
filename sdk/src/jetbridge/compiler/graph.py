"""Edges, order and cycles of a workflow's nodes."""

from __future__ import annotations

from collections.abc import Mapping
from graphlib import CycleError, TopologicalSorter

from jetbridge.idl import BindingData
from jetbridge.idl_admin import Node


def promised_nodes(binding: BindingData) -> tuple[str, ...]:
    """The ids of the nodes whose outputs a binding takes, in order; workflow inputs are not nodes."""
    return _PROMISED.get(binding.WhichOneof("value") or "", _none)(binding)


def _none(binding: BindingData) -> tuple[str, ...]:
    return ()


def _promise(binding: BindingData) -> tuple[str, ...]:
    node_id = binding.promise.node_id
    return () if node_id in ("", "start-node") else (node_id,)


def _collection(binding: BindingData) -> tuple[str, ...]:
    return tuple(node for item in binding.collection.bindings for node in promised_nodes(item))


def _map(binding: BindingData) -> tuple[str, ...]:
    entries = binding.map.bindings
    return tuple(node for key in sorted(entries) for node in promised_nodes(entries[key]))


_PROMISED = {"promise": _promise, "collection": _collection, "map": _map}


def upstream_ids(node: Node) -> tuple[str, ...]:
    """The nodes that must have succeeded before: explicit order, then promises, each once."""
    promised = [node_id for binding in node.inputs for node_id in promised_nodes(binding.binding)]
    return tuple(dict.fromkeys([*node.upstream_node_ids, *promised]))


def find_cycle(edges: Mapping[str, tuple[str, ...]]) -> tuple[str, ...]:
    """Nodes that wait for each other in a circle; empty when there are none.

    Example:
        >>> find_cycle({"a": ("b",), "b": ("a",)})
        ('a', 'b')
    """
    try:
        topological_order(edges)
    except CycleError as error:
        circle: list[str] = error.args[1][:-1]
        start = circle.index(min(circle))
        return (*circle[start:], *circle[:start])
    return ()


def topological_order(edges: Mapping[str, tuple[str, ...]]) -> tuple[str, ...]:
    """Nodes with every node after those it waits for; among equals the order of the mapping.

    Raises:
        graphlib.CycleError: nodes wait for each other.
    """
    sorter = TopologicalSorter({node: [up for up in before if up in edges] for node, before in edges.items()})
    position = {node: index for index, node in enumerate(edges)}
    sorter.prepare()
    result: list[str] = []
    while sorter.is_active():
        ready = sorted(sorter.get_ready(), key=position.__getitem__)
        result.extend(ready)
        sorter.done(*ready)
    return tuple(result)
