"""FlyteIDL's bindings as the plan's."""

from __future__ import annotations

from collections.abc import Callable

from jetbridge.bindings import (
    AttrPath,
    Bind,
    InputRef,
    JsonConstant,
    ListOf,
    MapOf,
    OutputRef,
    ProtoConstant,
    json_text,
)
from jetbridge.compiler.graph import promised_nodes
from jetbridge.idl import BindingData, Literal, LiteralCollection, LiteralMap, LiteralType, OutputReference
from jetbridge.runtime.run_data import element_type
from jetbridge.types.json_codec import is_exact, to_json


def bind_of(binding: BindingData, declared: LiteralType | None) -> Bind:
    """The plan's form of a binding; what holds no promise becomes one constant. The type may be unknown."""
    if not _holds_promise(binding):
        return constant(literal_of(binding), declared)
    return _BIND[binding.WhichOneof("value") or ""](binding, declared)


def constant(literal: Literal, declared: LiteralType | None) -> Bind:
    """A constant: JSON where that says exactly the same for the type, else the literal's bytes."""
    if declared is not None and is_exact(literal, declared):
        return JsonConstant(json_text(to_json(literal)))
    return ProtoConstant(literal.SerializeToString(deterministic=True))


def literal_of(binding: BindingData) -> Literal:
    """The literal of a binding without promises."""
    kind = binding.WhichOneof("value")
    if kind == "collection":
        return Literal(collection=LiteralCollection(literals=[literal_of(b) for b in binding.collection.bindings]))
    if kind == "map":
        return Literal(map=LiteralMap(literals={key: literal_of(b) for key, b in binding.map.bindings.items()}))
    if kind == "offloaded_metadata":
        return Literal(offloaded_metadata=binding.offloaded_metadata)
    return Literal(scalar=binding.scalar)


def _holds_promise(binding: BindingData) -> bool:
    kind = binding.WhichOneof("value")
    if kind == "collection":
        return any(_holds_promise(item) for item in binding.collection.bindings)
    if kind == "map":
        return any(_holds_promise(item) for item in binding.map.bindings.values())
    return kind == "promise"


def _promise(binding: BindingData, declared: LiteralType | None) -> Bind:
    reference = binding.promise
    path = _path(reference)
    if not promised_nodes(binding):
        return InputRef(reference.var, path)
    return OutputRef(reference.node_id, reference.var, path)


def _path(reference: OutputReference) -> AttrPath:
    return tuple(
        attribute.int_value if attribute.WhichOneof("value") == "int_value" else attribute.string_value
        for attribute in reference.attr_path
    )


def _collection(binding: BindingData, declared: LiteralType | None) -> Bind:
    element = None if declared is None else element_type(declared, "collection_type")
    return ListOf(tuple(bind_of(item, element) for item in binding.collection.bindings))


def _map(binding: BindingData, declared: LiteralType | None) -> Bind:
    element = None if declared is None else element_type(declared, "map_value_type")
    entries = binding.map.bindings
    return MapOf(tuple((key, bind_of(entries[key], element)) for key in sorted(entries)))


_BIND: dict[str, Callable[[BindingData, LiteralType | None], Bind]] = {
    "promise": _promise,
    "collection": _collection,
    "map": _map,
}
