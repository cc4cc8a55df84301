"""A JSON object against the JSON schema that a struct's type carries: the fields of a dataclass or a pydantic model.

flytekit has written two forms: the class itself since 1.11, before a `$ref` into `definitions` (marshmallow). What a
schema says beyond types and names of fields is for whoever reads the value.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any, cast

from google.protobuf.json_format import MessageToDict

from jetbridge.errors import TypeTransformError
from jetbridge.idl import LiteralType
from jetbridge.suggest import did_you_mean
from jetbridge.types.collection import within
from jetbridge.types.naming import short

Schema = Mapping[str, Any]
_DEFINITIONS = ("definitions", "$defs")
_ANYTHING: Schema = {}
_DEEPEST = 64


def check_fields(value: object, declared: LiteralType) -> None:
    """Raises `TypeTransformError` for a field that is missing, that there is not, or that is of another type."""
    root = cast("Schema", MessageToDict(declared.metadata))
    _check(value, root, root, 0)


def _check(value: object, schema: Schema, root: Schema, depth: int) -> None:
    schema = _resolved(schema, root)
    choices = schema.get("anyOf") or schema.get("oneOf")
    if depth > _DEEPEST or choices:
        return  # a union says by itself what it takes, when it is read
    kind = schema.get("type")
    if isinstance(kind, str) and kind in _IS and not _IS[kind](value):
        raise TypeTransformError(f"expected {_NAMES[kind]}, got {short(value)}", hint=f"Give {_NAMES[kind]}.")
    if isinstance(value, dict):
        _check_object(cast("dict[str, object]", value), schema, root, depth)
    elif isinstance(value, list) and isinstance(schema.get("items"), dict):
        for at, item in enumerate(cast("list[object]", value)):
            within(f"[{at}]", lambda item=item: _check(item, schema["items"], root, depth + 1))


def _check_object(value: Mapping[str, object], schema: Schema, root: Schema, depth: int) -> None:
    properties, more = schema.get("properties"), schema.get("additionalProperties")
    if not isinstance(properties, dict):
        if isinstance(more, dict):
            for name, item in value.items():
                within(f"[{name!r}]", lambda item=item: _check(item, cast("Schema", more), root, depth + 1))
        return
    fields = cast("Mapping[str, Schema]", properties)
    missing = [name for name in schema.get("required", ()) if name not in value]
    unknown = [name for name in value if name not in fields]
    if missing:
        raise TypeTransformError(f"it lacks the field {missing[0]!r}", hint=f"Its fields are: {', '.join(fields)}.")
    if unknown:
        raise TypeTransformError(f"there is no field {unknown[0]!r}", hint=did_you_mean(unknown[0], fields))
    for name, item in value.items():
        within(f".{name}", lambda item=item, name=name: _check(item, fields[name], root, depth + 1))


def _resolved(schema: Schema, root: Schema) -> Schema:
    """The schema that a `$ref` into the root's definitions stands for."""
    for _ in range(_DEEPEST):
        reference = schema.get("$ref")
        if not isinstance(reference, str):
            return schema
        name = reference.rpartition("/")[2]
        schema = next((held[name] for held in _definitions(root) if name in held), _ANYTHING)
    return _ANYTHING


def _definitions(root: Schema) -> Iterator[Mapping[str, Schema]]:
    for key in _DEFINITIONS:
        if isinstance(root.get(key), dict):
            yield cast("Mapping[str, Schema]", root[key])


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


_IS: Mapping[str, Callable[[object], bool]] = {
    "integer": lambda value: isinstance(value, int) and not isinstance(value, bool),
    "number": lambda value: _is_number(value) or isinstance(value, str),
    "boolean": lambda value: isinstance(value, bool),
    "array": lambda value: isinstance(value, list),
    "object": lambda value: isinstance(value, dict),
}
"""Text and null are not looked at: they also stand for times, enums and what is absent."""
_NAMES: Mapping[str, str] = {
    "integer": "an integer",
    "number": "a number",
    "boolean": "true or false",
    "array": "an array",
    "object": "an object",
}
