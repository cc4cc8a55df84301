"""What struct literals hold: msgpack, and the protobuf Struct that flytekit before 1.14 wrote."""

from __future__ import annotations

import importlib
from collections.abc import Mapping
from typing import Any, cast

from google.protobuf.struct_pb2 import Struct, Value

from jetbridge.errors import TypeTransformError
from jetbridge.idl import Binary, Literal, LiteralType, Scalar
from jetbridge.types.naming import type_name

MSGPACK = "msgpack"
_FORMAT = "cache-key-metadata"
"""The annotation in which flytekit 1.14 and later, and we, name the format of a struct's values."""


def _msgpack() -> Any:
    """Untyped, since msgpack has no type stubs; loaded with the first struct."""
    return importlib.import_module("msgpack")


def binary_value(literal: Literal) -> object:
    """The plain value inside a msgpack literal.

    Raises:
        TypeTransformError: the binary is of another format, or broken.
    """
    binary, msgpack = literal.scalar.binary, _msgpack()
    if binary.tag != MSGPACK:
        raise TypeTransformError(
            f"binary literal has the format {binary.tag!r}, expected {MSGPACK!r}",
            hint="Write it with flytekit 1.14 or later, or with Jetbridge.",
        )
    try:
        return msgpack.unpackb(binary.value, strict_map_key=False)
    except (ValueError, TypeError, RecursionError, MemoryError, OverflowError, msgpack.UnpackException) as error:
        raise TypeTransformError(
            f"msgpack literal of {len(binary.value)} bytes is broken: {error}", hint="Write the value again."
        ) from error


def generic_value(literal: Literal) -> object:
    """The plain value inside a protobuf Struct; all its numbers are floats."""
    return _struct_value(literal.scalar.generic)


def _struct_value(struct: Struct) -> dict[str, object]:
    return {key: _value(struct.fields[key]) for key in sorted(struct.fields)}


def _value(value: Value) -> object:
    kind = value.WhichOneof("kind")
    if kind == "struct_value":
        return _struct_value(value.struct_value)
    if kind == "list_value":
        return [_value(item) for item in value.list_value.values]
    return None if kind in (None, "null_value") else getattr(value, kind)


def writes_generic(declared: LiteralType) -> bool:
    """Whether a struct's type is flytekit's before 1.14, which reads a protobuf Struct alone.

    A package of any version has the schema of a dataclass; since msgpack a type also names the format of its values.
    """
    return bool(declared.metadata.fields) and _FORMAT not in declared.annotation.annotations.fields


def generic_literal(plain: Mapping[str, object]) -> Literal:
    """The protobuf Struct of a JSON object. Raises `TypeTransformError` for a value that JSON has not."""
    from google.protobuf.json_format import ParseDict, ParseError

    try:
        return Literal(scalar=Scalar(generic=ParseDict(dict(plain), Struct())))
    except (ParseError, ValueError, TypeError, RecursionError) as error:
        raise TypeTransformError(f"the value has no JSON form: {error}", hint="Give JSON.") from error


def plain_literal(plain: object, python_type: object = dict) -> Literal:
    """The msgpack literal of a value made of None, bool, int, float, str, bytes, list and dict.

    Raises:
        TypeTransformError: msgpack cannot hold the value.
    """
    try:
        data = cast("bytes", _msgpack().packb(plain, use_bin_type=True))
    except (TypeError, ValueError, OverflowError) as error:
        raise TypeTransformError(
            f"a value of type {type_name(python_type)} cannot be written as msgpack: {error}",
            hint="Use None, bool, int of at most 64 bits, float, str, bytes, list and dict, or a dataclass.",
        ) from error
    return Literal(scalar=Scalar(binary=Binary(value=data, tag=MSGPACK)))
