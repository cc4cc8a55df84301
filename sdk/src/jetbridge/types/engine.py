"""Python types and values to FlyteIDL types and literals, and back."""

from __future__ import annotations

import typing

from google.protobuf.message import DecodeError

from jetbridge.errors import TypeTransformError
from jetbridge.idl import Literal, LiteralType
from jetbridge.store import Store
from jetbridge.types.annotated import literal_hash, with_notes
from jetbridge.types.binary import binary_value, generic_value
from jetbridge.types.context import TransformContext
from jetbridge.types.lookup import kind, plain_type, transformer_for
from jetbridge.types.naming import mismatch, type_name
from jetbridge.types.transformer import Transformer


def literal_type(python_type: object) -> LiteralType:
    """The FlyteIDL type of a Python type.

    Args:
        python_type: What a parameter or a return value is annotated with.

    Raises:
        TypeTransformError: the type cannot be expressed; values are pickled only when that is asked for by name.
    """
    transformer = transformer_for(plain_type(python_type))
    return with_notes(transformer.literal_type(_seen(transformer, python_type)), python_type)


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
    transformer = transformer_for(plain)
    literal = transformer.to_literal(context, value, _seen(transformer, python_type), declared)
    digest = literal_hash(value, python_type)
    if digest:
        literal.hash = digest
    return literal


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
    literal = fetched(context.store, literal)
    if kind(plain) is typing.Union:
        return transformer_for(plain).to_python(context, literal, plain)
    literal = _unwrapped(literal)
    scalar = literal.scalar.WhichOneof("value") if literal.HasField("scalar") else None
    if scalar in _STRUCT_READERS:
        return _from_struct(context, _STRUCT_READERS[scalar](literal), plain)
    transformer = transformer_for(plain)
    return transformer.to_python(context, literal, _seen(transformer, python_type))


def _seen(transformer: Transformer, python_type: object) -> object:
    """The type as a transformer gets it: plain, or with its `Annotated` metadata if it reads them."""
    return python_type if getattr(transformer, "reads_metadata", False) else plain_type(python_type)


def _from_struct(context: TransformContext, value: object, python_type: object) -> object:
    from jetbridge.types.struct_codec import unpack

    try:
        return unpack(context, value, python_type)
    except RecursionError as error:
        raise TypeTransformError(
            f"a struct for {type_name(python_type)} is nested too deeply",
            hint="Refer to other values by a key instead of holding them.",
        ) from error


def fetched(store: Store, literal: Literal) -> Literal:
    """The literal that an offloaded one stands for; another one itself. Raises `TypeTransformError`, `StoreError`."""
    if not literal.HasField("offloaded_metadata"):
        return literal
    return parse_literal(store.read(literal.offloaded_metadata.uri), literal.offloaded_metadata.uri)


def parse_literal(data: bytes, where: str) -> Literal:
    """The literal in bytes that were read from somewhere.

    Raises:
        TypeTransformError: the bytes are none, or are nested deeper than protobuf reads.
    """
    try:
        return Literal.FromString(data)
    except DecodeError as error:
        raise TypeTransformError(f"{where} holds no literal: {error}", hint="Write the value again.") from error


def _unwrapped(literal: Literal) -> Literal:
    while literal.HasField("scalar") and literal.scalar.HasField("union"):
        literal = literal.scalar.union.value
    return literal


_STRUCT_READERS: dict[str | None, typing.Callable[[Literal], object]] = {
    "binary": binary_value,
    "generic": generic_value,
}
