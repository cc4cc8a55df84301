"""Whether a literal is of a type as it stands, without any conversion."""

from __future__ import annotations

from collections.abc import Callable

from jetbridge.idl import Literal, LiteralType, SimpleType


def fits(literal: Literal, declared: LiteralType) -> bool:
    """Whether a literal holds a value of the type.

    Args:
        literal: The literal; a union is judged by what it holds.
        declared: The type; a struct inside any type that a struct may have been taken apart from fits.
    """
    while literal.scalar.HasField("union"):
        literal = literal.scalar.union.value
    return _FITS.get(declared.WhichOneof("type"), _never)(literal, declared)


def _never(literal: Literal, declared: LiteralType) -> bool:
    return False


def _simple(literal: Literal, declared: LiteralType) -> bool:
    scalar = literal.scalar
    kind = scalar.primitive.WhichOneof("value") if scalar.HasField("primitive") else scalar.WhichOneof("value")
    return kind in _SIMPLE.get(declared.simple, ())


def _enum(literal: Literal, declared: LiteralType) -> bool:
    primitive = literal.scalar.primitive
    return primitive.WhichOneof("value") == "string_value" and primitive.string_value in declared.enum_type.values


def _collection(literal: Literal, declared: LiteralType) -> bool:
    if not literal.HasField("collection"):
        return False
    return all(fits(item, declared.collection_type) for item in literal.collection.literals)


def _map(literal: Literal, declared: LiteralType) -> bool:
    if not literal.HasField("map"):
        return False
    return all(fits(item, declared.map_value_type) for item in literal.map.literals.values())


def _blob(literal: Literal, declared: LiteralType) -> bool:
    if not literal.scalar.HasField("blob"):
        return False
    given = literal.scalar.blob.metadata.type
    formats = (given.format, declared.blob.format)
    return given.dimensionality == declared.blob.dimensionality and (formats[0] == formats[1] or "" in formats)


def _dataset(literal: Literal, declared: LiteralType) -> bool:
    return literal.scalar.WhichOneof("value") in ("structured_dataset", "schema")


def _schema(literal: Literal, declared: LiteralType) -> bool:
    return literal.scalar.HasField("schema") or literal.scalar.HasField("structured_dataset")


def _union(literal: Literal, declared: LiteralType) -> bool:
    return any(fits(literal, variant) for variant in declared.union_type.variants)


_FITS: dict[str | None, Callable[[Literal, LiteralType], bool]] = {
    "simple": _simple,
    "enum_type": _enum,
    "collection_type": _collection,
    "map_value_type": _map,
    "blob": _blob,
    "structured_dataset_type": _dataset,
    "schema": _schema,
    "union_type": _union,
}
_SIMPLE: dict[SimpleType.ValueType, tuple[str, ...]] = {
    SimpleType.NONE: ("none_type",),
    SimpleType.INTEGER: ("integer",),
    SimpleType.FLOAT: ("float_value",),
    SimpleType.STRING: ("string_value",),
    SimpleType.BOOLEAN: ("boolean",),
    SimpleType.DATETIME: ("datetime",),
    SimpleType.DURATION: ("duration",),
    SimpleType.STRUCT: ("binary", "generic"),
    SimpleType.BINARY: ("binary",),
    SimpleType.ERROR: ("error",),
}
