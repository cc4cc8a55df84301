"""What bindings mean once the outputs of the nodes before are known."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TypeAlias

from jetbridge.idl import Binding, BindingData, Literal, LiteralCollection, LiteralMap
from jetbridge.types.attributes import get_attribute

Literals: TypeAlias = Mapping[str, Literal]


def resolved(bindings: Sequence[Binding], results: Mapping[str, Literals]) -> dict[str, Literal]:
    """The literals that inputs or outputs are bound to.

    Args:
        bindings: What each of them is bound to.
        results: The outputs of the nodes by id, and the workflow's inputs under no name.
    """
    return {binding.var: resolve(binding.binding, results) for binding in bindings}


def resolve(binding: BindingData, results: Mapping[str, Literals]) -> Literal:
    """The literal that one binding means."""
    kind = binding.WhichOneof("value")
    if kind == "promise":
        reference = binding.promise
        path = tuple(
            attr.int_value if attr.WhichOneof("value") == "int_value" else attr.string_value
            for attr in reference.attr_path
        )
        return get_attribute(results[reference.node_id][reference.var], path)
    if kind == "collection":
        items = [resolve(item, results) for item in binding.collection.bindings]
        return Literal(collection=LiteralCollection(literals=items))
    if kind == "map":
        entries = {key: resolve(item, results) for key, item in binding.map.bindings.items()}
        return Literal(map=LiteralMap(literals=entries))
    return Literal(scalar=binding.scalar)
