"""Enums with values of str or int, and `typing.Literal`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Any, cast, get_args

from google.protobuf.struct_pb2 import Struct

from jetbridge.errors import TypeTransformError
from jetbridge.idl import EnumType, Literal, LiteralType, Primitive, Scalar, SimpleType, TypeAnnotation
from jetbridge.types.context import TransformContext
from jetbridge.types.engine import literal_type, to_literal, to_python
from jetbridge.types.naming import literal_mismatch, mismatch, type_name


@dataclass(frozen=True, slots=True)
class EnumTransformer:
    """An `Enum`; the literal is the value.

    Values of str are FlyteIDL's enum type. It has none for int: those are an integer with the values as an annotation,
    as of `typing.Literal[1, 2]`, which flytekit reads (as an enum, it refuses them).
    """

    name: str = "DefaultEnumTransformer"

    def literal_type(self, python_type: object) -> LiteralType:
        values: list[Any] = [member.value for member in cast("type[Enum]", python_type)]
        if _base_of(values) is int:
            return _choices(SimpleType.INTEGER, values)
        if not values or not all(isinstance(value, str) for value in values):
            raise TypeTransformError(
                f"enum {type_name(python_type)} has {_kinds(values)}",
                hint="Give each member a str value, or each an int value.",
            )
        return LiteralType(enum_type=EnumType(values=values))

    def to_literal(
        self, context: TransformContext, value: object, python_type: object, declared: LiteralType
    ) -> Literal:
        found = enum_member(value, cast("type[Enum]", python_type)).value
        if isinstance(found, int):
            return to_literal(context, int(found), int, declared)
        return Literal(scalar=Scalar(primitive=Primitive(string_value=found)))

    def to_python(self, context: TransformContext, literal: Literal, python_type: object) -> object:
        kind = literal.scalar.primitive.WhichOneof("value")
        if kind not in ("string_value", "integer"):
            raise literal_mismatch(python_type, literal)
        return enum_member(getattr(literal.scalar.primitive, kind), cast("type[Enum]", python_type))


def _kinds(values: Sequence[object]) -> str:
    names = sorted({type_name(type(value)) for value in values})
    return f"values of {', '.join(names)}" if names else "no members"


def enum_member(value: object, enum: type[Enum]) -> Enum:
    """The member that a value is, or names.

    Raises:
        TypeTransformError: it is no member.
    """
    if isinstance(value, enum):
        return value
    same = (
        member for member in enum if member.value == value and isinstance(value, bool) == isinstance(member.value, bool)
    )
    found = None if isinstance(value, Enum) else next(same, None)
    if found is None:
        raise mismatch(enum, value, f"Use one of: {', '.join(repr(member.value) for member in enum)}.")
    return found


@dataclass(frozen=True, slots=True)
class ChoiceTransformer:
    """`typing.Literal["a", "b"]`: the type of its values, with the choices as an annotation."""

    name: str = "LiteralTypeTransformer"

    def literal_type(self, python_type: object) -> LiteralType:
        return _choices(literal_type(_base(python_type)).simple, list(get_args(python_type)))

    def to_literal(
        self, context: TransformContext, value: object, python_type: object, declared: LiteralType
    ) -> Literal:
        return to_literal(context, check_choice(value, python_type), _base(python_type), declared)

    def to_python(self, context: TransformContext, literal: Literal, python_type: object) -> object:
        return check_choice(to_python(context, literal, _base(python_type)), python_type)


def check_choice(value: object, python_type: object) -> object:
    """The value, if `typing.Literal` lists it.

    Raises:
        TypeTransformError: it does not.
    """
    choices = get_args(python_type)
    if not any(type(value) is type(choice) and value == choice for choice in choices):
        raise mismatch(python_type, value, f"Use one of: {', '.join(map(repr, choices))}.")
    return value


def _choices(simple: SimpleType, values: Sequence[Any]) -> LiteralType:
    note = Struct()
    note.update({"literal_values": list(values)})
    return LiteralType(simple=simple, annotation=TypeAnnotation(annotations=note))


def _base(python_type: object) -> type:
    base = _base_of(get_args(python_type))
    if base is None:
        raise TypeTransformError(
            f"type {type_name(python_type)} has no FlyteIDL type", hint="Give all choices one type: str, int or bool."
        )
    return base


def _base_of(values: Sequence[object]) -> type | None:
    """The one class that all values have; None if they differ, or there are none."""
    matching = (each for each in (str, int, float, bool) if values and all(type(value) is each for value in values))
    return next(matching, None)


ENUM = EnumTransformer()
CHOICE = ChoiceTransformer()
