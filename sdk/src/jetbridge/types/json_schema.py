"""The JSON schema of a dataclass, equal to the one that mashumaro writes for flytekit (draft 2020-12)."""

from __future__ import annotations

import base64
import dataclasses
import datetime
import os
import re
import typing
from collections import OrderedDict, abc, defaultdict
from collections.abc import Callable
from enum import Enum
from pathlib import Path, PosixPath, PurePath, PurePosixPath
from typing import Any, cast, get_args

from jetbridge.errors import TypeTransformError
from jetbridge.types.generics import class_of, field_types, hints_of, required_keys
from jetbridge.types.lookup import kind, plain_type, transformer_for
from jetbridge.types.naming import type_name
from jetbridge.types.transformer import StructTransformer

Schema = dict[str, Any]


@dataclasses.dataclass(frozen=True, slots=True)
class _Scope:
    """The classes being described, and what those that hold themselves are defined as (empty while unknown)."""

    building: tuple[object, ...]
    definitions: dict[str, Schema]

    def inside(self, python_type: object) -> _Scope:
        return _Scope((*self.building, python_type), self.definitions)


def json_schema(python_type: object) -> Schema:
    """The JSON schema of a dataclass or TypedDict; a class that holds itself is defined below `$defs`.

    Raises:
        TypeTransformError: a field has a type that a struct cannot hold.
    """
    scope = _Scope((), {})
    schema = _schema(python_type, scope)
    if "title" not in schema and "$ref" not in schema:
        schema["title"] = _title(python_type)
    return {**schema, "$defs": scope.definitions} if scope.definitions else schema


def _schema(python_type: object, scope: _Scope) -> Schema:
    plain = plain_type(python_type)
    maker = _MAKERS.get(kind(plain), _class)
    return maker(plain, scope)


def _title(python_type: object) -> str:
    """The class's name, with what a generic one is filled with: `Box[int]`."""
    arguments = ", ".join(_title(argument) for argument in get_args(python_type))
    name: str = getattr(class_of(python_type), "__name__", str(python_type))
    return f"{name}[{arguments}]" if arguments else name


def _dataclass(python_type: object, scope: _Scope) -> Schema:
    title = _title(python_type)
    name = re.sub(r"\W+", "_", title).strip("_")
    reference = {"$ref": f"#/$defs/{name}"}
    if python_type in scope.building:
        scope.definitions.setdefault(name, {})
        return reference
    schema = _object(python_type, title, scope.inside(python_type))
    if scope.definitions.get(name) != {}:
        return schema
    scope.definitions[name] = schema
    return reference


def _object(python_type: object, title: str, scope: _Scope) -> Schema:
    fields = [field for field in dataclasses.fields(class_of(python_type)) if field.init]
    types = field_types(python_type)
    properties = {field.name: _field(field, types[field.name], scope) for field in fields}
    required = [field.name for field in fields if not _has_default(field)]
    return {"type": "object", "title": title, "additionalProperties": False, **_filled(properties, required)}


def _filled(properties: Schema, required: list[str]) -> Schema:
    return {name: part for name, part in (("properties", properties), ("required", required)) if part}


def _typed_dict(python_type: object, scope: _Scope) -> Schema:
    if python_type in scope.building:
        return {"type": "object"}
    inside, hints = scope.inside(python_type), hints_of(python_type)
    properties = {name: _schema(hint, inside) for name, hint in hints.items()}
    required = sorted(required_keys(python_type))
    return {"type": "object", "additionalProperties": False, **_filled(properties, required)}


def _named_tuple(python_type: object, scope: _Scope) -> Schema:
    own, hints = class_of(python_type), hints_of(python_type)
    defaults = {name: {"default": _default(value)} for name, value in own._field_defaults.items()}
    items = [{**_schema(hints.get(name, Any), scope), **defaults.get(name, {})} for name in own._fields]
    return {"type": "array", "prefixItems": items, "minItems": len(items), "maxItems": len(items)}


def _field(field: dataclasses.Field[Any], field_type: object, scope: _Scope) -> Schema:
    schema = _schema(field_type, scope)
    if field.default is not dataclasses.MISSING:
        schema["default"] = _default(field.default)
    if field.metadata.get("description"):
        schema["description"] = field.metadata["description"]
    return schema


def _has_default(field: dataclasses.Field[Any]) -> bool:
    return field.default is not dataclasses.MISSING or field.default_factory is not dataclasses.MISSING


def _default(value: object) -> object:
    if dataclasses.is_dataclass(value):
        return _default_dataclass(value)
    maker = next((make for each, make in _DEFAULTS if isinstance(value, each)), None)
    return maker(value) if maker is not None else value


def _default_dataclass(value: Any) -> object:
    return {field.name: _default(getattr(value, field.name)) for field in dataclasses.fields(value)}


def _list(python_type: object, scope: _Scope) -> Schema:
    return _array(get_args(python_type)[:1], scope, {"type": "array"})


def _set(python_type: object, scope: _Scope) -> Schema:
    return _array(get_args(python_type)[:1], scope, {"type": "array", "uniqueItems": True})


def _array(element: tuple[object, ...], scope: _Scope, schema: Schema) -> Schema:
    items = _schema(element[0], scope) if element else {}
    return {**schema, "items": items} if items else schema


def _tuple(python_type: object, scope: _Scope) -> Schema:
    arguments = get_args(python_type)
    if not arguments or (len(arguments) == 2 and arguments[1] is Ellipsis):
        return _array(arguments[:1], scope, {"type": "array"})
    size = len(arguments)
    items = [_schema(argument, scope) for argument in arguments]
    return {"type": "array", "prefixItems": items, "minItems": size, "maxItems": size}


def _dict(python_type: object, scope: _Scope) -> Schema:
    keys_and_values = [_schema(argument, scope) for argument in get_args(python_type)]
    schema: Schema = {"type": "object"}
    named = zip(("propertyNames", "additionalProperties"), keys_and_values, strict=False)
    return {**schema, **{name: part for name, part in named if part}}


def _union(python_type: object, scope: _Scope) -> Schema:
    return {"anyOf": [_schema(argument, scope) for argument in get_args(python_type)]}


def _enum(python_type: object, scope: _Scope) -> Schema:
    return {"enum": [member.value for member in cast("type[Enum]", python_type)]}


def _choice(python_type: object, scope: _Scope) -> Schema:
    choices = list(get_args(python_type))
    return {"const": choices[0]} if len(choices) == 1 else {"enum": choices}


def _class(python_type: object, scope: _Scope) -> Schema:
    found = next((_CLASSES[name] for name in _qualified_names(python_type) if name in _CLASSES), None)
    if found is not None:
        return found()
    try:
        transformer = transformer_for(python_type)
        if isinstance(transformer, StructTransformer):
            return transformer.json_schema(python_type)
        return _PARTS[transformer.literal_type(python_type).WhichOneof("type")]()
    except (TypeTransformError, KeyError) as error:
        raise TypeTransformError(
            f"type {type_name(python_type)} cannot be a part of a struct",
            hint="Use built-in types, enums, other dataclasses, FlyteFile or FlyteDirectory for its fields.",
        ) from error


def _qualified_names(python_type: object) -> list[str]:
    classes = python_type.__mro__ if isinstance(python_type, type) else ()
    return [f"{each.__module__}.{each.__qualname__}" for each in classes]


def _path() -> Schema:
    return {"anyOf": [{"type": "string"}, {"type": "string", "format": "path"}], "default": None}


def _metadata() -> Schema:
    strings = {"type": "object", "additionalProperties": {"type": "string"}, "propertyNames": {"type": "string"}}
    return {"anyOf": [strings, {"type": "null"}], "default": None}


def _dataset() -> Schema:
    uri = {"anyOf": [{"type": "string"}, {"type": "null"}], "default": None}
    return _blob("StructuredDataset", uri=uri, file_format={**uri, "default": ""})


def _blob(title: str, **properties: Schema) -> Schema:
    return {"type": "object", "title": title, "properties": properties, "additionalProperties": False}


def _simple(**schema: object) -> Callable[[Any, _Scope], Schema]:
    return lambda python_type, scope: dict(schema)


_MAKERS: dict[object, Callable[[Any, _Scope], Schema]] = {
    int: _simple(type="integer"),
    float: _simple(type="number"),
    bool: _simple(type="boolean"),
    str: _simple(type="string"),
    bytes: _simple(type="string", format="base64"),
    type(None): _simple(type="null"),
    Any: _simple(),
    datetime.datetime: _simple(type="string", format="date-time"),
    datetime.date: _simple(type="string", format="date"),
    datetime.timedelta: _simple(type="number", format="time-delta"),
    list: _list,
    set: _set,
    frozenset: _set,
    tuple: _tuple,
    dict: _dict,
    typing.Union: _union,
    typing.Literal: _choice,
    Enum: _enum,
    dataclasses.dataclass: _dataclass,
    typing.TypedDict: _typed_dict,
    typing.NamedTuple: _named_tuple,
    datetime.time: _simple(type="string", format="time"),
    **dict.fromkeys((Path, PosixPath, PurePath, PurePosixPath), _simple(type="string", format="path")),
    abc.Sequence: _list,
    abc.Mapping: _dict,
    OrderedDict: _dict,
    defaultdict: _dict,
}
_DEFAULTS: tuple[tuple[type, Callable[[Any], object]], ...] = (
    (Enum, lambda value: value.value),
    (datetime.date, lambda value: value.isoformat()),
    (datetime.timedelta, lambda value: value.total_seconds()),
    (tuple, lambda value: [_default(item) for item in value]),
    (frozenset, lambda value: sorted((_default(item) for item in value), key=repr)),
    (bytes, lambda value: base64.encodebytes(value).decode()),
    (PurePath, str),
    (os.PathLike, lambda value: {"path": str(value)}),
    (datetime.time, lambda value: value.isoformat()),
)
_CLASSES: dict[str, Callable[[], Schema]] = {
    "decimal.Decimal": lambda: {"type": "string", "format": "decimal"},
    "uuid.UUID": lambda: {"type": "string", "format": "uuid"},
    "jetbridge.types.file.FlyteFile": lambda: _blob("FlyteFile", path=_path(), metadata=_metadata()),
    "jetbridge.types.directory.FlyteDirectory": lambda: _blob("FlyteDirectory", path=_path()),
}
# What other transformers give, by their kind of FlyteIDL type.
_PARTS: dict[str | None, Callable[[], Schema]] = {
    "blob": lambda: _blob("FlyteFile", path=_path(), metadata=_metadata()),
    "structured_dataset_type": _dataset,
    "simple": dict,
}
