"""Literals as the content of files, by the rules of Flyte's copilot (`flytecopilot/data/download.go`)."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from decimal import Decimal

from jetbridge.idl import Primitive
from jetbridge.runtime.companion.rendering import rfc3339

_NANOS = 10**9
_SMALL_UNITS = ((10**6, "ms"), (10**3, "µs"), (1, "ns"))


def primitive_text(primitive: Primitive) -> str:
    """The content of the file of a primitive."""
    return _TEXTS[primitive.WhichOneof("value") or "string_value"](primitive)


def plain_float(value: float) -> str:
    """A float as Go's `FormatFloat(v, 'f', -1, 64)` has it: the shortest digits, never with an exponent.

    Example:
        >>> plain_float(3.0), plain_float(1e21), plain_float(-0.5)
        ('3', '1000000000000000000000', '-0.5')
    """
    if not math.isfinite(value):
        return "NaN" if math.isnan(value) else f"{'+' if value > 0 else '-'}Inf"
    text = f"{Decimal(repr(value)):f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def go_duration(nanos: int) -> str:
    """A duration as Go's `Duration.String` has it.

    Example:
        >>> go_duration(90 * 10**9), go_duration(1_500_000), go_duration(0)
        ('1m30s', '1.5ms', '0s')
    """
    size, sign = abs(nanos), "-" if nanos < 0 else ""
    for unit, name in _SMALL_UNITS:
        if unit <= size < _NANOS:
            return f"{sign}{plain_float(size / unit)}{name}"
    minutes, rest = divmod(size, 60 * _NANOS)
    hours, minutes = divmod(minutes, 60)
    seconds = f"{rest // _NANOS}.{rest % _NANOS:09d}".rstrip("0").rstrip(".")
    longer = f"{hours}h{minutes}m" if hours else f"{minutes}m" if minutes else ""
    return f"{sign}{longer}{seconds}s"


_TEXTS: Mapping[str, Callable[[Primitive], str]] = {
    "integer": lambda primitive: str(primitive.integer),
    "float_value": lambda primitive: plain_float(primitive.float_value),
    "string_value": lambda primitive: primitive.string_value,
    "boolean": lambda primitive: "true" if primitive.boolean else "false",
    "datetime": rfc3339,
    "duration": lambda primitive: go_duration(primitive.duration.ToNanoseconds()),
}
