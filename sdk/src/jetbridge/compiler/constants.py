"""The type that a constant in a package has."""

from __future__ import annotations

from jetbridge.idl import Literal, LiteralType, SimpleType

_PRIMITIVES = {
    "integer": SimpleType.INTEGER,
    "float_value": SimpleType.FLOAT,
    "string_value": SimpleType.STRING,
    "boolean": SimpleType.BOOLEAN,
    "datetime": SimpleType.DATETIME,
    "duration": SimpleType.DURATION,
}


def type_of_literal(literal: Literal) -> LiteralType | None:
    """The type of a scalar constant; None where the literal alone does not tell."""
    scalar = literal.scalar
    kind = scalar.WhichOneof("value")
    if kind == "primitive":
        simple = _PRIMITIVES.get(scalar.primitive.WhichOneof("value") or "")
        return None if simple is None else LiteralType(simple=simple)
    if kind == "none_type":
        return LiteralType(simple=SimpleType.NONE)
    if kind == "union":
        return scalar.union.type
    if kind == "blob":
        return LiteralType(blob=scalar.blob.metadata.type)
    if kind == "structured_dataset":
        return LiteralType(structured_dataset_type=scalar.structured_dataset.metadata.structured_dataset_type)
    return None
