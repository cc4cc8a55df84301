"""Literals as JSON: constants in bindings, `--json` output, inputs files."""

from __future__ import annotations

import base64
import json
import math
from collections.abc import Callable
from typing import Any, cast

from google.protobuf.duration_pb2 import Duration
from google.protobuf.timestamp_pb2 import Timestamp

from jetbridge.bindings import json_text
from jetbridge.errors import TypeTransformError
from jetbridge.idl import (
    Blob,
    BlobMetadata,
    Literal,
    LiteralCollection,
    LiteralMap,
    LiteralType,
    Primitive,
    Scalar,
    Schema,
    SimpleType,
    StructuredDataset,
    StructuredDatasetMetadata,
    StructuredDatasetType,
    Union,
    Void,
)
from jetbridge.types.binary import binary_value, generic_literal, generic_value, plain_literal, writes_generic
from jetbridge.types.collection import within
from jetbridge.types.describe import describe
from jetbridge.types.naming import literal_kind, short
from jetbridge.types.primitive import INT64

_SPECIAL_FLOATS = {"NaN": math.nan, "Infinity": math.inf, "-Infinity": -math.inf}


def from_json(value: object, declared: LiteralType) -> Literal:
    """The literal that a JSON value means for a declared type.

    Args:
        value: What `json.loads` gives.
        declared: The type. Points in time and durations are text (`2026-01-31T08:00:00Z`, `90s`); files,
            directories and data frames are URIs; NaN and the infinities may be text.

    Raises:
        TypeTransformError: the value is of another type; the message names both and the place.
    """
    reader = _READ.get(declared.WhichOneof("type"))
    if reader is None:
        raise _wrong(value, declared, "This type cannot be given as JSON.")
    return reader(value, declared)


def to_json(literal: Literal) -> object:
    """The JSON value of a literal, for people and machines to read.

    Blobs and data frames are their URIs, structs their plain values, points in time RFC 3339 in UTC, durations
    `5400s`; NaN and the infinities are text, since JSON has none.

    Raises:
        TypeTransformError: the literal is empty, or a struct in it is broken.
    """
    kind = literal.WhichOneof("value")
    if kind == "collection":
        return [to_json(item) for item in literal.collection.literals]
    if kind == "map":
        return {key: to_json(literal.map.literals[key]) for key in sorted(literal.map.literals)}
    if kind == "offloaded_metadata":
        return literal.offloaded_metadata.uri
    writer = _WRITE.get(literal.scalar.WhichOneof("value") or "")
    if writer is None:
        raise TypeTransformError(f"{literal_kind(literal)} has no JSON value", hint="Write the value again.")
    return writer(literal)


def is_exact(literal: Literal, declared: LiteralType) -> bool:
    """Whether a literal survives being written as JSON text and read again by the declared type, bit by bit."""
    try:
        again = from_json(json.loads(json_text(to_json(literal))), declared)
    except (TypeTransformError, ValueError, RecursionError):
        return False
    if literal.scalar.HasField("none_type"):
        # Flytekit, and we, write the default None of an Optional without the union around it.
        again = again.scalar.union.value if again.scalar.HasField("union") else again
    return again.SerializeToString(deterministic=True) == literal.SerializeToString(deterministic=True)


def _wrong(value: object, declared: LiteralType, hint: str = "") -> TypeTransformError:
    name = _JSON_NAMES.get(type(value), type(value).__name__)
    return TypeTransformError(
        f"expected {describe(declared)}, got {short(value)} ({name})", hint=hint or f"Give a {describe(declared)}."
    )


def _primitive(**field: Any) -> Literal:
    try:
        return Literal(scalar=Scalar(primitive=Primitive(**field)))
    except ValueError as error:
        raise TypeTransformError(f"FlyteIDL cannot hold the value: {error}", hint="Use valid Unicode text.") from error


def _int(value: object, declared: LiteralType) -> Literal:
    if type(value) is not int:
        raise _wrong(value, declared)
    if value not in INT64:
        raise _wrong(value, declared, "FlyteIDL's ints have 64 bits: pass a larger one as a str.")
    return _primitive(integer=value)


def _float(value: object, declared: LiteralType) -> Literal:
    if isinstance(value, str) and value in _SPECIAL_FLOATS:
        return _primitive(float_value=_SPECIAL_FLOATS[value])
    if type(value) not in (int, float):
        raise _wrong(value, declared)
    try:
        return _primitive(float_value=float(cast("float", value)))
    except OverflowError as error:
        raise _wrong(value, declared, "It is larger than any float.") from error


def _str(value: object, declared: LiteralType) -> Literal:
    if not isinstance(value, str):
        raise _wrong(value, declared)
    return _primitive(string_value=value)


def _bool(value: object, declared: LiteralType) -> Literal:
    if not isinstance(value, bool):
        raise _wrong(value, declared, "Give true or false.")
    return _primitive(boolean=value)


def _datetime(value: object, declared: LiteralType) -> Literal:
    if not isinstance(value, str):
        raise _wrong(value, declared, "Give text in ISO 8601, such as 2026-01-31T08:00:00Z.")
    from jetbridge.types.durations import parse_datetime  # late: few constants are times

    return _primitive(datetime=parse_datetime(value))


def _duration(value: object, declared: LiteralType) -> Literal:
    if not isinstance(value, str):
        raise _wrong(value, declared, "Give text such as 90s, 1h30m or PT1H30M.")
    from jetbridge.types.durations import parse_duration  # late: few constants are durations

    return _primitive(duration=parse_duration(value))


def _none(value: object, declared: LiteralType) -> Literal:
    if value is not None:
        raise _wrong(value, declared)
    return Literal(scalar=Scalar(none_type=Void()))


def _struct(value: object, declared: LiteralType) -> Literal:
    if not isinstance(value, dict):
        raise _wrong(value, declared, "Give a JSON object.")
    given = cast("dict[str, object]", value)
    if declared.metadata.fields:
        from jetbridge.types.json_fields import check_fields  # late: few constants are structs

        within(describe(declared), lambda: check_fields(given, declared))
    return generic_literal(given) if writes_generic(declared) else plain_literal(given)


def _simple(value: object, declared: LiteralType) -> Literal:
    reader = _SIMPLE.get(declared.simple)
    if reader is None:
        raise _wrong(value, declared, "This type cannot be given as JSON.")
    return reader(value, declared)


def _enum(value: object, declared: LiteralType) -> Literal:
    if value not in list(declared.enum_type.values):
        raise _wrong(value, declared, f"Use one of: {', '.join(declared.enum_type.values)}.")
    return _primitive(string_value=value)


def _list(value: object, declared: LiteralType) -> Literal:
    if not isinstance(value, list):
        raise _wrong(value, declared, "Give a JSON array.")
    element = declared.collection_type
    items = [
        within(f"[{at}]", lambda item=item: from_json(item, element))
        for at, item in enumerate(cast("list[object]", value))
    ]
    return Literal(collection=LiteralCollection(literals=cast("list[Literal]", items)))


def _map(value: object, declared: LiteralType) -> Literal:
    if not isinstance(value, dict):
        raise _wrong(value, declared, "Give a JSON object.")
    element = declared.map_value_type
    entries = {
        key: within(f"[{key!r}]", lambda item=item: from_json(item, element))
        for key, item in cast("dict[str, object]", value).items()
    }
    return Literal(map=LiteralMap(literals=cast("dict[str, Literal]", entries)))


def _blob(value: object, declared: LiteralType) -> Literal:
    if not isinstance(value, str):
        raise _wrong(value, declared, "Give a path or URI.")
    return Literal(scalar=Scalar(blob=Blob(metadata=BlobMetadata(type=declared.blob), uri=value)))


def _schema(value: object, declared: LiteralType) -> Literal:
    if not isinstance(value, str):
        raise _wrong(value, declared, "Give the path or URI of a folder of parquet files.")
    return Literal(scalar=Scalar(schema=Schema(uri=value, type=declared.schema)))


def _dataset(value: object, declared: LiteralType) -> Literal:
    from jetbridge.types.dataframe import PARQUET  # late: few constants are tables

    if not isinstance(value, str):
        raise _wrong(value, declared, "Give the path or URI of parquet data.")
    found = StructuredDatasetType()
    found.CopyFrom(declared.structured_dataset_type)
    found.format = found.format or PARQUET
    metadata = StructuredDatasetMetadata(structured_dataset_type=found)
    return Literal(scalar=Scalar(structured_dataset=StructuredDataset(uri=value, metadata=metadata)))


def _union(value: object, declared: LiteralType) -> Literal:
    found = [
        (variant, literal)
        for variant in declared.union_type.variants
        if (literal := _attempt(value, variant)) is not None
    ]
    natural = [(variant, literal) for variant, literal in found if _is_natural(value, variant)]
    chosen = natural if len(natural) == 1 else found
    if not chosen:
        raise _wrong(value, declared)
    if len(chosen) > 1:
        names = ", ".join(describe(variant) for variant, _ in chosen)
        raise _wrong(value, declared, f"It fits several variants ({names}): give a value that fits only one.")
    variant, literal = chosen[0]
    return union_literal(literal, variant)


def union_literal(literal: Literal, variant: LiteralType) -> Literal:
    """A literal as one variant of a union."""
    return Literal(scalar=Scalar(union=Union(value=literal, type=variant)))


def _attempt(value: object, variant: LiteralType) -> Literal | None:
    try:
        return from_json(value, variant)
    except TypeTransformError:
        return None


def _is_natural(value: object, variant: LiteralType) -> bool:
    from jetbridge.types.casting import same_essence  # late: few constants are for unions

    wanted = _NATURAL.get(type(value))
    return wanted is not None and same_essence(LiteralType(simple=wanted), variant)


def _write_primitive(literal: Literal) -> object:
    primitive = literal.scalar.primitive
    kind = primitive.WhichOneof("value")
    if kind is None:
        raise TypeTransformError("a primitive without a value has no JSON value", hint="Write the value again.")
    return _PRIMITIVES[kind](getattr(primitive, kind))


def _time(value: Timestamp | Duration) -> str:
    """RFC 3339 in UTC, or seconds with 3, 6 or 9 digits of a fraction if any, such as `5400s` or `0.500s`."""
    try:
        return value.ToJsonString()
    except ValueError as error:
        raise TypeTransformError(f"the literal is out of range: {error}", hint="Write the value again.") from error


def _error_json(literal: Literal) -> object:
    from google.protobuf.json_format import MessageToDict  # late: few values are errors

    return MessageToDict(literal.scalar.error)


def _struct_json(value: object) -> object:
    try:
        return _plain(value)
    except RecursionError as error:
        raise TypeTransformError(
            "a struct is nested too deeply for JSON", hint="Refer to other values by a key instead of holding them."
        ) from error


def _plain(value: object) -> object:
    """A msgpack value as JSON: keys as text, bytes in base64, special floats as text."""
    if isinstance(value, dict):
        return {_key(key): _plain(item) for key, item in cast("dict[object, object]", value).items()}
    if isinstance(value, list):
        return [_plain(item) for item in cast("list[object]", value)]
    if isinstance(value, float):
        return _special(value)
    if isinstance(value, bytes):
        return base64.b64encode(value).decode()
    if value is None or isinstance(value, (bool, int, str)):
        return value
    raise TypeTransformError(f"{short(value)} in a struct has no JSON value", hint="Write it as text or a number.")


def _key(key: object) -> str:
    return key if isinstance(key, str) else json.dumps(_plain(key))


def _special(value: float) -> object:
    if math.isfinite(value):
        return value
    return "NaN" if math.isnan(value) else "Infinity" if value > 0 else "-Infinity"


_READ: dict[str | None, Callable[[object, LiteralType], Literal]] = {
    "simple": _simple,
    "enum_type": _enum,
    "collection_type": _list,
    "map_value_type": _map,
    "blob": _blob,
    "schema": _schema,
    "structured_dataset_type": _dataset,
    "union_type": _union,
}
_SIMPLE: dict[SimpleType.ValueType, Callable[[object, LiteralType], Literal]] = {
    SimpleType.NONE: _none,
    SimpleType.INTEGER: _int,
    SimpleType.FLOAT: _float,
    SimpleType.STRING: _str,
    SimpleType.BOOLEAN: _bool,
    SimpleType.DATETIME: _datetime,
    SimpleType.DURATION: _duration,
    SimpleType.STRUCT: _struct,
}
_NATURAL: dict[type, SimpleType] = {
    str: SimpleType.STRING,
    int: SimpleType.INTEGER,
    float: SimpleType.FLOAT,
    bool: SimpleType.BOOLEAN,
}
_PRIMITIVES: dict[str, Callable[[Any], object]] = {
    "integer": lambda value: value,
    "float_value": _special,
    "string_value": lambda value: value,
    "boolean": lambda value: value,
    "datetime": _time,
    "duration": _time,
}
_WRITE: dict[str, Callable[[Literal], object]] = {
    "primitive": _write_primitive,
    "none_type": lambda literal: None,
    "union": lambda literal: to_json(literal.scalar.union.value),
    "blob": lambda literal: literal.scalar.blob.uri,
    "schema": lambda literal: literal.scalar.schema.uri,
    "structured_dataset": lambda literal: literal.scalar.structured_dataset.uri,
    "binary": lambda literal: _struct_json(binary_value(literal)),
    "generic": lambda literal: _struct_json(generic_value(literal)),
    "error": _error_json,
}
_JSON_NAMES: dict[type, str] = {
    str: "text",
    int: "an integer",
    float: "a number",
    bool: "a boolean",
    type(None): "null",
    list: "an array",
    dict: "an object",
}
