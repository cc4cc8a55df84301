"""Numbers, strings, booleans, points in time, durations and None."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from typing import Any

from google.protobuf.duration_pb2 import Duration
from google.protobuf.timestamp_pb2 import Timestamp

from jetbridge.errors import TypeTransformError
from jetbridge.idl import NONE, Literal, LiteralType, Primitive, Scalar, SimpleType, Void
from jetbridge.record import Record
from jetbridge.types.context import TransformContext
from jetbridge.types.naming import literal_mismatch, mismatch

INT64 = range(-(2**63), 2**63)


class PrimitiveTransformer(Record):
    """One Python class, one FlyteIDL simple type; a reader for each kind of primitive it accepts."""

    name: str
    python_class: type
    simple: SimpleType
    write: Callable[[Any], Primitive]
    read: dict[str, Callable[[Primitive], object]]

    def literal_type(self, python_type: object) -> LiteralType:
        return LiteralType(simple=self.simple)

    def to_literal(
        self, context: TransformContext, value: object, python_type: object, declared: LiteralType
    ) -> Literal:
        if type(value) is not self.python_class:
            raise mismatch(self.python_class, value)
        try:
            return Literal(scalar=Scalar(primitive=self.write(value)))
        except (ValueError, OverflowError) as error:
            raise mismatch(self.python_class, value, f"FlyteIDL cannot hold it: {error}.") from error

    def to_python(self, context: TransformContext, literal: Literal, python_type: object) -> object:
        primitive = literal.scalar.primitive
        reader = self.read.get(primitive.WhichOneof("value") or "")
        if reader is None:
            raise literal_mismatch(self.python_class, literal)
        try:
            return reader(primitive)
        except (ValueError, OverflowError) as error:
            raise TypeTransformError(
                f"expected {self.name}, got a literal that is out of its range: {error}", hint="Write the value again."
            ) from error


class NoneTransformer(Record):
    """None alone."""

    name: str = "none"

    def literal_type(self, python_type: object) -> LiteralType:
        return LiteralType(simple=NONE)

    def to_literal(
        self, context: TransformContext, value: object, python_type: object, declared: LiteralType
    ) -> Literal:
        if value is not None:
            raise mismatch(type(None), value)
        return Literal(scalar=Scalar(none_type=Void()))

    def to_python(self, context: TransformContext, literal: Literal, python_type: object) -> object:
        if not literal.scalar.HasField("none_type"):
            raise literal_mismatch(type(None), literal)
        return None


def _write_int(value: int) -> Primitive:
    if value not in INT64:
        raise TypeTransformError(
            f"expected a signed 64-bit int, got {value}", hint="FlyteIDL has no larger int: pass it as a str."
        )
    return Primitive(integer=value)


def integral(value: float) -> int:
    """The int that a float is exactly.

    Raises:
        TypeTransformError: the float is not integral.
    """
    if not value.is_integer():
        raise TypeTransformError(f"expected int, got float {value}", hint="Round it where it is made: round(value).")
    return int(value)


def timestamp(value: datetime.datetime) -> Timestamp:
    """A point in time; a naive one is taken for UTC, as flytekit does."""
    stamp = Timestamp()
    stamp.FromDatetime(value)
    return stamp


def _read_datetime(primitive: Primitive) -> datetime.datetime:
    return primitive.datetime.ToDatetime(tzinfo=datetime.UTC)


def _write_date(value: datetime.date) -> Primitive:
    return Primitive(datetime=timestamp(datetime.datetime.combine(value, datetime.time.min)))


def _write_duration(value: datetime.timedelta) -> Primitive:
    duration = Duration()
    duration.FromTimedelta(value)
    duration.ToJsonString()  # it checks the range, 10,000 years
    return Primitive(duration=duration)


INTEGER = PrimitiveTransformer(
    "int",
    int,
    SimpleType.INTEGER,
    _write_int,
    {"integer": lambda p: p.integer, "float_value": lambda p: integral(p.float_value)},
)
FLOAT = PrimitiveTransformer(
    "float",
    float,
    SimpleType.FLOAT,
    lambda value: Primitive(float_value=value),
    {"float_value": lambda p: p.float_value, "integer": lambda p: float(p.integer)},
)
STRING = PrimitiveTransformer(
    "str",
    str,
    SimpleType.STRING,
    lambda value: Primitive(string_value=value),
    {"string_value": lambda p: p.string_value},
)
BOOLEAN = PrimitiveTransformer(
    "bool", bool, SimpleType.BOOLEAN, lambda value: Primitive(boolean=value), {"boolean": lambda p: p.boolean}
)
DATETIME = PrimitiveTransformer(
    "datetime",
    datetime.datetime,
    SimpleType.DATETIME,
    lambda value: Primitive(datetime=timestamp(value)),
    {"datetime": _read_datetime},
)
DATE = PrimitiveTransformer(
    "date", datetime.date, SimpleType.DATETIME, _write_date, {"datetime": lambda p: _read_datetime(p).date()}
)
DURATION = PrimitiveTransformer(
    "timedelta",
    datetime.timedelta,
    SimpleType.DURATION,
    _write_duration,
    {"duration": lambda p: p.duration.ToTimedelta()},
)
NONE_TYPE = NoneTransformer()
