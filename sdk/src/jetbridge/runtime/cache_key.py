"""The key of a task's call in the cache: equal calls have equal keys on every back end and every version of Python.

A key is the SHA-256 of a JSON document (sorted keys, ASCII) of what Flyte's propeller looks at
(`nodes/catalog/datacatalog/transformer.go`, `catalog/hashing.go`); the digest itself is our own:

- the task's name, without project, domain and version, and its cache version without space around it;
- its interface, names and types, without descriptions and notes (`StripInterfaceTypeMetadata`);
- its inputs by name, without the ignored ones.

Of an input counts:

- its `Literal.hash` where it has one, at any depth: what a `HashMethod` made of the value;
- the URI of a file, a directory or a data frame, and not what is stored there;
- else the value. A union is the value in it, with the title of its type where that is a struct, because a back end
  that passes an input as JSON sees no union where none is needed. Dictionaries have no order.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any, cast

from google.protobuf.message import Message

from jetbridge.idl import Literal, LiteralType, TypedInterface, Variable
from jetbridge.types.annotated import CACHE_KEY
from jetbridge.types.binary import MSGPACK, binary_value, generic_value

_FORMAT = 1
"""Changes when keys are made in another way."""


def cache_key(
    task: str, version: str, interface: TypedInterface, inputs: Mapping[str, Literal], ignored: Collection[str] = ()
) -> str:
    """The key of a call, as 64 hexadecimal digits.

    Args:
        task: The task's name.
        version: The cache version that its author gave.
        interface: The task's interface.
        inputs: What it is called with.
        ignored: The inputs that do not matter.

    Raises:
        TypeTransformError: an input holds a struct that is broken.

    Example:
        >>> from jetbridge.idl import Primitive, Scalar
        >>> one = Literal(scalar=Scalar(primitive=Primitive(integer=1)))
        >>> key = cache_key("shop.total", "1", TypedInterface(), {"n": one})
        >>> key[:8], key == cache_key("shop.total", " 1 ", TypedInterface(), {"n": one, "m": one}, ["m"])
        ('5eab93e2', True)
    """
    document = {
        "format": _FORMAT,
        "task": task,
        "version": version.strip(),
        "interface": [_types(interface.inputs.variables), _types(interface.outputs.variables)],
        "inputs": {name: _literal(literal) for name, literal in inputs.items() if name not in ignored},
    }
    return hashlib.sha256(_text(document).encode()).hexdigest()


def _types(variables: Mapping[str, Variable]) -> dict[str, object]:
    return {name: _value(variables[name].type) for name in variables}


def _literal(literal: Literal) -> object:
    if literal.hash:
        return {"hash": literal.hash}
    kind = literal.WhichOneof("value")
    if kind == "collection":
        return {"list": [_literal(item) for item in literal.collection.literals]}
    if kind == "map":
        return {"map": {key: _literal(literal.map.literals[key]) for key in literal.map.literals}}
    if kind == "offloaded_metadata":
        return {"uri": literal.offloaded_metadata.uri}
    return _SCALARS.get(literal.scalar.WhichOneof("value") or "", _value)(literal)


def _union(literal: Literal) -> object:
    union = literal.scalar.union
    if union.value.scalar.WhichOneof("value") not in ("binary", "generic") or union.value.hash:
        return _literal(union.value)
    # Two dataclasses with equal fields are written alike: only the title of the type tells them apart.
    fields = union.type.metadata.fields
    return {"title": fields["title"].string_value if "title" in fields else "", "of": _literal(union.value)}


def _binary(literal: Literal) -> object:
    if literal.scalar.binary.tag != MSGPACK:
        return _value(literal.scalar.binary)
    return {"struct": _plain(binary_value(literal))}


_SCALARS: Mapping[str, Callable[[Literal], object]] = {
    "primitive": lambda literal: _value(literal.scalar.primitive),
    "none_type": lambda literal: None,
    "union": _union,
    "blob": lambda literal: {"uri": literal.scalar.blob.uri},
    "schema": lambda literal: {"uri": literal.scalar.schema.uri},
    "structured_dataset": lambda literal: {"uri": literal.scalar.structured_dataset.uri},
    "binary": _binary,
    "generic": lambda literal: {"generic": _plain(generic_value(literal))},
}


def _plain(value: object) -> object:
    """A value out of msgpack; its dictionaries may have keys of any kind, in any order."""
    if isinstance(value, dict):
        pairs = [[_plain(key), _plain(item)] for key, item in cast("dict[object, object]", value).items()]
        return {"pairs": sorted(pairs, key=lambda pair: _text(pair[0]))}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in cast("Sequence[object]", value)]
    return _value(value)


def _value(value: Any) -> object:
    """What JSON has no exact form for, in one: messages by what is set in them, floats and bytes by their bits."""
    if value is None or isinstance(value, bool | int | str):
        return value
    write = next((write for kind, write in _EXACT if isinstance(value, kind)), _other)
    return write(value)


def _message(message: Message) -> object:
    return {field.name: _value(item) for field, item in message.ListFields() if not _is_note(message, field.name)}


def _other(value: object) -> object:
    return {"other": repr(value)}


def _entries(entries: Mapping[object, object]) -> object:
    return {str(key): _value(entries[key]) for key in entries}


def _items(items: Sequence[object]) -> object:
    return [_value(item) for item in items]


_EXACT: tuple[tuple[type, Callable[[Any], object]], ...] = (
    (Message, _message),
    (float, lambda value: {"float": value.hex()}),
    (bytes, lambda value: {"bytes": value.hex()}),
    (Mapping, _entries),
    (Sequence, _items),
)


def _is_note(message: Message, field: str) -> bool:
    """Whether a field says something about a type that is no part of it."""
    if not isinstance(message, LiteralType):
        return False
    return field == "metadata" or (field == "annotation" and CACHE_KEY not in message.annotation.annotations.fields)


def _text(document: object) -> str:
    return json.dumps(document, sort_keys=True, separators=(",", ":"))
