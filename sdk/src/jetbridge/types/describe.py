"""FlyteIDL types by names that a person knows."""

from __future__ import annotations

from collections.abc import Callable

from jetbridge.idl import BlobType, LiteralType, SimpleType


def describe(declared: LiteralType) -> str:
    """A short name of a type, such as `list[int]`, `int | None`, `DataFrame`, `file[csv]`, or a dataclass's name."""
    return _NAMES.get(declared.WhichOneof("type"), lambda _: "unknown")(declared)


def _simple(declared: LiteralType) -> str:
    if declared.simple == SimpleType.STRUCT:
        return _title(declared)
    return _SIMPLE.get(declared.simple, "unknown")


def _title(declared: LiteralType) -> str:
    fields = declared.metadata.fields
    if "title" in fields:
        return fields["title"].string_value
    return fields["$ref"].string_value.rpartition("/")[2] if "$ref" in fields else "dict"


def _enum(declared: LiteralType) -> str:
    return f"enum[{', '.join(declared.enum_type.values)}]"


def _blob(declared: LiteralType) -> str:
    base = "directory" if declared.blob.dimensionality == BlobType.MULTIPART else "file"
    return f"{base}[{declared.blob.format}]" if declared.blob.format else base


def _dataset(declared: LiteralType) -> str:
    columns = declared.structured_dataset_type.columns
    inner = ", ".join(f"{column.name}: {describe(column.literal_type)}" for column in columns)
    return f"DataFrame[{inner}]" if inner else "DataFrame"


def _union(declared: LiteralType) -> str:
    return " | ".join(describe(variant) for variant in declared.union_type.variants)


_NAMES: dict[str | None, Callable[[LiteralType], str]] = {
    "simple": _simple,
    "enum_type": _enum,
    "blob": _blob,
    "structured_dataset_type": _dataset,
    "schema": lambda _: "schema",
    "union_type": _union,
    "collection_type": lambda declared: f"list[{describe(declared.collection_type)}]",
    "map_value_type": lambda declared: f"dict[str, {describe(declared.map_value_type)}]",
}
_SIMPLE: dict[SimpleType.ValueType, str] = {
    SimpleType.NONE: "None",
    SimpleType.INTEGER: "int",
    SimpleType.FLOAT: "float",
    SimpleType.STRING: "str",
    SimpleType.BOOLEAN: "bool",
    SimpleType.DATETIME: "datetime",
    SimpleType.DURATION: "timedelta",
    SimpleType.BINARY: "binary",
    SimpleType.ERROR: "error",
}
