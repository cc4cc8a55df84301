"""Classes inside a struct: dataclasses, TypedDict, NamedTuple, and classes that a transformer knows."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping
from typing import Any, cast

from google.protobuf.message import Message

from jetbridge.errors import TypeTransformError
from jetbridge.idl import (
    Blob,
    BlobMetadata,
    Literal,
    LiteralType,
    Primitive,
    Scalar,
    SimpleType,
    StructuredDataset,
    StructuredDatasetMetadata,
    StructuredDatasetType,
)
from jetbridge.types.collection import within
from jetbridge.types.context import TransformContext
from jetbridge.types.engine import literal_type, to_literal
from jetbridge.types.generics import class_of, field_types, hints_of, required_keys
from jetbridge.types.lookup import transformer_for
from jetbridge.types.naming import mismatch, type_name
from jetbridge.types.struct_scalars import Convert
from jetbridge.types.transformer import StructTransformer


def pack_dataclass(convert: Convert) -> Convert:
    """A dataclass as a dict of its fields."""

    def run(context: TransformContext, value: object, python_type: object) -> object:
        if not isinstance(value, class_of(python_type)):
            raise mismatch(python_type, value)
        return {
            name: within(f".{name}", lambda name=name, each=each: convert(context, getattr(value, name), each))
            for name, each in field_types(python_type).items()
        }

    return run


def unpack_dataclass(convert: Convert) -> Convert:
    """A dataclass of a dict; names it does not have are ignored, as mashumaro ignores them for flytekit."""

    def run(context: TransformContext, value: object, python_type: object) -> object:
        if not isinstance(value, dict):
            raise mismatch(python_type, value)
        types = field_types(python_type)
        fields = [field for field in dataclasses.fields(class_of(python_type)) if field.init]
        given = _by_field(fields, cast("dict[object, object]", value))
        missing = [field.name for field in fields if field.name not in given and not _has_default(field)]
        if missing:
            raise _lacks(python_type, missing[0], [field.name for field in fields])
        values = {
            name: within(f".{name}", lambda name=name: convert(context, given[name], types[name])) for name in given
        }
        return _built(class_of(python_type), values)

    return run


def _by_field(fields: list[dataclasses.Field[Any]], given: dict[object, object]) -> dict[str, object]:
    """The values by the fields' names, which mashumaro may have written under an `alias` in the field's metadata."""
    keys = {field.name: field.name if field.name in given else field.metadata.get("alias") for field in fields}
    return {name: given[key] for name, key in keys.items() if key in given}


def _has_default(field: dataclasses.Field[Any]) -> bool:
    return field.default is not dataclasses.MISSING or field.default_factory is not dataclasses.MISSING


def _built(python_class: Callable[..., object], values: Mapping[str, object]) -> object:
    try:
        return python_class(**values)
    except TypeTransformError:
        raise
    except Exception as error:  # the author's `__post_init__` refused the values
        raise TypeTransformError(
            f"{type_name(python_class)} refused its values: {type(error).__name__}: {error}",
            hint="Check what its __post_init__ or __init__ demands against what was written.",
        ) from error


def _lacks(python_type: object, name: str, known: list[str]) -> TypeTransformError:
    return TypeTransformError(
        f"{type_name(python_type)} lacks the field {name!r}", hint=f"Its fields are: {', '.join(known)}."
    )


def typed_dict(convert: Convert) -> Convert:
    """A TypedDict: a dict whose known keys are converted; unknown and missing ones are errors."""

    def run(context: TransformContext, value: object, python_type: object) -> object:
        if not isinstance(value, dict):
            raise mismatch(python_type, value)
        given, types = cast("dict[str, object]", value), hints_of(python_type)
        missing = sorted(required_keys(python_type) - given.keys())
        if missing:
            raise _lacks(python_type, missing[0], list(types))
        unknown = [key for key in given if key not in types]
        if unknown:
            raise TypeTransformError(
                f"{type_name(python_type)} has no key {unknown[0]!r}", hint=f"Its keys are: {', '.join(types)}."
            )
        return {key: within(f"[{key!r}]", lambda key=key: convert(context, given[key], types[key])) for key in given}

    return run


def pack_named_tuple(convert: Convert) -> Convert:
    """A NamedTuple as a list, as mashumaro writes it."""

    def run(context: TransformContext, value: object, python_type: object) -> object:
        if not isinstance(value, class_of(python_type)):
            raise mismatch(python_type, value)
        types = _types_in_order(python_type)
        return [
            within(f".{name}", lambda item=item, each=each: convert(context, item, each))
            for (name, each), item in zip(types.items(), cast("tuple[object, ...]", value), strict=True)
        ]

    return run


def unpack_named_tuple(convert: Convert) -> Convert:
    """A NamedTuple of a list; defaults fill the end."""

    def run(context: TransformContext, value: object, python_type: object) -> object:
        types = _types_in_order(python_type)
        items = cast("list[object]", value)
        if not isinstance(value, list) or len(items) > len(types):
            raise mismatch(python_type, cast("object", value))
        given = dict(zip(types, items, strict=False))
        missing = [name for name in types if name not in given and name not in class_of(python_type)._field_defaults]
        if missing:
            raise _lacks(python_type, missing[0], list(types))
        values = {
            name: within(f".{name}", lambda name=name: convert(context, given[name], types[name])) for name in given
        }
        return _built(class_of(python_type), values)

    return run


def _types_in_order(python_type: object) -> dict[str, object]:
    hints = hints_of(python_type)
    return {name: hints.get(name, Any) for name in class_of(python_type)._fields}


def pack_class(context: TransformContext, value: object, python_type: object) -> object:
    """A class that a transformer knows: files and data sets are uploaded and kept by where they are."""
    transformer = transformer_for(python_type)
    if isinstance(transformer, StructTransformer):
        return transformer.pack(context, value, python_type)
    declared = _storable(python_type)
    literal = to_literal(context, value, python_type, declared)
    return _PARTS[declared.WhichOneof("type")][0](literal)


def unpack_class(context: TransformContext, value: object, python_type: object) -> object:
    """What `pack_class` wrote."""
    transformer = transformer_for(python_type)
    if isinstance(transformer, StructTransformer):
        return transformer.unpack(context, value, python_type)
    declared = _storable(python_type)
    literal = _PARTS[declared.WhichOneof("type")][1](value, declared)
    if literal is None:
        raise mismatch(python_type, value)
    return transformer.to_python(context, literal, python_type)


def _storable(python_type: object) -> LiteralType:
    declared = literal_type(python_type)
    if declared.WhichOneof("type") not in _PARTS or declared.simple in (SimpleType.STRUCT, SimpleType.BINARY):
        raise TypeTransformError(
            f"type {type_name(python_type)} cannot be a part of a struct",
            hint="Make it an input or output of its own.",
        )
    return declared


def _blob_part(literal: Literal) -> object:
    if not literal.metadata:
        return {"path": literal.scalar.blob.uri}
    return {"path": literal.scalar.blob.uri, "metadata": dict(literal.metadata)}


def _blob(value: object, declared: LiteralType) -> Literal | None:
    given = _text_entries(value, "path")
    if given is None:
        return None
    blob = Blob(metadata=BlobMetadata(type=declared.blob), uri=given["path"])
    notes: dict[str, str] = given.get("metadata") or {}
    return Literal(scalar=Scalar(blob=blob), metadata=notes) if _is_texts(notes) else None


def _is_texts(notes: object) -> bool:
    entries = cast("dict[object, object]", notes)
    return isinstance(notes, dict) and all(isinstance(each, str) for pair in entries.items() for each in pair)


def _dataset_part(literal: Literal) -> object:
    dataset = literal.scalar.structured_dataset
    return {"uri": dataset.uri, "file_format": dataset.metadata.structured_dataset_type.format}


def _dataset(value: object, declared: LiteralType) -> Literal | None:
    given = _text_entries(value, "uri")
    if given is None:
        return None
    found = StructuredDatasetType()
    found.CopyFrom(declared.structured_dataset_type)
    found.format = str(given.get("file_format") or found.format)
    metadata = StructuredDatasetMetadata(structured_dataset_type=found)
    return Literal(scalar=Scalar(structured_dataset=StructuredDataset(uri=given["uri"], metadata=metadata)))


def _text_entries(value: object, required: str) -> dict[str, Any] | None:
    entries = cast("dict[str, Any]", value)
    return entries if isinstance(value, dict) and isinstance(entries.get(required), str) else None


def _primitive_part(literal: Literal) -> object:
    primitive = literal.scalar.primitive
    found = getattr(primitive, primitive.WhichOneof("value") or "", None)
    return found if not isinstance(found, Message) else found.ToJsonString()  # type: ignore[attr-defined]


def _primitive(value: object, declared: LiteralType) -> Literal | None:
    field = _PRIMITIVES.get(type(value))
    try:
        return Literal(scalar=Scalar(primitive=Primitive(**{field: value}))) if field else None  # type: ignore[arg-type]
    except ValueError:
        return None


_PRIMITIVES: dict[type, str] = {str: "string_value", bool: "boolean", int: "integer", float: "float_value"}
_PARTS: dict[str | None, tuple[Callable[[Literal], object], Callable[[object, LiteralType], Literal | None]]] = {
    "blob": (_blob_part, _blob),
    "structured_dataset_type": (_dataset_part, _dataset),
    "simple": (_primitive_part, _primitive),
}
