"""Values inside a struct: typed Python values to what msgpack and JSON hold, and back, as flytekit lays them out.

A datetime, date or time is ISO 8601 text, a timedelta its seconds as a float, an enum its value, a dataclass or
TypedDict a dict of its fields, a tuple, NamedTuple or set a list, a Decimal, UUID or Path its text, a file or
directory `{"path": uri}`, a data set `{"uri": uri, "file_format": "parquet"}`.
"""

from __future__ import annotations

import dataclasses
import datetime
import typing
from collections import OrderedDict, abc, defaultdict
from collections.abc import Callable, Iterable
from enum import Enum
from pathlib import Path, PosixPath, PurePath, PurePosixPath
from typing import Any, cast, get_args

from jetbridge.errors import TypeTransformError
from jetbridge.types.collection import within
from jetbridge.types.context import TransformContext
from jetbridge.types.generics import class_of
from jetbridge.types.lookup import kind, plain_type
from jetbridge.types.naming import mismatch
from jetbridge.types.struct_records import (
    pack_class,
    pack_dataclass,
    pack_named_tuple,
    typed_dict,
    unpack_class,
    unpack_dataclass,
    unpack_named_tuple,
)
from jetbridge.types.struct_scalars import (
    Convert,
    choice,
    exact,
    none,
    pack_enum,
    pack_float,
    pack_int,
    pack_path,
    pack_time,
    pack_timedelta,
    same,
    unpack_bytes,
    unpack_enum,
    unpack_float,
    unpack_int,
    unpack_path,
    unpack_time,
    unpack_timedelta,
)


def pack(context: TransformContext, value: object, python_type: object) -> object:
    """The plain value for a typed one.

    Raises:
        TypeTransformError: the value is not of the type; the message names the field.
    """
    plain = plain_type(python_type)
    return _PACK.get(kind(plain), pack_class)(context, value, plain)


def unpack(context: TransformContext, value: object, python_type: object) -> object:
    """The typed value for a plain one.

    Raises:
        TypeTransformError: the plain value does not fit the type; the message names the field.
    """
    plain = plain_type(python_type)
    return _UNPACK.get(kind(plain), unpack_class)(context, value, plain)


def _items(convert: Convert, context: TransformContext, values: Iterable[object], element: object) -> list[object]:
    return [within(f"[{at}]", lambda value=value: convert(context, value, element)) for at, value in enumerate(values)]


def _collection(
    convert: Convert, accepted: type | tuple[type, ...], result: Callable[[list[object]], object]
) -> Convert:
    def run(context: TransformContext, value: object, python_type: object) -> object:
        if not isinstance(value, accepted) or isinstance(value, (str, bytes)):
            raise mismatch(python_type, cast("object", value))
        element = (get_args(python_type) or (Any,))[0]
        return _made(result, _items(convert, context, cast("Iterable[object]", value), element), python_type)

    return run


def _made(result: Callable[[list[object]], object], items: list[object], python_type: object) -> object:
    try:
        return result(items)
    except TypeError as error:
        raise mismatch(python_type, items, f"Its items must be hashable: {error}.") from error


def _dict(convert: Convert, key: Convert, result: Callable[[Any, dict[object, object]], object]) -> Convert:
    def run(context: TransformContext, value: object, python_type: object) -> object:
        if not isinstance(value, abc.Mapping):
            raise mismatch(python_type, value)
        arguments = get_args(python_type)
        entries = cast("abc.Mapping[object, object]", value)
        if len(arguments) != 2:
            return result(python_type, dict(entries))
        converted = {
            _key(key, context, each, arguments[0]): within(
                f"[{each!r}]", lambda item=item: convert(context, item, arguments[1])
            )
            for each, item in entries.items()
        }
        return result(python_type, converted)

    return run


def _key(convert: Convert, context: TransformContext, key: object, python_type: object) -> object:
    found = within(f"key {key!r}", lambda: convert(context, key, python_type))
    try:
        hash(found)
    except TypeError as error:
        raise mismatch(python_type, key, "Use keys that msgpack can hold: str, int, float, bool, an enum.") from error
    return found


def _unpack_key(context: TransformContext, key: object, python_type: object) -> object:
    """JSON has keys of text only, so `"1"` may stand for the int."""
    reader = _KEYS.get(plain_type(python_type))
    if reader is None or not isinstance(key, str):
        return unpack(context, key, python_type)
    try:
        return reader(key)
    except (ValueError, KeyError) as error:
        raise mismatch(python_type, key) from error


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


def _union(convert: Convert) -> Convert:
    """The variant of the value's own class wins; then the first that accepts it, as mashumaro does for flytekit."""

    def run(context: TransformContext, value: object, python_type: object) -> object:
        variants = [plain_type(variant) for variant in get_args(python_type)]
        own = [variant for variant in variants if variant is type(value) or kind(variant) is type(value)]
        for variant in [*own, *variants]:
            try:
                return convert(context, value, variant)
            except TypeTransformError:
                continue
        raise mismatch(python_type, value)

    return run


def _plain_dict(python_type: object, entries: dict[object, object]) -> object:
    return entries


def _default_dict(python_type: object, entries: dict[object, object]) -> object:
    """Its factory is the class of its values, as mashumaro has it."""
    factory = class_of((get_args(python_type) or (None, None))[1])
    return defaultdict(factory if isinstance(factory, type) else None, entries)


def _boolean(key: str) -> bool:
    return {"true": True, "false": False}[key.lower()]


_KEYS: dict[object, Callable[[str], object]] = {int: int, float: float, bool: _boolean}
_PATHS = (Path, PosixPath, PurePath, PurePosixPath)
_TIMES = (datetime.datetime, datetime.date, datetime.time)
_SHARED: dict[object, Convert] = {
    str: exact,
    bool: exact,
    type(None): none,
    Any: same,
    typing.Literal: choice,
}
_PACK: dict[object, Convert] = {
    **_SHARED,
    **dict.fromkeys(_TIMES, pack_time),
    **dict.fromkeys(_PATHS, pack_path),
    bytes: exact,
    int: pack_int,
    float: pack_float,
    datetime.timedelta: pack_timedelta,
    list: _collection(pack, list, list),
    abc.Sequence: _collection(pack, abc.Sequence, list),
    set: _collection(pack, set, list),
    frozenset: _collection(pack, frozenset, list),
    tuple: _tuple(pack, tuple, list),
    dict: _dict(pack, pack, _plain_dict),
    abc.Mapping: _dict(pack, pack, _plain_dict),
    OrderedDict: _dict(pack, pack, _plain_dict),
    defaultdict: _dict(pack, pack, _plain_dict),
    Enum: pack_enum,
    dataclasses.dataclass: pack_dataclass(pack),
    typing.TypedDict: typed_dict(pack),
    typing.NamedTuple: pack_named_tuple(pack),
    typing.Union: _union(pack),
}
_UNPACK: dict[object, Convert] = {
    **_SHARED,
    **dict.fromkeys(_TIMES, unpack_time),
    **dict.fromkeys(_PATHS, unpack_path),
    bytes: unpack_bytes,
    int: unpack_int,
    float: unpack_float,
    datetime.timedelta: unpack_timedelta,
    list: _collection(unpack, list, list),
    abc.Sequence: _collection(unpack, list, list),
    set: _collection(unpack, list, set),
    frozenset: _collection(unpack, list, frozenset),
    tuple: _tuple(unpack, list, tuple),
    dict: _dict(unpack, _unpack_key, _plain_dict),
    abc.Mapping: _dict(unpack, _unpack_key, _plain_dict),
    OrderedDict: _dict(unpack, _unpack_key, lambda python_type, entries: OrderedDict(entries)),
    defaultdict: _dict(unpack, _unpack_key, _default_dict),
    Enum: unpack_enum,
    dataclasses.dataclass: unpack_dataclass(unpack),
    typing.TypedDict: typed_dict(unpack),
    typing.NamedTuple: unpack_named_tuple(unpack),
    typing.Union: _union(unpack),
}
