"""Values inside a struct: typed Python values to what msgpack and JSON hold, and back, as flytekit lays them out.

A datetime or date is ISO 8601 text, a timedelta its seconds as a float, an enum its value, a dataclass a dict of its
fields, a tuple or set a list, a file or directory `{"path": uri}`.
"""

from __future__ import annotations

import dataclasses
import datetime
import typing
from collections.abc import Callable, Iterable, Mapping
from enum import Enum
from functools import cache
from types import MappingProxyType
from typing import Any, cast, get_args

from jetbridge.errors import TypeTransformError
from jetbridge.idl import Blob, BlobMetadata, Literal, LiteralType, Scalar
from jetbridge.types.collection import within
from jetbridge.types.context import TransformContext
from jetbridge.types.engine import literal_type, to_literal, to_python
from jetbridge.types.enumeration import check_choice, enum_member
from jetbridge.types.lookup import kind, plain_type
from jetbridge.types.naming import mismatch, type_name
from jetbridge.types.primitive import integral

Convert = Callable[[TransformContext, Any, Any], object]


@cache
def field_types(python_type: type) -> Mapping[str, object]:
    """The types of a dataclass's fields by name, in order, with text annotations evaluated.

    Raises:
        TypeTransformError: an annotation names something that does not exist.
    """
    try:
        hints = typing.get_type_hints(python_type)
    except NameError as error:
        raise TypeTransformError(
            f"dataclass {type_name(python_type)} has an annotation that cannot be evaluated: {error}",
            hint="Define the class at the top of its module and import what its annotations name.",
        ) from error
    return MappingProxyType({field.name: hints[field.name] for field in dataclasses.fields(python_type)})


def pack(context: TransformContext, value: object, python_type: object) -> object:
    """The plain value for a typed one.

    Raises:
        TypeTransformError: the value is not of the type; the message names the field.
    """
    plain = plain_type(python_type)
    return _converter(_PACK, _pack_class, plain)(context, value, plain)


def unpack(context: TransformContext, value: object, python_type: object) -> object:
    """The typed value for a plain one.

    Raises:
        TypeTransformError: the plain value does not fit the type; the message names the field.
    """
    plain = plain_type(python_type)
    return _converter(_UNPACK, _unpack_class, plain)(context, value, plain)


def _converter(table: dict[object, Convert], fallback: Convert, python_type: object) -> Convert:
    return table.get(kind(python_type), fallback)


def _same(context: TransformContext, value: object, python_type: object) -> object:
    return value


def _exact(context: TransformContext, value: object, python_type: type) -> object:
    if not isinstance(value, python_type):
        raise mismatch(python_type, value)
    return value


def _int(context: TransformContext, value: object, python_type: type) -> object:
    if isinstance(value, float):
        return integral(value)
    if isinstance(value, bool) or not isinstance(value, int):
        raise mismatch(int, value)
    return value


def _pack_int(context: TransformContext, value: object, python_type: type) -> object:
    if isinstance(value, float):
        raise mismatch(int, value)
    return _int(context, value, python_type)


def _pack_float(context: TransformContext, value: object, python_type: type) -> object:
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise mismatch(float, value)
    return value


def _unpack_float(context: TransformContext, value: object, python_type: type) -> object:
    return float(cast("float", _pack_float(context, value, python_type)))


def _none(context: TransformContext, value: object, python_type: object) -> object:
    if value is not None:
        raise mismatch(type(None), value)
    return None


def _pack_time(context: TransformContext, value: object, python_type: type) -> object:
    wrong = not isinstance(value, python_type) or (
        python_type is datetime.date and isinstance(value, datetime.datetime)
    )
    if wrong:
        raise mismatch(python_type, value)
    return cast("datetime.date", value).isoformat()


def _unpack_time(context: TransformContext, value: object, python_type: type[datetime.date]) -> object:
    try:
        return python_type.fromisoformat(cast("str", value))
    except (TypeError, ValueError) as error:
        raise mismatch(python_type, value, "Write it in ISO 8601, such as 2026-01-31T08:00:00.") from error


def _pack_timedelta(context: TransformContext, value: object, python_type: type) -> object:
    return cast("datetime.timedelta", _exact(context, value, datetime.timedelta)).total_seconds()


def _unpack_timedelta(context: TransformContext, value: object, python_type: type) -> object:
    return datetime.timedelta(seconds=cast("float", _pack_float(context, value, float)))


def _items(convert: Convert, context: TransformContext, values: Iterable[object], element: object) -> list[object]:
    return [within(f"[{at}]", lambda value=value: convert(context, value, element)) for at, value in enumerate(values)]


def _list(convert: Convert) -> Convert:
    def run(context: TransformContext, value: object, python_type: object) -> object:
        if not isinstance(value, list):
            raise mismatch(python_type, value)
        element = (get_args(python_type) or (Any,))[0]
        return _items(convert, context, cast("list[object]", value), element)

    return run


def _dict(convert: Convert) -> Convert:
    def run(context: TransformContext, value: object, python_type: object) -> object:
        if not isinstance(value, dict):
            raise mismatch(python_type, value)
        arguments = get_args(python_type)
        if len(arguments) != 2:
            return cast("object", value)
        entries = cast("dict[object, object]", value).items()
        return {
            within(f"key {key!r}", lambda key=key: convert(context, key, arguments[0])): within(
                f"[{key!r}]", lambda item=item: convert(context, item, arguments[1])
            )
            for key, item in entries
        }

    return run


def _tuple(convert: Convert, accepted: type, result: Callable[[list[object]], object]) -> Convert:
    def run(context: TransformContext, value: object, python_type: object) -> object:
        if not isinstance(value, accepted):
            raise mismatch(python_type, value)
        values, arguments = list(cast("Iterable[object]", value)), get_args(python_type)
        if len(arguments) == 2 and arguments[1] is Ellipsis:
            return result(_items(convert, context, values, arguments[0]))
        if arguments and len(arguments) != len(values):
            raise mismatch(python_type, value, f"It holds {len(arguments)} values.")
        types = arguments or (Any,) * len(values)
        return result([convert(context, item, each) for item, each in zip(values, types, strict=True)])

    return run


def _set(convert: Convert, accepted: type, result: Callable[[list[object]], object]) -> Convert:
    def run(context: TransformContext, value: object, python_type: object) -> object:
        if not isinstance(value, accepted):
            raise mismatch(python_type, value)
        element = (get_args(python_type) or (Any,))[0]
        return result(_items(convert, context, cast("Iterable[object]", value), element))

    return run


def _pack_enum(context: TransformContext, value: object, python_type: type[Enum]) -> object:
    return enum_member(value, python_type).value


def _unpack_enum(context: TransformContext, value: object, python_type: type[Enum]) -> object:
    return enum_member(value, python_type)


def _choice(context: TransformContext, value: object, python_type: object) -> object:
    return check_choice(value, python_type)


def _pack_dataclass(context: TransformContext, value: object, python_type: type) -> object:
    if not isinstance(value, python_type):
        raise mismatch(python_type, value)
    return {
        name: within(f".{name}", lambda name=name, each=each: pack(context, getattr(value, name), each))
        for name, each in field_types(python_type).items()
    }


def _unpack_dataclass(context: TransformContext, value: object, python_type: type) -> object:
    if not isinstance(value, dict):
        raise mismatch(python_type, value)
    given, types = cast("dict[str, object]", value), field_types(python_type)
    fields = [field for field in dataclasses.fields(python_type) if field.init]
    missing = [field.name for field in fields if field.name not in given and not _has_default(field)]
    if missing:
        raise TypeTransformError(
            f"{type_name(python_type)} lacks the field {missing[0]!r}",
            hint=f"Its fields are: {', '.join(field.name for field in fields)}.",
        )
    return python_type(
        **{
            field.name: within(f".{field.name}", lambda name=field.name: unpack(context, given[name], types[name]))
            for field in fields
            if field.name in given
        }
    )


def _has_default(field: dataclasses.Field[Any]) -> bool:
    return field.default is not dataclasses.MISSING or field.default_factory is not dataclasses.MISSING


def _union(convert: Convert, exact: Callable[[object], object]) -> Convert:
    """The variant of the value's own class wins; then the first that accepts it, as mashumaro does for flytekit."""

    def run(context: TransformContext, value: object, python_type: object) -> object:
        variants = [plain_type(variant) for variant in get_args(python_type)]
        same = [variant for variant in variants if exact(variant) is type(value)]
        for variant in [*same, *variants]:
            try:
                return convert(context, value, variant)
            except TypeTransformError:
                continue
        raise mismatch(python_type, value)

    return run


def _pack_class(context: TransformContext, value: object, python_type: object) -> object:
    """A file or a directory: uploaded, and kept by its path."""
    _only_blobs(python_type)
    literal = to_literal(context, value, python_type, LiteralType())
    if not literal.metadata:
        return {"path": literal.scalar.blob.uri}
    return {"path": literal.scalar.blob.uri, "metadata": dict(literal.metadata)}


def _unpack_class(context: TransformContext, value: object, python_type: object) -> object:
    declared = _only_blobs(python_type)
    if not isinstance(value, dict) or "path" not in value:
        raise mismatch(python_type, cast("object", value))
    given = cast("dict[str, Any]", value)
    blob = Blob(metadata=BlobMetadata(type=declared.blob), uri=given["path"])
    literal = Literal(scalar=Scalar(blob=blob), metadata=given.get("metadata") or {})
    return to_python(context, literal, python_type)


def _only_blobs(python_type: object) -> LiteralType:
    declared = literal_type(python_type)
    if not declared.HasField("blob"):
        raise TypeTransformError(
            f"type {type_name(python_type)} cannot be a part of a struct",
            hint="Make it an input or output of its own.",
        )
    return declared


_SHARED: dict[object, Convert] = {
    str: _exact,
    bool: _exact,
    bytes: _exact,
    type(None): _none,
    Any: _same,
    typing.Literal: _choice,
}
_PACK: dict[object, Convert] = {
    **_SHARED,
    int: _pack_int,
    float: _pack_float,
    datetime.datetime: _pack_time,
    datetime.date: _pack_time,
    datetime.timedelta: _pack_timedelta,
    list: _list(pack),
    dict: _dict(pack),
    tuple: _tuple(pack, tuple, list),
    set: _set(pack, set, list),
    frozenset: _set(pack, frozenset, list),
    Enum: _pack_enum,
    dataclasses.dataclass: _pack_dataclass,
    typing.Union: _union(pack, kind),
}
_UNPACK: dict[object, Convert] = {
    **_SHARED,
    int: _int,
    float: _unpack_float,
    datetime.datetime: _unpack_time,
    datetime.date: _unpack_time,
    datetime.timedelta: _unpack_timedelta,
    list: _list(unpack),
    dict: _dict(unpack),
    tuple: _tuple(unpack, list, tuple),
    set: _set(unpack, list, set),
    frozenset: _set(unpack, list, frozenset),
    Enum: _unpack_enum,
    dataclasses.dataclass: _unpack_dataclass,
    typing.Union: _union(unpack, kind),
}
