"""Random FlyteIDL types, literals of them, broken bytes, and annotations."""

from __future__ import annotations

import datetime as dt
import typing
from typing import Annotated, Any

from hypothesis import strategies as st

from jetbridge.idl import (
    Binary,
    Blob,
    BlobMetadata,
    BlobType,
    EnumType,
    Literal,
    LiteralCollection,
    LiteralMap,
    LiteralType,
    Primitive,
    Scalar,
    SimpleType,
    TypeStructure,
    Union,
    UnionType,
    Void,
)
from tests.fuzz.entries import Color, FlyteFile, Tree

names = st.text(max_size=8)
int64 = st.integers(-(2**63), 2**63 - 1)
simple = st.sampled_from(SimpleType.keys()).map(lambda each: LiteralType(simple=each))
blobs = st.builds(BlobType, format=st.sampled_from(["", "csv"]), dimensionality=st.sampled_from([0, 1]))
leaves = (
    simple
    | blobs.map(lambda each: LiteralType(blob=each))
    | st.lists(names, max_size=3).map(lambda each: LiteralType(enum_type=EnumType(values=each)))
    | st.just(LiteralType())
)


def _tagged(declared: LiteralType, tag: str) -> LiteralType:
    changed = LiteralType()
    changed.CopyFrom(declared)
    changed.structure.CopyFrom(TypeStructure(tag=tag))
    return changed


def _larger(inner: st.SearchStrategy[LiteralType]) -> st.SearchStrategy[LiteralType]:
    variants = st.lists(st.builds(_tagged, inner, st.sampled_from(["", "int", "str"])), max_size=3)
    fields = st.dictionaries(names, inner, max_size=3)
    return (
        inner.map(lambda each: LiteralType(collection_type=each))
        | inner.map(lambda each: LiteralType(map_value_type=each))
        | variants.map(lambda each: LiteralType(union_type=UnionType(variants=each)))
        | fields.map(lambda each: LiteralType(simple=SimpleType.STRUCT, structure=TypeStructure(dataclass_type=each)))
    )


literal_types = st.recursive(leaves, _larger, max_leaves=6)
primitives = st.one_of(
    int64.map(lambda each: Primitive(integer=each)),
    st.floats().map(lambda each: Primitive(float_value=each)),
    st.text(max_size=12).map(lambda each: Primitive(string_value=each)),
    st.booleans().map(lambda each: Primitive(boolean=each)),
    st.tuples(int64, st.integers(-(2**31), 2**31 - 1)).map(
        lambda each: Primitive(datetime={"seconds": each[0], "nanos": each[1]})  # type: ignore[arg-type]
    ),
    st.tuples(int64, st.integers(-(2**31), 2**31 - 1)).map(
        lambda each: Primitive(duration={"seconds": each[0], "nanos": each[1]})  # type: ignore[arg-type]
    ),
    st.just(Primitive()),
)


def _blob(kind: BlobType, uri: str) -> Scalar:
    return Scalar(blob=Blob(metadata=BlobMetadata(type=kind), uri=uri))


def _binary(data: bytes, tag: str) -> Scalar:
    return Scalar(binary=Binary(value=data, tag=tag))


def _variant(value: Literal, kind: LiteralType) -> Literal:
    return Literal(scalar=Scalar(union=Union(value=value, type=kind)))


scalars = st.one_of(
    primitives.map(lambda each: Scalar(primitive=each)),
    st.builds(_blob, blobs, names),
    st.builds(_binary, st.binary(max_size=40), st.sampled_from(["msgpack", ""])),
    st.just(Scalar(none_type=Void())),
    st.just(Scalar()),
)


def _holding(inner: st.SearchStrategy[Literal]) -> st.SearchStrategy[Literal]:
    return (
        st.lists(inner, max_size=3).map(lambda each: Literal(collection=LiteralCollection(literals=each)))
        | st.dictionaries(names, inner, max_size=3).map(lambda each: Literal(map=LiteralMap(literals=each)))
        | st.builds(_variant, inner, leaves)
    )


literals = st.recursive(scalars.map(lambda each: Literal(scalar=each)) | st.just(Literal()), _holding, max_leaves=5)
json_values: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(names, inner, max_size=3),
    max_leaves=6,
)


@st.composite
def broken(draw: st.DrawFn, sound: bytes) -> bytes:
    """Bytes with a few bits flipped, cut, or with a piece repeated."""
    data = bytearray(sound)
    for _ in range(draw(st.integers(1, 8))):
        data[draw(st.integers(0, len(data) - 1))] ^= 1 << draw(st.integers(0, 7))
    start, end = sorted((draw(st.integers(0, len(data))), draw(st.integers(0, len(data)))))
    return draw(st.sampled_from([bytes(data), bytes(data[:end]), bytes(data + data[start:end]), bytes(data[start:])]))


TYPES_OR_NOT: tuple[Any, ...] = (
    *(int, float, str, bool, None, dt.datetime, bytes, list, dict, tuple, Any, object, Color, Tree, FlyteFile, "int"),
    *("Nope", "list[", "3", 3, 1.5, (), [], {}, print, typing.TypeVar("T"), typing.NewType("N", int), ..., complex),
    *(typing.Literal["a"], typing.Literal["a", 1], typing.Literal[None], typing.NoReturn, typing.Callable[[int], int]),
    *(set[int], type, type[int], typing.List, typing.Dict, typing.Generic),  # noqa: UP006 -- as a user may write them
)
any_annotation: st.SearchStrategy[Any] = st.recursive(
    st.sampled_from(TYPES_OR_NOT),
    lambda inner: st.one_of(
        inner.map(lambda each: _subscript(list, each)),
        st.tuples(inner, inner).map(lambda each: _subscript(dict, each)),
        st.tuples(inner, inner).map(lambda each: _subscript(typing.Union, each)),
        st.tuples(inner, inner).map(lambda each: _subscript(tuple, each)),
        inner.map(lambda each: _subscript(Annotated, (each, "note"))),
        inner.map(lambda each: _subscript(typing.Optional, each)),
    ),
    max_leaves=4,
)


def _subscript(generic: Any, argument: Any) -> Any:
    try:
        return generic[argument]
    except (AttributeError, SyntaxError, TypeError):
        return generic
