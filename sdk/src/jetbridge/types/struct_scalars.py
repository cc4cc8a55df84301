"""Single values inside a struct: what msgpack and JSON hold for an int, a datetime, bytes and the like."""

from __future__ import annotations

import base64
import binascii
import datetime
from collections.abc import Callable
from enum import Enum
from pathlib import PurePath
from typing import Any, TypeAlias, cast

from jetbridge.errors import TypeTransformError
from jetbridge.types.context import TransformContext
from jetbridge.types.enumeration import check_choice, enum_member
from jetbridge.types.naming import mismatch
from jetbridge.types.primitive import integral

Convert: TypeAlias = Callable[[TransformContext, Any, Any], object]


def same(context: TransformContext, value: object, python_type: object) -> object:
    """Any value, as it is."""
    return value


def exact(context: TransformContext, value: object, python_type: type) -> object:
    """A value of the class."""
    if not isinstance(value, python_type):
        raise mismatch(python_type, value)
    return value


def none(context: TransformContext, value: object, python_type: object) -> object:
    """None alone."""
    if value is not None:
        raise mismatch(type(None), value)
    return None


def pack_int(context: TransformContext, value: object, python_type: type) -> object:
    """An int, and no float that happens to be integral."""
    if isinstance(value, float):
        raise mismatch(int, value)
    return unpack_int(context, value, python_type)


def unpack_int(context: TransformContext, value: object, python_type: type) -> object:
    """An int; a protobuf Struct holds all numbers as floats, so an integral one is accepted."""
    if isinstance(value, float):
        return integral(value)
    if isinstance(value, bool) or not isinstance(value, int):
        raise mismatch(int, value)
    return value


def pack_float(context: TransformContext, value: object, python_type: type) -> object:
    """A float or an int."""
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise mismatch(float, value)
    return value


def unpack_float(context: TransformContext, value: object, python_type: type) -> object:
    """A float, also of an int."""
    try:
        return float(cast("float", pack_float(context, value, python_type)))
    except OverflowError as error:
        raise mismatch(float, value, "It is larger than any float.") from error


def unpack_bytes(context: TransformContext, value: object, python_type: type) -> object:
    """Bytes of msgpack, or base64 text, as JSON has them."""
    if not isinstance(value, str):
        return exact(context, value, bytes)
    try:
        return base64.b64decode("".join(value.split()), validate=True)
    except (binascii.Error, ValueError) as error:
        raise mismatch(bytes, value, "Write the bytes in base64.") from error


def pack_time(context: TransformContext, value: object, python_type: type) -> object:
    """A datetime, date or time as ISO 8601."""
    is_datetime = python_type is datetime.date and isinstance(value, datetime.datetime)
    if is_datetime or not isinstance(value, python_type):
        raise mismatch(python_type, value)
    return cast("datetime.date", value).isoformat()


def unpack_time(context: TransformContext, value: object, python_type: type[datetime.date]) -> object:
    """A datetime, date or time of ISO 8601; dataclasses_json writes a datetime as its POSIX timestamp."""
    if python_type is datetime.datetime and type(value) in (int, float):
        return _from_timestamp(cast("float", value))
    try:
        return python_type.fromisoformat(cast("str", value))
    except (TypeError, ValueError) as error:
        raise mismatch(python_type, value, "Write it in ISO 8601, such as 2026-01-31T08:00:00.") from error


def _from_timestamp(value: float) -> datetime.datetime:
    try:
        return datetime.datetime.fromtimestamp(value, datetime.UTC)
    except (OverflowError, ValueError, OSError) as error:
        raise mismatch(datetime.datetime, value, "Write it in ISO 8601, such as 2026-01-31T08:00:00.") from error


def pack_timedelta(context: TransformContext, value: object, python_type: type) -> object:
    """A timedelta as its seconds."""
    return cast("datetime.timedelta", exact(context, value, datetime.timedelta)).total_seconds()


def unpack_timedelta(context: TransformContext, value: object, python_type: type) -> object:
    """A timedelta of its seconds."""
    try:
        return datetime.timedelta(seconds=cast("float", pack_float(context, value, float)))
    except (OverflowError, ValueError) as error:
        raise mismatch(datetime.timedelta, value, "Write it in seconds, at most 86,399,999,999,999.") from error


def pack_enum(context: TransformContext, value: object, python_type: type[Enum]) -> object:
    """An enum as its value."""
    return enum_member(value, python_type).value


def unpack_enum(context: TransformContext, value: object, python_type: type[Enum]) -> object:
    """An enum of its value."""
    return enum_member(value, python_type)


def choice(context: TransformContext, value: object, python_type: object) -> object:
    """One of the values of `typing.Literal`; a Struct's floats stand for ints."""
    if isinstance(value, float) and value.is_integer():
        try:
            return check_choice(int(value), python_type)
        except TypeTransformError:
            pass
    return check_choice(value, python_type)


def pack_path(context: TransformContext, value: object, python_type: type) -> object:
    """A path as text, which is all that flytekit keeps of it too: what it names is not uploaded."""
    return str(exact(context, value, PurePath))


def unpack_path(context: TransformContext, value: object, python_type: type) -> object:
    """A path of its text."""
    return python_type(exact(context, value, str))
