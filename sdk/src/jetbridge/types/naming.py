"""How types and values are named in messages, and the one message for a value of the wrong type."""

from __future__ import annotations

from typing import get_args

from jetbridge.errors import TypeTransformError
from jetbridge.idl import Literal

_SHOWN = 60


def type_name(python_type: object) -> str:
    """A type as a person writes it: `int`, `list[int]`, `Optional[Report]`."""
    if isinstance(python_type, type) and not get_args(python_type):
        return python_type.__qualname__.rpartition("<locals>.")[2]
    return str(python_type).replace("typing.", "")


def short(value: object) -> str:
    """A value's repr, cut to one short line."""
    text = repr(value).replace("\n", " ")
    return text if len(text) <= _SHOWN else f"{text[: _SHOWN - 1]}…"


def mismatch(expected: object, value: object, hint: str = "") -> TypeTransformError:
    """The error for a Python value that is not of the expected type."""
    return TypeTransformError(
        f"expected {type_name(expected)}, got {short(value)} of type {type_name(type(value))}",
        hint=hint or _HINTS.get((expected, type(value)), f"Pass a value of type {type_name(expected)}."),
    )


def literal_mismatch(expected: object, literal: Literal) -> TypeTransformError:
    """The error for a literal that cannot become the expected Python type."""
    return TypeTransformError(
        f"expected a literal for {type_name(expected)}, got {literal_kind(literal)}",
        hint="The value was written with another type: check the declared types of the producer and the consumer.",
    )


def literal_kind(literal: Literal) -> str:
    """What a literal holds, in FlyteIDL's words: `primitive integer`, `collection`, `blob`."""
    kind = literal.WhichOneof("value")
    if kind != "scalar":
        return kind or "an empty literal"
    scalar = literal.scalar.WhichOneof("value")
    if scalar == "primitive":
        return f"primitive {literal.scalar.primitive.WhichOneof('value') or 'without a value'}"
    return scalar or "an empty scalar"


_HINTS: dict[tuple[object, type], str] = {
    (float, int): "Write it as a float: float(value).",
    (int, float): "Write it as an int: int(value).",
    (list, tuple): "Write it as a list: list(value).",
}
