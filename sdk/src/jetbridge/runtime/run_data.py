"""Reading a run's data: bindings to literals."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from functools import cached_property
from typing import Any, ClassVar

from google.protobuf.message import DecodeError

from jetbridge.bindings import Bind, InputRef, JsonConstant, ListOf, MapOf, OutputRef, ProtoConstant
from jetbridge.errors import BindingError
from jetbridge.idl import Literal, LiteralCollection, LiteralMap, LiteralType
from jetbridge.runtime.layout import inputs_uri, outputs_uri
from jetbridge.store import ObjectNotFoundError, Store
from jetbridge.types.attributes import get_attribute
from jetbridge.types.json_codec import from_json


class RunData:
    """The inputs and committed outputs below one run root; each object is read once.

    Args:
        store: Where the data lies.
        run_root: URI of the run's folder.
    """

    def __init__(self, store: Store, run_root: str) -> None:
        self._store = store
        self._run_root = run_root
        self._outputs: dict[str, Mapping[str, Literal]] = {}

    def resolve(self, bind: Bind, declared: LiteralType) -> Literal:
        """The literal that a binding means, for a variable of a type.

        Raises:
            BindingError: what it refers to does not exist.
            TypeTransformError: a constant is not of the type.
        """
        return self._RESOLVE[type(bind)](self, bind, declared)

    @cached_property
    def inputs(self) -> Mapping[str, Literal]:
        """The workflow's inputs. Raises `BindingError` when the back end wrote none."""
        return self._read(inputs_uri(self._run_root), "this run has no inputs.pb").literals

    def outputs(self, node_path: str) -> Mapping[str, Literal]:
        """A node's committed outputs. Raises `BindingError` when there are none."""
        if node_path not in self._outputs:
            uri = outputs_uri(self._run_root, node_path)
            self._outputs[node_path] = self._read(uri, f"node {node_path!r} has no committed outputs").literals
        return self._outputs[node_path]

    def _read(self, uri: str, missing: str) -> LiteralMap:
        try:
            return LiteralMap.FromString(self._store.read(uri))
        except ObjectNotFoundError as error:
            raise BindingError(
                f"{missing} ({uri})", hint="Run the node first, or check that both use the same store and run root."
            ) from error
        except DecodeError as error:
            raise BindingError(f"{uri} is damaged: {error}", hint="Start a new run.") from error

    def _input(self, bind: InputRef, declared: LiteralType) -> Literal:
        return get_attribute(_pick(self.inputs, bind.name, "workflow input"), bind.attr_path)

    def _output(self, bind: OutputRef, declared: LiteralType) -> Literal:
        found = _pick(self.outputs(bind.node), bind.var, f"output of {bind.node}")
        return get_attribute(found, bind.attr_path)

    def _json(self, bind: JsonConstant, declared: LiteralType) -> Literal:
        return from_json(_follow(json.loads(bind.text), bind), declared)

    def _proto(self, bind: ProtoConstant, declared: LiteralType) -> Literal:
        try:
            return Literal.FromString(bind.data)
        except DecodeError as error:
            raise BindingError(
                "a `pb:` binding is no FlyteIDL literal", hint="Translate the workflow again."
            ) from error

    def _list(self, bind: ListOf, declared: LiteralType) -> Literal:
        element = element_type(declared, "collection_type")
        return Literal(collection=LiteralCollection(literals=[self.resolve(item, element) for item in bind.items]))

    def _map(self, bind: MapOf, declared: LiteralType) -> Literal:
        element = element_type(declared, "map_value_type")
        return Literal(map=LiteralMap(literals={key: self.resolve(item, element) for key, item in bind.entries}))

    _RESOLVE: ClassVar[dict[type, Callable[[RunData, Any, LiteralType], Literal]]] = {
        InputRef: _input,
        OutputRef: _output,
        JsonConstant: _json,
        ProtoConstant: _proto,
        ListOf: _list,
        MapOf: _map,
    }


def element_type(declared: LiteralType, kind: str) -> LiteralType:
    """The element type of a list or map, also inside an Optional. Raises `BindingError` for another type."""
    for candidate in (declared, *declared.union_type.variants):
        if candidate.WhichOneof("type") == kind:
            return getattr(candidate, kind)
    raise BindingError("a list or map is bound to an input of another type", hint="Check the task's annotations.")


def _pick(literals: Mapping[str, Literal], name: str, what: str) -> Literal:
    if name not in literals:
        raise BindingError(
            f"there is no {what} {name!r}", hint=f"There is: {', '.join(sorted(literals)) or 'nothing'}."
        )
    return literals[name]


def _follow(value: Any, bind: JsonConstant) -> object:
    for attribute in bind.attr_path:
        try:
            value = value[attribute]
        except (LookupError, TypeError) as error:
            raise BindingError(
                f"there is no {attribute!r} in {bind.text[:80]}", hint="Check the input's value."
            ) from error
    return value
