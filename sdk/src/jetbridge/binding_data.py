"""Values in a workflow's body as FlyteIDL bindings: promises, constants, and lists or maps that hold promises."""

from __future__ import annotations

import typing
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

from jetbridge.errors import StoreError, TypeTransformError
from jetbridge.idl import (
    BindingData,
    BindingDataCollection,
    BindingDataMap,
    Literal,
    OutputReference,
    PromiseAttribute,
)
from jetbridge.promise import Promise, promise_source
from jetbridge.types import TransformContext, literal_type, to_literal

if TYPE_CHECKING:
    from jetbridge.store import Progress, StoredObject


def bind_value(value: object, python_type: Any, context: TransformContext | None = None) -> BindingData:
    """The binding of a value to an input of a type.

    Args:
        value: A promise, a constant, or a list or dict of both.
        python_type: The input's type; not looked at for a promise.
        context: Where files of constants go: only a dynamic task, which runs on a worker, has such a place.

    Raises:
        TypeTransformError: a constant is not of the type, or is a local file.
    """
    if isinstance(value, Promise):
        return BindingData(promise=output_reference(value))
    if holds_promise(value):
        return _BIND[type(value)](value, python_type, context)
    declared = literal_type(python_type)
    return constant_binding(to_literal(context or CONSTANTS, value, python_type, declared))


def _bind_list(value: list[object], python_type: Any, context: TransformContext | None) -> BindingData:
    (element,) = typing.get_args(_container(python_type, list)) or (Any,)
    items = [bind_value(item, element, context) for item in value]
    return BindingData(collection=BindingDataCollection(bindings=items))


def _bind_dict(value: dict[str, object], python_type: Any, context: TransformContext | None) -> BindingData:
    _, element = typing.get_args(_container(python_type, dict)) or (str, Any)
    entries = {key: bind_value(item, element, context) for key, item in value.items()}
    return BindingData(map=BindingDataMap(bindings=entries))


_BIND: dict[type, Callable[[Any, Any, TransformContext | None], BindingData]] = {list: _bind_list, dict: _bind_dict}


def holds_promise(value: Any) -> bool:
    """Whether a value is a promise, or a list or dict with one inside."""
    if type(value) is list:
        return any(holds_promise(item) for item in typing.cast("list[object]", value))
    if type(value) is dict:
        return any(holds_promise(item) for item in typing.cast("dict[object, object]", value).values())
    return isinstance(value, Promise)


def output_reference(promise: Promise) -> OutputReference:
    """A promise on the wire; a workflow input has no node id."""
    node, var, path = promise_source(promise)
    attributes = [
        PromiseAttribute(int_value=attr) if isinstance(attr, int) else PromiseAttribute(string_value=attr)
        for attr in path
    ]
    return OutputReference(node_id="" if node is None else node.id, var=var, attr_path=attributes)


def constant_binding(literal: Literal) -> BindingData:
    """A constant as flytekit binds it: collections and maps element by element."""
    kind = literal.WhichOneof("value")
    if kind == "collection":
        items = [constant_binding(item) for item in literal.collection.literals]
        return BindingData(collection=BindingDataCollection(bindings=items))
    if kind == "map":
        entries = {key: constant_binding(item) for key, item in literal.map.literals.items()}
        return BindingData(map=BindingDataMap(bindings=entries))
    return BindingData(scalar=literal.scalar)


def _container(python_type: Any, kind: type) -> Any:
    """The list or dict type itself, or the one inside an Optional or Annotated."""
    if typing.get_origin(python_type) is kind:
        return python_type
    candidates = [arg for arg in typing.get_args(python_type) if typing.get_origin(arg) is kind]
    if not candidates:
        raise TypeTransformError(
            f"a {kind.__name__} of promises is bound, but the type is {python_type!r}",
            hint=f"Declare the input as a {kind.__name__}, or bind one promise.",
        )
    return candidates[0]


class _NoUploads:
    """The store while a workflow is built: constants are part of the package, so nothing can be uploaded for them."""

    def read(self, uri: str) -> bytes:
        raise self._refusal(uri)

    def write(self, uri: str, data: bytes, content_type: str = "") -> None:
        raise self._refusal(uri)

    def create(self, uri: str, data: bytes) -> bool:
        raise self._refusal(uri)

    def exists(self, uri: str) -> bool:
        raise self._refusal(uri)

    def list(self, prefix: str) -> Iterator[str]:
        raise self._refusal(prefix)

    def objects(self, prefix: str) -> Iterator[StoredObject]:
        raise self._refusal(prefix)

    def children(self, prefix: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
        raise self._refusal(prefix)

    def download(self, uri: str, path: Path, progress: Progress | None = None) -> None:
        raise self._refusal(uri)

    def upload(self, path: Path, uri: str, progress: Progress | None = None) -> None:
        raise self._refusal(str(path))

    def open_reader(self, uri: str) -> IO[bytes]:
        raise self._refusal(uri)

    def open_writer(self, uri: str) -> AbstractContextManager[IO[bytes]]:
        raise self._refusal(uri)

    def _refusal(self, name: str) -> StoreError:
        return StoreError(
            f"{name!r} cannot be a constant in a workflow, because its data is not part of the package",
            hint="Give it as a workflow input, or make it in a task.",
        )


CONSTANTS = TransformContext(store=_NoUploads(), raw_prefix="constant:", work_dir=Path())
