"""Enums with string values, and `typing.Literal`."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import cast, get_args

from google.protobuf.struct_pb2 import Struct

from jetbridge.errors import TypeTransformError
from jetbridge.idl import EnumType, Literal, LiteralType, Primitive, Scalar, TypeAnnotation
from jetbridge.types.context import TransformContext
from jetbridge.types.engine import literal_type, to_literal, to_python
from jetbridge.types.naming import literal_mismatch, mismatch, type_name


@dataclass(frozen=True, slots=True)
class EnumTransformer:
    """An `Enum` whose values are strings; the literal is the value."""

    name: str = "DefaultEnumTransformer"

    def literal_type(self, python_type: object) -> LiteralType:
        values = [member.value for member in cast("type[Enum]", python_type)]
        wrong = [value for value in values if not isinstance(value, str)]
        if wrong:
            raise TypeTransformError(
                f"enum {type_name(python_type)} has the value {wrong[0]!r} of type {type(wrong[0]).__name__}",
                hint="FlyteIDL's enums hold strings: give each member a str value.",
            )
        return LiteralType(enum_type=EnumType(values=values))

    def to_literal(
        self, context: TransformContext, value: object, python_type: object, declared: LiteralType
    ) -> Literal:
        member = enum_member(value, cast("type[Enum]", python_type))
        return Literal(scalar=Scalar(primitive=Primitive(string_value=member.value)))

    def to_python(self, context: TransformContext, literal: Literal, python_type: object) -> object:
        if literal.scalar.primitive.WhichOneof("value") != "string_value":
            raise literal_mismatch(python_type, literal)
        return enum_member(literal.scalar.primitive.string_value, cast("type[Enum]", python_type))


def enum_member(value: object, enum: type[Enum]) -> Enum:
    """The member that a value is, or names.

    Raises:
        TypeTransformError: it is no member.
    """
    if isinstance(value, enum):
        return value
    found = None if isinstance(value, Enum) else next((member for member in enum if member.value == value), None)
    if found is None:
        raise mismatch(enum, value, f"Use one of: {', '.join(repr(member.value) for member in enum)}.")
    return found


@dataclass(frozen=True, slots=True)
class ChoiceTransformer:
    """`typing.Literal["a", "b"]`: the type of its values, with the choices as an annotation."""

    name: str = "LiteralTypeTransformer"

    def literal_type(self, python_type: object) -> LiteralType:
        note = Struct()
        note.update({"literal_values": list(get_args(python_type))})
        base = literal_type(_base(python_type))
        return LiteralType(simple=base.simple, annotation=TypeAnnotation(annotations=note))

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


def _base(python_type: object) -> type:
    choices = get_args(python_type)
    base = next((each for each in (str, int, float, bool) if all(type(choice) is each for choice in choices)), None)
    if base is None:
        raise TypeTransformError(
            f"type {type_name(python_type)} has no FlyteIDL type", hint="Give all choices one type: str, int or bool."
        )
    return base


ENUM = EnumTransformer()
CHOICE = ChoiceTransformer()
