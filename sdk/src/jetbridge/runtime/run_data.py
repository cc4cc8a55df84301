"""Reading a run's data: bindings to literals."""

from __future__ import annotations

import json
import operator
from collections.abc import Callable, Mapping
from functools import cached_property
from typing import Any, ClassVar, cast

from google.protobuf.message import DecodeError

from jetbridge.bindings import (
    AttrPath,
    Bind,
    EachOf,
    Failure,
    InputRef,
    JsonConstant,
    ListOf,
    MapOf,
    OutputRef,
    ProtoConstant,
)
from jetbridge.errors import BindingError
from jetbridge.idl import NONE, Literal, LiteralCollection, LiteralMap, LiteralType, Scalar, SimpleType, Void
from jetbridge.runtime.decisions import Decisions
from jetbridge.runtime.failed_run import failure_literal
from jetbridge.runtime.layout import inputs_uri, outputs_uri
from jetbridge.runtime.parallel import in_parallel
from jetbridge.store import ObjectNotFoundError, Store
from jetbridge.types.attributes import get_attribute, unwrapped, whole_number
from jetbridge.types.engine import fetched
from jetbridge.types.json_values import from_json


class MissingOutputsError(BindingError):
    """Raised when a node has not committed, or a run has no inputs."""


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
        self._decisions = Decisions(self.resolve)

    def resolve(self, bind: Bind, declared: LiteralType) -> Literal:
        """The literal that a binding means, for a variable of a type.

        Raises:
            BindingError: what it refers to does not exist.
            TypeTransformError: a constant is not of the type.
        """
        source = self._decisions.source(bind)
        return self._RESOLVE[type(source)](self, source, declared)

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
            raise MissingOutputsError(
                f"{missing} ({uri})", hint="Run the node first, or check that both use the same store and run root."
            ) from error
        except DecodeError as error:
            raise BindingError(f"{uri} is damaged: {error}", hint="Start a new run.") from error

    def _input(self, bind: InputRef, declared: LiteralType) -> Literal:
        return self._attribute(_pick(self.inputs, bind.name, "workflow input"), bind.attr_path, declared)

    def _output(self, bind: OutputRef, declared: LiteralType) -> Literal:
        found = _pick(self.outputs(bind.node), bind.var, f"output of {bind.node}")
        return self._attribute(found, bind.attr_path, declared)

    def _attribute(self, literal: Literal, path: AttrPath, declared: LiteralType) -> Literal:
        found = get_attribute(literal, path, self._fetched)
        return whole_number(found) if path and declared.simple == SimpleType.INTEGER else found

    def _fetched(self, literal: Literal) -> Literal:
        return fetched(self._store, literal)

    def _json(self, bind: JsonConstant, declared: LiteralType) -> Literal:
        return from_json(_constant(bind), declared)

    def _proto(self, bind: ProtoConstant, declared: LiteralType) -> Literal:
        try:
            return self._attribute(Literal.FromString(bind.data), bind.attr_path, declared)
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

    def _each(self, bind: EachOf, declared: LiteralType) -> Literal:
        paths = [f"{bind.node}/{index}" for index in range(self.size(bind.over))]
        literals = in_parallel(lambda path: self._element(path, bind), paths)
        return Literal(collection=LiteralCollection(literals=literals))

    def size(self, bind: Bind) -> int:
        """How many items a list has; that of a map task's outputs without reading them. Raises `BindingError`."""
        bind = self._decisions.source(bind)
        if isinstance(bind, EachOf):
            return self.size(bind.over)
        if isinstance(bind, ListOf):
            return len(bind.items)
        if isinstance(bind, JsonConstant):
            return len(_json_list(_constant(bind)))
        found = unwrapped(self._fetched(unwrapped(self.resolve(bind, _LIST))))
        return len(found.collection.literals) if found.HasField("collection") else len(_json_list(None))

    def _element(self, path: str, bind: EachOf) -> Literal:
        try:
            return _pick(self.outputs(path), bind.var, f"output of {path}")
        except MissingOutputsError:
            if bind.partial:
                return Literal(scalar=Scalar(none_type=Void()))
            raise

    def _failure(self, bind: Failure, declared: LiteralType) -> Literal:
        return failure_literal(self._store, self._run_root)

    _RESOLVE: ClassVar[dict[type, Callable[[RunData, Any, LiteralType], Literal]]] = {
        InputRef: _input,
        OutputRef: _output,
        JsonConstant: _json,
        ProtoConstant: _proto,
        EachOf: _each,
        Failure: _failure,
        ListOf: _list,
        MapOf: _map,
    }


_LIST = LiteralType(collection_type=LiteralType(simple=NONE))


def _json_list(value: object) -> list[object]:
    if isinstance(value, list):
        return cast("list[object]", value)
    raise BindingError("a map task is given something other than a list", hint="Give it a list.")


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


def _constant(bind: JsonConstant) -> object:
    """What the text means, or the part of it that is bound."""
    try:
        value = json.loads(bind.text)
        for attribute in bind.attr_path:
            value = _PARTS[type(value)](value, attribute)
    except (LookupError, TypeError, ValueError, RecursionError) as error:
        path = "".join(f"[{attribute!r}]" for attribute in bind.attr_path)
        raise BindingError(
            f"the constant {bind.text[:80]} has no value{path}", hint="Check the input's value."
        ) from error
    return value


_PARTS: dict[type, Callable[[Any, Any], Any]] = {dict: operator.getitem, list: operator.getitem}
