"""Structs: dataclasses and untyped dicts as msgpack, with the JSON schema that flytekit writes."""

from __future__ import annotations

import dataclasses
import typing
from dataclasses import dataclass
from typing import cast

from google.protobuf.struct_pb2 import Struct

from jetbridge.errors import TypeTransformError
from jetbridge.idl import STRUCT, Literal, LiteralType, TypeAnnotation, TypeStructure
from jetbridge.types.binary import MSGPACK, plain_literal
from jetbridge.types.context import TransformContext
from jetbridge.types.engine import literal_type
from jetbridge.types.generics import class_of, field_types, hints_of
from jetbridge.types.json_schema import json_schema
from jetbridge.types.lookup import kind, plain_type
from jetbridge.types.naming import literal_mismatch, mismatch, type_name
from jetbridge.types.struct_codec import pack, unpack


def struct_type() -> LiteralType:
    """The type of an untyped struct; the annotation is flytekit's note for the cache."""
    note = Struct()
    note.update({"cache-key-metadata": {"serialization-format": MSGPACK}})
    return LiteralType(simple=STRUCT, annotation=TypeAnnotation(annotations=note))


def struct_literal(context: TransformContext, value: object, python_type: object) -> Literal:
    """The msgpack literal of a value that must be of the type."""
    try:
        return plain_literal(pack(context, value, python_type), python_type)
    except RecursionError as error:
        raise TypeTransformError(
            f"a value of type {type_name(python_type)} is nested too deeply, or holds itself",
            hint="Refer to other values by a key instead of holding them.",
        ) from error


@dataclass(frozen=True, slots=True)
class DataclassTransformer:
    """A dataclass: msgpack of its fields; the type carries its JSON schema and the types of its fields."""

    name: str = "Object-Dataclass-Transformer"

    def literal_type(self, python_type: object) -> LiteralType:
        return _record_type(python_type, frozenset())

    def to_literal(
        self, context: TransformContext, value: object, python_type: object, declared: LiteralType
    ) -> Literal:
        if type(value) is dict:
            value = unpack(context, cast("object", value), python_type)
        if not isinstance(value, class_of(python_type)):
            raise mismatch(python_type, value)
        return struct_literal(context, value, python_type)

    def to_python(self, context: TransformContext, literal: Literal, python_type: object) -> object:
        raise literal_mismatch(python_type, literal)


@dataclass(frozen=True, slots=True)
class TypedDictTransformer:
    """A TypedDict: msgpack of its keys. Its type is flytekit's for a dict, and says what the keys are besides."""

    name: str = "Typed Dict"

    def literal_type(self, python_type: object) -> LiteralType:
        return _record_type(python_type, frozenset())

    def to_literal(
        self, context: TransformContext, value: object, python_type: object, declared: LiteralType
    ) -> Literal:
        return struct_literal(context, value, python_type)

    def to_python(self, context: TransformContext, literal: Literal, python_type: object) -> object:
        raise literal_mismatch(python_type, literal)


_RECORDS: dict[object, typing.Callable[[object], typing.Mapping[str, object]]] = {
    dataclasses.dataclass: field_types,
    typing.TypedDict: hints_of,
}


def _record_type(python_type: object, outer: frozenset[object]) -> LiteralType:
    declared = struct_type()
    declared.metadata.CopyFrom(_schema(python_type))
    fields: dict[str, LiteralType] = {}
    for name, field_type in _RECORDS[kind(python_type)](python_type).items():
        found = _field_type(field_type, outer | {python_type})
        if found is not None:
            fields[name] = found
    declared.structure.CopyFrom(TypeStructure(dataclass_type=fields))
    return declared


def _field_type(field_type: object, outer: frozenset[object]) -> LiteralType | None:
    """The type of a field for attribute access; None where FlyteIDL has none (a tuple), as flytekit leaves it out."""
    plain = plain_type(field_type)
    if kind(plain) in _RECORDS:
        return _nested_type(plain, outer)
    if _mentions(plain, outer):
        return _recursive_type(plain, outer)
    try:
        return literal_type(plain)
    except TypeTransformError:
        return None


def _nested_type(python_type: object, outer: frozenset[object]) -> LiteralType:
    """A class that holds itself is cut there: FlyteIDL's type structure is a tree."""
    if python_type not in outer:
        return _record_type(python_type, outer)
    cut = struct_type()
    cut.metadata.CopyFrom(_schema(python_type))
    return cut


def _schema(python_type: object) -> Struct:
    schema = Struct()
    try:
        schema.update(json_schema(python_type))
    except (ValueError, TypeError) as error:
        raise TypeTransformError(
            f"{type_name(python_type)} has a default or a choice that JSON cannot hold: {error}",
            hint="Use defaults that JSON can hold, or a default_factory.",
        ) from error
    return schema


def _mentions(python_type: object, classes: frozenset[object]) -> bool:
    if kind(python_type) in _RECORDS and python_type in classes:
        return True
    return any(_mentions(plain_type(part), classes) for part in typing.get_args(python_type))


def _recursive_type(python_type: object, outer: frozenset[object]) -> LiteralType | None:
    maker = _RECURSIVE.get(cast("type", kind(python_type)))
    return maker(typing.get_args(python_type), outer) if maker is not None else None


def _recursive_list(arguments: tuple[object, ...], outer: frozenset[object]) -> LiteralType | None:
    element = _field_type(arguments[0], outer)
    return LiteralType(collection_type=element) if element is not None else None


def _recursive_dict(arguments: tuple[object, ...], outer: frozenset[object]) -> LiteralType | None:
    if plain_type(arguments[0]) is not str:
        return struct_type()
    element = _field_type(arguments[1], outer)
    return LiteralType(map_value_type=element) if element is not None else None


def _recursive_union(arguments: tuple[object, ...], outer: frozenset[object]) -> LiteralType | None:
    from jetbridge.types.union import union_type

    variants = [_field_type(argument, outer) for argument in arguments]
    known = [variant for variant in variants if variant is not None]
    return union_type(arguments, known) if len(known) == len(variants) else None


_RECURSIVE: dict[object, typing.Callable[[tuple[object, ...], frozenset[object]], LiteralType | None]] = {
    list: _recursive_list,
    dict: _recursive_dict,
    typing.Union: _recursive_union,
}
DATACLASS = DataclassTransformer()
TYPED_DICT = TypedDictTransformer()
