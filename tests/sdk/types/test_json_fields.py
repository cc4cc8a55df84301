"""JSON objects for structs: the fields that the schema in a type knows, in both forms that flytekit has written."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest
from google.protobuf.json_format import ParseDict
from google.protobuf.struct_pb2 import Struct

from jetbridge.errors import TypeTransformError
from jetbridge.idl import LiteralType, SimpleType
from jetbridge.types.binary import binary_value, generic_value
from jetbridge.types.json_codec import from_json, parse_text, to_json
from jetbridge.types.json_fields import check_fields

POINT = {
    "type": "object",
    "properties": {"x": {"type": "integer"}, "y": {"type": "number"}, "note": {"type": "string"}},
    "required": ["x"],
}
SHAPE = {
    "title": "Shape",
    "type": "object",
    "properties": {
        "points": {"type": "array", "items": {"$ref": "#/$defs/Point"}},
        "by_name": {"type": "object", "additionalProperties": {"$ref": "#/$defs/Point"}},
        "origin": {"anyOf": [{"$ref": "#/$defs/Point"}, {"type": "null"}]},
        "closed": {"type": "boolean"},
    },
    "required": ["points"],
    "$defs": {"Point": POINT},
}
MARSHMALLOW = {"$ref": "#/definitions/Shape", "definitions": {"Shape": SHAPE, "Point": POINT}}


def struct(schema: Mapping[str, Any], *, msgpack: bool = False) -> LiteralType:
    declared = LiteralType(simple=SimpleType.STRUCT, metadata=ParseDict(dict(schema), Struct()))
    if msgpack:
        declared.annotation.annotations.update({"cache-key-metadata": {"serialization-format": "msgpack"}})
    return declared


@pytest.mark.parametrize("schema", [SHAPE, MARSHMALLOW])
@pytest.mark.parametrize(
    ("value", "message"),
    [
        ({"points": [{"x": 1}]}, ""),
        ({"points": [{"x": 1, "y": 2, "note": None}], "origin": None, "closed": True}, ""),
        ({"points": [], "by_name": {"a": {"x": 2}}, "origin": {"anything": "goes to the reader"}}, ""),
        ({}, "it lacks the field 'points'"),
        ({"points": [], "clsed": True}, "there is no field 'clsed'"),
        ({"points": [{"x": 1}, {"y": 1}]}, ".points[1]: it lacks the field 'x'"),
        ({"points": [{"x": 1.5}]}, ".points[0].x: expected an integer, got 1.5"),
        ({"points": [{"x": True}]}, ".points[0].x: expected an integer, got True"),
        ({"points": [], "closed": 1}, ".closed: expected true or false, got 1"),
        ({"points": {}}, ".points: expected an array, got {}"),
        ({"points": [], "by_name": {"a": {}}}, ".by_name['a']: it lacks the field 'x'"),
    ],
)
def test_fields_are_checked(schema: Mapping[str, Any], value: object, message: str) -> None:
    if not message:
        check_fields(value, struct(schema))
        return
    with pytest.raises(TypeTransformError) as caught:
        check_fields(value, struct(schema))
    assert caught.value.message == message
    assert caught.value.hint


@pytest.mark.parametrize(
    "schema",
    [
        {},
        {"$ref": "#/definitions/Gone"},
        {"$ref": "#/definitions/A", "definitions": {"A": {"$ref": "#/definitions/A"}}},
        {"properties": "no object", "required": ["x"]},
        {"type": ["object", "null"]},
        {"definitions": 3, "$ref": "#/definitions/A"},
    ],
)
def test_a_schema_that_says_nothing_forbids_nothing(schema: Mapping[str, Any]) -> None:
    check_fields({"a": 1}, struct(schema))


def test_values_are_written_in_the_format_that_the_type_names() -> None:
    """Flytekit before 1.14 named none, and reads a protobuf Struct alone."""
    old, new = (from_json({"x": 3, "y": 0.5}, struct(POINT, msgpack=msgpack)) for msgpack in (False, True))
    assert generic_value(old) == {"x": 3.0, "y": 0.5}
    assert binary_value(new) == {"x": 3, "y": 0.5}
    assert from_json({"a": 1}, LiteralType(simple=SimpleType.STRUCT)).scalar.HasField("binary"), "a plain dict"


def test_a_schema_is_given_by_its_path(tmp_path: Any) -> None:
    declared = LiteralType()
    declared.schema.SetInParent()
    literal = parse_text(str(tmp_path), declared)
    assert to_json(literal) == f"file://{tmp_path}"
    with pytest.raises(TypeTransformError, match="folder of parquet files"):
        from_json(3, declared)
