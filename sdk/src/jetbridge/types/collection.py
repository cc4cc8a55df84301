"""Lists, and dicts: with string keys and a value type they are literal maps, otherwise structs."""

from __future__ import annotations

from collections.abc import Callable
from typing import cast, get_args

from jetbridge.errors import TypeTransformError
from jetbridge.idl import Literal, LiteralCollection, LiteralMap, LiteralType
from jetbridge.record import Record
from jetbridge.types.context import TransformContext
from jetbridge.types.engine import literal_type, to_literal, to_python
from jetbridge.types.lookup import plain_type
from jetbridge.types.naming import literal_mismatch, mismatch


def within(place: str, action: Callable[[], object]) -> object:
    """Runs a conversion and puts the place in front of its error.

    Raises:
        TypeTransformError: the conversion failed.
    """
    try:
        return action()
    except TypeTransformError as error:
        separator = "" if error.message.startswith(("[", ".")) else ": "
        raise TypeTransformError(f"{place}{separator}{error.message}", hint=error.hint) from error


class ListTransformer(Record):
    """`list[T]` as a literal collection."""

    name: str = "Typed List"

    def literal_type(self, python_type: object) -> LiteralType:
        return LiteralType(collection_type=literal_type(_element(python_type)))

    def to_literal(
        self, context: TransformContext, value: object, python_type: object, declared: LiteralType
    ) -> Literal:
        if type(value) is not list:
            raise mismatch(python_type, value)
        element, wanted = _element(python_type), declared.collection_type
        items = [
            within(f"[{at}]", lambda item=item: to_literal(context, item, element, wanted))
            for at, item in enumerate(cast("list[object]", value))
        ]
        return Literal(collection=LiteralCollection(literals=cast("list[Literal]", items)))

    def to_python(self, context: TransformContext, literal: Literal, python_type: object) -> object:
        if not literal.HasField("collection"):
            raise literal_mismatch(python_type, literal)
        element = _element(python_type)
        return [
            within(f"[{at}]", lambda item=item: to_python(context, item, element))
            for at, item in enumerate(literal.collection.literals)
        ]


class DictTransformer(Record):
    """`dict[str, T]` as a literal map; a bare dict and other keys as a msgpack struct."""

    name: str = "Typed Dict"

    def literal_type(self, python_type: object) -> LiteralType:
        if is_map(python_type):
            return LiteralType(map_value_type=literal_type(get_args(python_type)[1]))
        from jetbridge.types.struct import struct_type

        return struct_type()

    def to_literal(
        self, context: TransformContext, value: object, python_type: object, declared: LiteralType
    ) -> Literal:
        if type(value) is not dict:
            raise mismatch(python_type, value)
        if is_map(python_type):
            return self._map(context, cast("dict[object, object]", value), python_type, declared)
        from jetbridge.types.struct import struct_literal

        return struct_literal(context, cast("object", value), python_type)

    def _map(
        self, context: TransformContext, value: dict[object, object], python_type: object, declared: LiteralType
    ) -> Literal:
        element, wanted = get_args(python_type)[1], declared.map_value_type
        entries: dict[str, Literal] = {}
        for key, item in value.items():
            if type(key) is not str:
                raise TypeTransformError(
                    f"expected keys of type str, got {key!r} of type {type(key).__name__}",
                    hint="Use str keys, or declare dict without types to pass it as a struct.",
                )
            literal = within(f"[{key!r}]", lambda item=item: to_literal(context, item, element, wanted))
            entries[key] = cast("Literal", literal)
        return Literal(map=LiteralMap(literals=entries))

    def to_python(self, context: TransformContext, literal: Literal, python_type: object) -> object:
        if not literal.HasField("map") or not is_map(python_type):
            raise literal_mismatch(python_type, literal)
        element = get_args(python_type)[1]
        entries = literal.map.literals
        return {
            key: within(f"[{key!r}]", lambda key=key: to_python(context, entries[key], element))
            for key in sorted(entries)
        }


def is_map(python_type: object) -> bool:
    """Whether a dict type is a literal map: `str` keys and a type for the values."""
    arguments = get_args(python_type)
    return len(arguments) == 2 and plain_type(arguments[0]) is str


def _element(python_type: object) -> object:
    arguments = get_args(python_type)
    if not arguments:
        raise TypeTransformError(
            "type list has no FlyteIDL type without the type of its items", hint="Write it, for example list[int]."
        )
    return arguments[0]


LIST = ListTransformer()
DICT = DictTransformer()
