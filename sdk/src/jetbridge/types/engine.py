"""Python types and values to FlyteIDL types and literals, and back."""

from __future__ import annotations

import typing

from google.protobuf.json_format import MessageToDict

from jetbridge.idl import Literal, LiteralType
from jetbridge.types.binary import binary_value
from jetbridge.types.context import TransformContext
from jetbridge.types.lookup import kind, plain_type, transformer_for
from jetbridge.types.naming import mismatch


def literal_type(python_type: object) -> LiteralType:
    """The FlyteIDL type of a Python type.

    Args:
        python_type: What a parameter or a return value is annotated with.

    Raises:
        TypeTransformError: the type cannot be expressed; values are pickled only when that is asked for by name.
    """
    plain = plain_type(python_type)
    return transformer_for(plain).literal_type(plain)


def to_literal(context: TransformContext, value: object, python_type: object, declared: LiteralType) -> Literal:
    """The literal of a value; files, directories and data frames are uploaded below `context.raw_prefix`.

    Args:
        context: The store and the places for data.
        value: The value, which must be of `python_type`.
        python_type: The annotated type.
        declared: The FlyteIDL type in the interface, which says the columns and the format of a data frame.

    Raises:
        TypeTransformError: the value is not of the type; the message names both.
    """
    plain = plain_type(python_type)
    if isinstance(value, tuple):
        raise mismatch(plain, typing.cast("object", value), "A tuple is no single value: return its parts, or a list.")
    return transformer_for(plain).to_literal(context, value, plain, declared)


def to_python(context: TransformContext, literal: Literal, python_type: object) -> object:
    """The value of a literal. Files and directories are downloaded when they are first used.

    Args:
        context: The store and the places for data.
        literal: The literal; a union is unwrapped and an offloaded one fetched.
        python_type: The annotated type.

    Raises:
        TypeTransformError: the literal does not hold such a value.
    """
    plain = plain_type(python_type)
    literal = _fetched(context, literal)
    if kind(plain) is typing.Union:
        return transformer_for(plain).to_python(context, literal, plain)
    literal = _unwrapped(literal)
    scalar = literal.scalar.WhichOneof("value") if literal.HasField("scalar") else None
    if scalar in _STRUCT_READERS:
        from jetbridge.types.struct_codec import unpack

        return unpack(context, _STRUCT_READERS[scalar](literal), plain)
    return transformer_for(plain).to_python(context, literal, plain)


def _fetched(context: TransformContext, literal: Literal) -> Literal:
    if not literal.HasField("offloaded_metadata"):
        return literal
    return Literal.FromString(context.store.read(literal.offloaded_metadata.uri))


def _unwrapped(literal: Literal) -> Literal:
    while literal.HasField("scalar") and literal.scalar.HasField("union"):
        literal = literal.scalar.union.value
    return literal


def _generic_value(literal: Literal) -> object:
    return MessageToDict(literal.scalar.generic)


_STRUCT_READERS: dict[str | None, typing.Callable[[Literal], object]] = {
    "binary": binary_value,
    "generic": _generic_value,
}
