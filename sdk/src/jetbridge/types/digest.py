"""A digest of what a literal means, so that outputs of different back ends can be compared.

Two literals have the same digest when a task could not tell them apart: URIs, parquet encodings and pandas' notes do
not count, but values, types, names and bytes do.
"""

from __future__ import annotations

import hashlib
import importlib
import json
import math
import re
import tempfile
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, cast

from jetbridge.errors import TypeTransformError
from jetbridge.idl import (
    BlobType,
    Literal,
    Scalar,
    StructuredDataset,
    StructuredDatasetMetadata,
    StructuredDatasetType,
)
from jetbridge.store import Store
from jetbridge.types.binary import binary_value, generic_value
from jetbridge.types.engine import parse_literal
from jetbridge.types.naming import literal_kind
from jetbridge.types.remote import is_remote, names_below

_ROWS = 1 << 16


def content_digest(store: Store, literal: Literal) -> str:
    """The SHA-256 of a literal's meaning, as 64 hex digits.

    Args:
        store: Where files, directories and data frames are read.
        literal: The literal; unions count as what they hold.

    Raises:
        TypeTransformError: the literal is empty, or of a kind without a meaning of its own.
        StoreError: what the literal names cannot be read.
    """
    while literal.scalar.HasField("union"):
        literal = literal.scalar.union.value
    if literal.HasField("offloaded_metadata"):
        return content_digest(
            store, parse_literal(store.read(literal.offloaded_metadata.uri), literal.offloaded_metadata.uri)
        )
    kind = literal.WhichOneof("value")
    key = literal.scalar.WhichOneof("value") if kind == "scalar" else kind
    digest = _DIGESTS.get(key)
    if digest is None:
        raise TypeTransformError(f"{literal_kind(literal)} has no content to compare", hint="Write the value again.")
    return digest(store, literal)


def _hash(parts: Iterable[str | bytes]) -> str:
    """Each part with its length, so that no two sequences of parts look alike."""
    state = hashlib.sha256()
    for part in parts:
        data = part.encode() if isinstance(part, str) else part
        state.update(f"{len(data)}:".encode())
        state.update(data)
    return state.hexdigest()


def _primitive(store: Store, literal: Literal) -> str:
    primitive = literal.scalar.primitive
    kind = primitive.WhichOneof("value")
    if kind is None:
        raise TypeTransformError("a primitive without a value has no content to compare", hint="Write it again.")
    if kind == "float_value":
        return _hash(["float_value", _float(primitive.float_value)])
    return _hash([kind, primitive.SerializeToString(deterministic=True)])


def _float(value: float) -> str:
    return "nan" if math.isnan(value) else value.hex()


def _struct(store: Store, literal: Literal) -> str:
    return _hash(["struct", _canonical(store, binary_value(literal))])


def _generic(store: Store, literal: Literal) -> str:
    return _hash(["struct", _canonical(store, generic_value(literal))])


def _canonical(store: Store, value: object) -> str:
    """Plain values as text that tells types apart and ignores the order of keys; stored files count by content."""
    if isinstance(value, dict):
        entries = cast("dict[object, object]", value)
        content = _stored(store, entries)
        if content:
            return content
        pairs = (f"{_canonical(store, key)}:{_canonical(store, item)}" for key, item in entries.items())
        return "{" + ",".join(sorted(pairs)) + "}"
    if isinstance(value, list):
        return "[" + ",".join(_canonical(store, item) for item in cast("list[object]", value)) + "]"
    if isinstance(value, float):
        return f"f{_float(value)}"
    return f"b{value.hex()}" if isinstance(value, bytes) else json.dumps(value)


def _stored(store: Store, entries: dict[object, object]) -> str:
    """The digest of a FlyteFile or FlyteDirectory in a dataclass (`{"path": uri}`); empty if it is none."""
    uri = entries.get("path")
    if not isinstance(uri, str) or not is_remote(uri) or entries.keys() - {"path", "metadata"}:
        return ""
    if store.exists(uri):
        return f"file {_file(store, uri)}"
    return f"directory {_directory(store, uri)}" if names_below(store, uri) else ""


def _blob(store: Store, literal: Literal) -> str:
    blob = literal.scalar.blob
    if blob.metadata.type.dimensionality == BlobType.SINGLE:
        return _hash(["file", _file(store, blob.uri)])
    return _directory(store, blob.uri)


def _directory(store: Store, prefix: str) -> str:
    parts = [part for name, uri in names_below(store, prefix) for part in (name, _file(store, uri))]
    return _hash(["directory", *parts])


def _file(store: Store, uri: str) -> str:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "data")
        store.download(uri, path)
        with path.open("rb") as stream:
            return hashlib.file_digest(stream, "sha256").hexdigest()


def _schema(store: Store, literal: Literal) -> str:
    """What flytekit's FlyteSchema left, which is parquet."""
    metadata = StructuredDatasetMetadata(structured_dataset_type=StructuredDatasetType(format="parquet"))
    table = StructuredDataset(uri=literal.scalar.schema.uri, metadata=metadata)
    return _dataset(store, Literal(scalar=Scalar(structured_dataset=table)))


def _dataset(store: Store, literal: Literal) -> str:
    from jetbridge.types.structured_dataset.storage import arrow_table

    with tempfile.TemporaryDirectory() as folder:
        return table_digest(arrow_table(store, literal.scalar.structured_dataset, Path(folder)))


def table_digest(table: Any) -> str:
    """The digest of a pyarrow table's columns: names, types and values in order, however they are encoded."""
    parts = [part for name in table.column_names for part in (name, *_column(table.column(name)))]
    return _hash(["table", str(table.num_rows), *parts])


def _arrow() -> Any:
    """Untyped, since pyarrow has no type stubs; loaded with the first data frame."""
    return importlib.import_module("pyarrow")


def _column(column: Any) -> tuple[str, str]:
    pa = _arrow()
    if pa.types.is_dictionary(column.type):
        column = column.cast(column.type.value_type)
    state = hashlib.sha256()
    for start in range(0, len(column), _ROWS):
        chunk = pa.chunked_array(column.slice(start, _ROWS).chunks, type=column.type).combine_chunks()
        state.update(_values(chunk))
    return type_text(column.type), state.hexdigest()


def type_text(arrow_type: Any) -> str:
    """A type in words: widths of offsets and the names of a list's items are encoding, not meaning."""
    return re.sub(r"list<\w+:", "list<", str(arrow_type).replace("large_", "").replace("_view", ""))


def _values(chunk: Any) -> bytes:
    """The values of at most 65,536 rows; nulls apart from zeros, every NaN alike."""
    pa = _arrow()
    if pa.types.is_integer(chunk.type) or pa.types.is_boolean(chunk.type):
        filled = chunk.fill_null(0 if pa.types.is_integer(chunk.type) else False)
        return _raw(filled) + _raw(chunk.is_null())
    if pa.types.is_floating(chunk.type):
        return _floats(chunk)
    return "\0".join(repr(value) for value in chunk.to_pylist()).encode(errors="surrogatepass")


def _floats(chunk: Any) -> bytes:
    import numpy

    values = numpy.array(chunk.fill_null(0).to_numpy(zero_copy_only=False))
    values[numpy.isnan(values)] = numpy.nan
    return values.tobytes() + _raw(chunk.is_null(nan_is_null=False))


def _raw(chunk: Any) -> bytes:
    return cast("bytes", chunk.to_numpy(zero_copy_only=False).tobytes())


def _collection(store: Store, literal: Literal) -> str:
    return _hash(["list", *(content_digest(store, item) for item in literal.collection.literals)])


def _map(store: Store, literal: Literal) -> str:
    entries = literal.map.literals
    return _hash(["map", *(part for key in sorted(entries) for part in (key, content_digest(store, entries[key])))])


_DIGESTS: dict[str | None, Callable[[Store, Literal], str]] = {
    "primitive": _primitive,
    "none_type": lambda store, literal: _hash(["none"]),
    "binary": _struct,
    "generic": _generic,
    "blob": _blob,
    "schema": _schema,
    "structured_dataset": _dataset,
    "collection": _collection,
    "map": _map,
}
