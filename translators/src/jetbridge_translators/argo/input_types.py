"""What a FlyteIDL type means for a parameter that a person fills in."""

from __future__ import annotations

from jetbridge.idl import LiteralType, SimpleType


def is_nullable(declared: LiteralType) -> bool:
    """Whether a variable of the type may stay without a binding (FlyteIDL's compiler asks the same)."""
    variants = declared.union_type.variants if declared.WhichOneof("type") == "union_type" else [declared]
    return any(item.WhichOneof("type") == "simple" and item.simple == SimpleType.NONE for item in variants)


def choices(declared: LiteralType) -> list[object]:
    """The values of a type that has only a few, as JSON has them; empty for any other type."""
    kind = declared.WhichOneof("type")
    if kind == "enum_type":
        return list(declared.enum_type.values)
    return [True, False] if kind == "simple" and declared.simple == SimpleType.BOOLEAN else []
