"""Literals as words of a command, by propeller's rules (flyteplugins `core/template/template.go`)."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any, cast

from jetbridge.errors import BindingError
from jetbridge.idl import Literal, Primitive
from jetbridge.types.binary import MSGPACK, binary_value

_LARGEST_PLAIN_EXPONENT, _SMALLEST_PLAIN_EXPONENT = 5, -4


def literal_text(literal: Literal) -> str:
    """The text of a value.

    Raises:
        BindingError: propeller has no text for it: a map, a union (an `Optional` input), None, a data frame.
    """
    kind = literal.WhichOneof("value")
    if kind == "collection":
        return f"[{','.join(map(literal_text, literal.collection.literals))}]"
    scalar = literal.scalar.WhichOneof("value") if kind == "scalar" else kind
    if scalar in _SCALARS:
        return _SCALARS[scalar](literal)
    raise BindingError(
        f"a value of the kind {str(scalar).removesuffix('_type')} cannot be written into a command, as on Flyte",
        hint="Give the input a plain type (int, float, str, bool, datetime, a file), or read it from the input folder.",
    )


def _primitive(literal: Literal) -> str:
    primitive = literal.scalar.primitive
    return _PRIMITIVES[primitive.WhichOneof("value") or "string_value"](primitive)


def go_float(value: float) -> str:
    """A float as Go's `%v` has it: the shortest digits, with an exponent from 1e6 on and below 1e-4.

    Example:
        >>> go_float(3.0), go_float(0.5), go_float(1234567.0), go_float(1e-7)
        ('3', '0.5', '1.234567e+06', '1e-07')
    """
    if not math.isfinite(value):
        return "NaN" if math.isnan(value) else f"{'+' if value > 0 else '-'}Inf"
    if value == 0:
        return "-0" if math.copysign(1, value) < 0 else "0"
    sign, digits, exponent = Decimal(repr(value)).normalize().as_tuple()
    point = len(digits) + cast("int", exponent)
    if _SMALLEST_PLAIN_EXPONENT <= point - 1 <= _LARGEST_PLAIN_EXPONENT:
        return f"{Decimal(repr(value)).normalize():f}"
    text = "".join(map(str, digits))
    mantissa = text[0] + (f".{text[1:]}" if len(text) > 1 else "")
    return f"{'-' if sign else ''}{mantissa}e{point - 1:+03d}"


def rfc3339(primitive: Primitive) -> str:
    """A time in UTC; with fractions of a second only where there are any."""
    stamp = primitive.datetime
    seconds = stamp.ToDatetime().replace(microsecond=0).isoformat()
    fraction = f".{stamp.nanos:09d}".rstrip("0") if stamp.nanos else ""
    return f"{seconds}{fraction}Z"


def _duration(primitive: Primitive) -> str:
    """The text form of protobuf, of which the Go library makes the spacing up on purpose; one space here."""
    duration = primitive.duration
    parts = [f"{name}:{value}" for name, value in (("seconds", duration.seconds), ("nanos", duration.nanos)) if value]
    return " ".join(parts)


def _binary(literal: Literal) -> str:
    if literal.scalar.binary.tag != MSGPACK:
        raise BindingError("bytes cannot be written into a command, as on Flyte", hint="Give the input a plain type.")
    return _go_value(binary_value(literal))


def _go_value(value: object) -> str:
    """A decoded value as Go's `%v` prints it."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return go_float(value)
    if isinstance(value, dict):
        pairs = sorted(cast("Mapping[Any, Any]", value).items(), key=lambda pair: str(pair[0]))
        return f"map[{' '.join(f'{_go_value(key)}:{_go_value(item)}' for key, item in pairs)}]"
    if isinstance(value, list):
        return f"[{' '.join(map(_go_value, cast('list[object]', value)))}]"
    return "<nil>" if value is None else str(value)


_PRIMITIVES: Mapping[str, Callable[[Primitive], str]] = {
    "integer": lambda primitive: str(primitive.integer),
    "float_value": lambda primitive: go_float(primitive.float_value),
    "string_value": lambda primitive: primitive.string_value,
    "boolean": lambda primitive: "true" if primitive.boolean else "false",
    "datetime": rfc3339,
    "duration": _duration,
}
_SCALARS: Mapping[str, Callable[[Literal], str]] = {
    "primitive": _primitive,
    "blob": lambda literal: literal.scalar.blob.uri,
    "schema": lambda literal: literal.scalar.schema.uri,
    "binary": _binary,
}
