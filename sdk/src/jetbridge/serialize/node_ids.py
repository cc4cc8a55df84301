"""The nodes' ids in a package: the author's names, and `n0`, `n1`, … anew inside each branch."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from jetbridge.errors import BindingError
from jetbridge.idl import Binding, BindingData
from jetbridge.node import Node


@dataclass(frozen=True, slots=True)
class NodeIds:
    """The public ids of the nodes that can be referred to, by the ids they have while the workflow is built.

    Nodes inside branches are not among them: nothing outside may take their outputs.
    """

    public: Mapping[str, str]

    @staticmethod
    def of(nodes: Iterable[Node]) -> NodeIds:
        """The ids of a workflow's own nodes."""
        return NodeIds({node.id: node.public_id for node in nodes})

    def __getitem__(self, node_id: str) -> str:
        """The public id. Raises `BindingError` for a node inside a branch."""
        if node_id not in self.public:
            raise BindingError(
                "an output of a call inside a branch is used outside of it",
                hint="Use what the whole `conditional(…)` gives: the outputs that all its branches have.",
            )
        return self.public[node_id]


def renamed_binding(binding: Binding, ids: NodeIds) -> Binding:
    """The same binding with the nodes' public ids."""
    return Binding(var=binding.var, binding=renamed(binding.binding, ids))


def renamed(binding: BindingData, ids: NodeIds) -> BindingData:
    """The same data with the nodes' public ids."""
    copy = BindingData()
    copy.CopyFrom(binding)
    kind = copy.WhichOneof("value")
    if kind == "promise" and copy.promise.node_id:
        copy.promise.node_id = ids[copy.promise.node_id]
    if kind == "collection":
        items = [renamed(item, ids) for item in binding.collection.bindings]
        del copy.collection.bindings[:]
        copy.collection.bindings.extend(items)
    if kind == "map":
        for key, item in binding.map.bindings.items():
            copy.map.bindings[key].CopyFrom(renamed(item, ids))
    return copy
