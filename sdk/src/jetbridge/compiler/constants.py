"""The type that a constant in a package has."""

from __future__ import annotations

from collections.abc import Callable

from jetbridge.idl import STRUCT, LiteralType, Primitive, Scalar, SimpleType

_PRIMITIVES = {
    "integer": SimpleType.INTEGER,
    "float_value": SimpleType.FLOAT,
    "string_value": SimpleType.STRING,
    "boolean": SimpleType.BOOLEAN,
    "datetime": SimpleType.DATETIME,
    "duration": SimpleType.DURATION,
}


def type_of_scalar(scalar: Scalar) -> LiteralType | None:
    """The type of a constant, as Flyte's compiler sees it; None for one that it does not recognize."""
    found = _TYPES.get(scalar.WhichOneof("value"))
    return None if found is None else found(scalar)


def type_of_primitive(primitive: Primitive) -> LiteralType | None:
    """The type of a primitive; None for one without a value."""
    simple = _PRIMITIVES.get(primitive.WhichOneof("value") or "")
    return None if simple is None else LiteralType(simple=simple)


def _binary(scalar: Scalar) -> LiteralType:
    """A tagged one is a struct."""
    return LiteralType(simple=STRUCT if scalar.binary.tag else SimpleType.BINARY)


_TYPES: dict[str | None, Callable[[Scalar], LiteralType | None]] = {
    "primitive": lambda scalar: type_of_primitive(scalar.primitive),
    "none_type": lambda scalar: LiteralType(simple=SimpleType.NONE),
    "union": lambda scalar: scalar.union.type,
    "binary": _binary,
    "generic": lambda scalar: LiteralType(simple=STRUCT),
    "blob": lambda scalar: LiteralType(blob=scalar.blob.metadata.type),
    "schema": lambda scalar: LiteralType(schema=scalar.schema.type),
    "error": lambda scalar: LiteralType(simple=SimpleType.ERROR),
    "structured_dataset": lambda scalar: LiteralType(
        structured_dataset_type=scalar.structured_dataset.metadata.structured_dataset_type
    ),
}
