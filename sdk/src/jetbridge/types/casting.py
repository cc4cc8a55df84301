"""Whether an output may be bound to an input: the rules of FlyteIDL's compiler, `AreTypesCastable`."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import cast

from google.protobuf.json_format import MessageToDict

from jetbridge.idl import NONE, STRUCT, LiteralType, SimpleType, StructuredDatasetType

Check = Callable[[LiteralType, LiteralType], bool]


def is_castable(upstream: LiteralType, downstream: LiteralType) -> bool:
    """Whether a value of one type may be bound to an input of another, as Flyte's compiler decides it.

    Args:
        upstream: The type of the output.
        downstream: The type of the input.
    """
    variants = upstream.union_type.variants
    if len(variants) == 1 and _casts(variants[0], downstream):
        return True
    return _casts(upstream, downstream)


def _casts(upstream: LiteralType, downstream: LiteralType) -> bool:
    if _is_none(downstream):
        return _is_none(upstream)
    return _CHECKS.get(downstream.WhichOneof("type"), _trivial)(upstream, downstream)


def same_essence(left: LiteralType, right: LiteralType) -> bool:
    """Whether two types are equal but for structure, metadata and annotation."""
    return _essence(left) == _essence(right)


def _essence(declared: LiteralType) -> LiteralType:
    bare = LiteralType()
    bare.CopyFrom(declared)
    for field in ("structure", "metadata", "annotation"):
        bare.ClearField(field)
    return bare


def _is_none(declared: LiteralType) -> bool:
    return declared.WhichOneof("type") == "simple" and declared.simple == NONE


def _is_simple(declared: LiteralType, simple: SimpleType.ValueType) -> bool:
    return declared.WhichOneof("type") == "simple" and declared.simple == simple


def _trivial(upstream: LiteralType, downstream: LiteralType) -> bool:
    if upstream.HasField("enum_type") and _is_simple(downstream, SimpleType.STRING):
        return True
    if downstream.HasField("enum_type") and _is_simple(upstream, SimpleType.STRING):
        return True
    tag = upstream.structure.tag
    if tag and tag != downstream.structure.tag:
        return False
    if _is_simple(upstream, STRUCT) and _is_simple(downstream, STRUCT):
        return _struct(upstream, downstream)
    return same_essence(upstream, downstream)


def _struct(upstream: LiteralType, downstream: LiteralType) -> bool:
    if not upstream.HasField("metadata") or not downstream.HasField("metadata"):
        return True
    return _superset(MessageToDict(upstream.metadata), MessageToDict(downstream.metadata))


def _superset(upstream: object, downstream: object) -> bool:
    """Whether JSON holds all of another: objects by key, arrays by position."""
    if isinstance(upstream, dict) and isinstance(downstream, dict):
        larger, smaller = cast("dict[str, object]", upstream), cast("dict[str, object]", downstream)
        return all(key in larger and _superset(larger[key], value) for key, value in smaller.items())
    if isinstance(upstream, list) and isinstance(downstream, list):
        longer, shorter = cast("list[object]", upstream), cast("list[object]", downstream)
        return len(longer) >= len(shorter) and all(map(_superset, longer, shorter))
    return upstream == downstream and isinstance(upstream, bool) == isinstance(downstream, bool)


def _collection(upstream: LiteralType, downstream: LiteralType) -> bool:
    if not upstream.HasField("collection_type"):
        return False
    element = upstream.collection_type
    return _is_none(element) or _casts(element, downstream.collection_type)


def _map(upstream: LiteralType, downstream: LiteralType) -> bool:
    if not upstream.HasField("map_value_type"):
        return False
    element = upstream.map_value_type
    return _is_none(element) or _casts(element, downstream.map_value_type)


def _blob(upstream: LiteralType, downstream: LiteralType) -> bool:
    if not upstream.HasField("blob"):
        return False
    formats = (upstream.blob.format, downstream.blob.format)
    return formats[0] == formats[1] or "" in formats


def _union(upstream: LiteralType, downstream: LiteralType) -> bool:
    variants = downstream.union_type.variants
    if upstream.HasField("union_type"):
        each_fits = (any(is_castable(given, wanted) for wanted in variants) for given in upstream.union_type.variants)
        return all(each_fits)
    return sum(is_castable(upstream, variant) for variant in variants) == 1


def _schema(upstream: LiteralType, downstream: LiteralType) -> bool:
    wanted = {column.name: column.type for column in downstream.schema.columns}
    if upstream.HasField("schema"):
        given = {column.name: column.type for column in upstream.schema.columns}
        return _subset(wanted, given, lambda name: given[name] == wanted[name])
    if not upstream.HasField("structured_dataset_type") or not _is_parquet(upstream.structured_dataset_type):
        return False
    columns = {each.name: each.literal_type.simple for each in upstream.structured_dataset_type.columns}
    return _subset(wanted, columns, lambda name: _SCHEMA_COLUMNS.get(wanted[name]) == columns[name])


def _structured_dataset(upstream: LiteralType, downstream: LiteralType) -> bool:
    if _is_none(upstream):
        return True
    dataset = downstream.structured_dataset_type
    wanted = {column.name: column.literal_type for column in dataset.columns}
    if upstream.HasField("schema"):
        given = {column.name: column.type for column in upstream.schema.columns}
        fits = _subset(wanted, given, lambda name: _SCHEMA_COLUMNS.get(given[name]) == wanted[name].simple)
        return _is_parquet(dataset) and fits
    if not upstream.HasField("structured_dataset_type"):
        return False
    columns = {each.name: each.literal_type for each in upstream.structured_dataset_type.columns}
    formats = {each.lower() for each in (upstream.structured_dataset_type.format, dataset.format) if each}
    return len(formats) < 2 and _subset(wanted, columns, lambda name: _casts(columns[name], wanted[name]))


def _is_parquet(dataset: StructuredDatasetType) -> bool:
    return dataset.format.lower() in ("", "parquet")


def _subset(wanted: Iterable[str], given: Iterable[str], alike: Callable[[str], bool]) -> bool:
    names = set(given)
    required = list(wanted)
    return not names or all(name in names and alike(name) for name in required)


_CHECKS: dict[str | None, Check] = {
    "collection_type": _collection,
    "map_value_type": _map,
    "blob": _blob,
    "schema": _schema,
    "union_type": _union,
    "structured_dataset_type": _structured_dataset,
}
# SchemaType.SchemaColumn.SchemaColumnType by number: INTEGER, FLOAT, STRING, BOOLEAN, DATETIME, DURATION.
_SCHEMA_COLUMNS: dict[int, SimpleType.ValueType] = {
    0: SimpleType.INTEGER,
    1: SimpleType.FLOAT,
    2: SimpleType.STRING,
    3: SimpleType.BOOLEAN,
    4: SimpleType.DATETIME,
    5: SimpleType.DURATION,
}
