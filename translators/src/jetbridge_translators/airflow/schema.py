"""FlyteIDL's types as the JSON schema of an Airflow Param: what `jetbridge.types.json_codec` reads and writes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import cast

from jetbridge.idl import LiteralType, SimpleType
from jetbridge_translators.airflow.expressions import Expr

Schema = dict[str, Expr]


def json_schema(declared: LiteralType) -> Schema:
    """The schema of a type; empty where JSON says nothing about it.

    Example:
        >>> json_schema(LiteralType(collection_type=LiteralType(simple=SimpleType.INTEGER)))
        {'type': 'array', 'items': {'type': 'integer'}}
    """
    schema = _SCHEMAS.get(declared.WhichOneof("type") or "", lambda _: {})
    return schema(declared)


def nullable(schema: Schema) -> Schema:
    """The schema that takes null too, which is what a Param is that nobody has filled in yet.

    Example:
        >>> nullable({"type": "string", "enum": ["a", "b"]})
        {'type': ['null', 'string'], 'enum': ['a', 'b', None]}
    """
    if not schema:
        return schema
    if "anyOf" in schema:
        return {"anyOf": [{"type": "null"}, *cast("list[Expr]", schema["anyOf"])]}
    types = schema["type"] if isinstance(schema["type"], list) else [schema["type"]]
    choices: Schema = {"enum": [*cast("list[Expr]", schema["enum"]), None]} if "enum" in schema else {}
    return {**schema, "type": list(dict.fromkeys(["null", *map(str, types)])), **choices}


def _simple(declared: LiteralType) -> Schema:
    return dict(_SIMPLE.get(declared.simple, {}))


def _array(declared: LiteralType) -> Schema:
    items = json_schema(declared.collection_type)
    return {"type": "array", **({"items": cast("Expr", items)} if items else {})}


def _object(declared: LiteralType) -> Schema:
    values = json_schema(declared.map_value_type)
    return {"type": "object", **({"additionalProperties": cast("Expr", values)} if values else {})}


def _union(declared: LiteralType) -> Schema:
    """Plain types as a list of names, which Airflow's form understands; others as alternatives."""
    variants = [json_schema(variant) for variant in declared.union_type.variants]
    if not all(variants):
        return {}
    if all(set(variant) == {"type"} for variant in variants):
        return {"type": list(dict.fromkeys(str(variant["type"]) for variant in variants))}
    return {"anyOf": [cast("Expr", variant) for variant in variants]}


_URI: Schema = {"type": "string"}
_SIMPLE: Mapping[int, Schema] = {
    SimpleType.NONE: {"type": "null"},
    SimpleType.INTEGER: {"type": "integer"},
    SimpleType.FLOAT: {"type": "number"},
    SimpleType.STRING: {"type": "string"},
    SimpleType.BOOLEAN: {"type": "boolean"},
    SimpleType.DATETIME: {"type": "string", "format": "date-time"},
    SimpleType.DURATION: {"type": "string"},
    SimpleType.STRUCT: {"type": "object"},
}
_SCHEMAS: Mapping[str, Callable[[LiteralType], Schema]] = {
    "simple": _simple,
    "enum_type": lambda declared: {"type": "string", "enum": list(declared.enum_type.values)},
    "collection_type": _array,
    "map_value_type": _object,
    "union_type": _union,
    "blob": lambda _: dict(_URI),
    "structured_dataset_type": lambda _: dict(_URI),
}
