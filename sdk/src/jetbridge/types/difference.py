"""What makes two literals different, in words of the workflow's author: which entry, column, row or byte."""

from __future__ import annotations

import importlib
import json
import math
import tempfile
from collections.abc import Callable, Iterator, Mapping
from itertools import islice
from pathlib import Path
from typing import Any, cast

from jetbridge.idl import BlobType, Literal
from jetbridge.record import Record
from jetbridge.store import Store
from jetbridge.types.binary import binary_value, generic_value
from jetbridge.types.digest import content_digest, type_text
from jetbridge.types.engine import fetched
from jetbridge.types.naming import literal_kind
from jetbridge.types.remote import names_below

MOST = 20
"""Differences that are told of one output; more help nobody."""
_LONGEST = 200
_BLOCK = 1 << 16


class Difference(Record):
    """One difference between two literals.

    Attributes:
        place: Where in the value: `[2]`, `.name`, `column 'mass', row 7`; empty for the whole.
        what: The kind: `value`, `type`, `missing`, `length`, `rows`, `columns` or `bytes`.
        left: The first value, shortened.
        right: The second one.
    """

    place: str
    what: str
    left: str
    right: str

    def __str__(self) -> str:
        return f"{self.place or 'the value'}: {self.what} {self.left} ≠ {self.right}"


def differences(store: Store, left: Literal, right: Literal) -> tuple[Difference, ...]:
    """Where two literals differ; nothing for two that mean the same. At most `MOST`.

    Raises:
        JetbridgeError: what a literal names cannot be read.

    Example:
        >>> from jetbridge.idl import Primitive, Scalar
        >>> one, two = (Literal(scalar=Scalar(primitive=Primitive(integer=n))) for n in (1, 2))
        >>> [str(each) for each in differences(None, one, two)]
        ['the value: value 1 ≠ 2']
    """
    return tuple(islice(_literals(store, "", left, right), MOST))


def _literals(store: Store, place: str, left: Literal, right: Literal) -> Iterator[Difference]:
    left, right = _plain(store, left), _plain(store, right)
    if content_digest(store, left) == content_digest(store, right):
        return
    kinds = _kind(left), _kind(right)
    if kinds[0] != kinds[1]:
        yield Difference(place, "type", literal_kind(left), literal_kind(right))
        return
    found = list(islice(_COMPARE[kinds[0]](store, place, left, right), MOST))
    # The digest sees more than what can be told apart here: never silence.
    yield from found or [Difference(place, "value", _text(left), _text(right))]


def _plain(store: Store, literal: Literal) -> Literal:
    while literal.scalar.HasField("union"):
        literal = literal.scalar.union.value
    return fetched(store, literal)


def _kind(literal: Literal) -> str:
    kind = literal.WhichOneof("value")
    key = literal.scalar.WhichOneof("value") if kind == "scalar" else kind
    return _SAME.get(str(key), str(key))


_SAME = {"generic": "binary", "schema": "structured_dataset"}


def _text(value: object) -> str:
    text = " ".join(str(value).split())
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"


def _primitives(store: Store, place: str, left: Literal, right: Literal) -> Iterator[Difference]:
    kinds = [each.scalar.primitive.WhichOneof("value") or "none" for each in (left, right)]
    if kinds[0] != kinds[1]:
        yield Difference(place, "type", *(kind.removesuffix("_value") for kind in kinds))
        return
    values = [_primitive_text(getattr(each.scalar.primitive, kinds[0])) for each in (left, right)]
    yield Difference(place, "value", *values)


def _primitive_text(value: object) -> str:
    return repr(value) if isinstance(value, str | float | int) else _text(cast("Any", value).ToJsonString())


def _structs(store: Store, place: str, left: Literal, right: Literal) -> Iterator[Difference]:
    yield from _values(store, place, _struct(left), _struct(right))


def _struct(literal: Literal) -> object:
    return generic_value(literal) if literal.scalar.HasField("generic") else binary_value(literal)


def _values(store: Store, place: str, left: object, right: object) -> Iterator[Difference]:
    kind = type(left)
    if kind is not type(right):
        yield Difference(place, "type", f"{_shown(left)} ({_name(left)})", f"{_shown(right)} ({_name(right)})")
    elif kind in _NESTED:
        yield from _NESTED[kind](store, place, left, right)
    elif not _equal(left, right):
        yield Difference(place, "value", _shown(left), _shown(right))


def _entries(
    store: Store, place: str, left: Mapping[object, object], right: Mapping[object, object]
) -> Iterator[Difference]:
    for key in dict.fromkeys([*left, *right]):
        inside = f"{place}.{key}"
        if key not in left or key not in right:
            yield Difference(inside, "missing", *(_shown(side[key]) if key in side else "—" for side in (left, right)))
        else:
            yield from _values(store, inside, left[key], right[key])


def _items(store: Store, place: str, left: list[object], right: list[object]) -> Iterator[Difference]:
    if len(left) != len(right):
        yield Difference(place, "length", str(len(left)), str(len(right)))
    for index, (one, two) in enumerate(zip(left, right, strict=False)):
        yield from _values(store, f"{place}[{index}]", one, two)


def _name(value: object) -> str:
    return type(value).__name__


def _shown(value: object) -> str:
    return _text(json.dumps(value, ensure_ascii=False, default=repr))


def _equal(left: object, right: object) -> bool:
    both_nan = isinstance(left, float) and isinstance(right, float) and math.isnan(left) and math.isnan(right)
    return both_nan or left == right


def _collections(store: Store, place: str, left: Literal, right: Literal) -> Iterator[Difference]:
    ones, twos = left.collection.literals, right.collection.literals
    if len(ones) != len(twos):
        yield Difference(place, "length", str(len(ones)), str(len(twos)))
    for index, (one, two) in enumerate(zip(ones, twos, strict=False)):
        yield from _literals(store, f"{place}[{index}]", one, two)


def _maps(store: Store, place: str, left: Literal, right: Literal) -> Iterator[Difference]:
    ones, twos = left.map.literals, right.map.literals
    for key in sorted({*ones, *twos}):
        inside = f"{place}[{key!r}]"
        if key not in ones or key not in twos:
            yield Difference(inside, "missing", *(_kind(side[key]) if key in side else "—" for side in (ones, twos)))
        else:
            yield from _literals(store, inside, ones[key], twos[key])


def _blobs(store: Store, place: str, left: Literal, right: Literal) -> Iterator[Difference]:
    single = [each.scalar.blob.metadata.type.dimensionality == BlobType.SINGLE for each in (left, right)]
    if single[0] != single[1]:
        yield Difference(place, "type", *("file" if each else "directory" for each in single))
    elif single[0]:
        yield from _files(store, place, left.scalar.blob.uri, right.scalar.blob.uri)
    else:
        yield from _directories(store, place, left.scalar.blob.uri, right.scalar.blob.uri)


def _directories(store: Store, place: str, left: str, right: str) -> Iterator[Difference]:
    ones, twos = dict(names_below(store, left)), dict(names_below(store, right))
    for name in sorted({*ones, *twos}):
        inside = f"{place} file {name!r}".strip()
        if name not in ones or name not in twos:
            yield Difference(inside, "missing", *("there" if name in side else "—" for side in (ones, twos)))
        else:
            yield from _files(store, inside, ones[name], twos[name])


def _files(store: Store, place: str, left: str, right: str) -> Iterator[Difference]:
    with tempfile.TemporaryDirectory() as folder:
        paths = [Path(folder, name) for name in ("left", "right")]
        for uri, path in zip((left, right), paths, strict=True):
            store.download(uri, path)
        at = _first_difference(*paths)
        if at is None:
            return
        sizes = [path.stat().st_size for path in paths]
        what = [f"{size} bytes, {_around(path, at)}" for size, path in zip(sizes, paths, strict=True)]
        yield Difference(f"{place} from byte {at}".strip(), "bytes", *what)


def _first_difference(left: Path, right: Path) -> int | None:
    at = 0
    with left.open("rb") as one, right.open("rb") as two:
        while True:
            blocks = one.read(_BLOCK), two.read(_BLOCK)
            if blocks[0] != blocks[1]:
                return at + next(
                    (i for i, (a, b) in enumerate(zip(*blocks, strict=False)) if a != b), min(map(len, blocks))
                )
            if not blocks[0]:
                return None
            at += len(blocks[0])


def _around(path: Path, at: int) -> str:
    with path.open("rb") as stream:
        stream.seek(at)
        return repr(stream.read(24))


def _tables(store: Store, place: str, left: Literal, right: Literal) -> Iterator[Difference]:
    with tempfile.TemporaryDirectory() as one, tempfile.TemporaryDirectory() as two:
        yield from table_differences(place, _table(store, left, Path(one)), _table(store, right, Path(two)))


def _table(store: Store, literal: Literal, folder: Path) -> Any:
    from jetbridge.idl import StructuredDataset, StructuredDatasetMetadata, StructuredDatasetType
    from jetbridge.types.structured_dataset.storage import arrow_table

    if literal.scalar.HasField("structured_dataset"):
        return arrow_table(store, literal.scalar.structured_dataset, folder)
    metadata = StructuredDatasetMetadata(structured_dataset_type=StructuredDatasetType(format="parquet"))
    return arrow_table(store, StructuredDataset(uri=literal.scalar.schema.uri, metadata=metadata), folder)


def table_differences(place: str, left: Any, right: Any) -> Iterator[Difference]:
    """The differences of two pyarrow tables: columns, types, rows, and of each column the first row that differs."""
    if left.column_names != right.column_names:
        yield Difference(place, "columns", _text(left.column_names), _text(right.column_names))
    if left.num_rows != right.num_rows:
        yield Difference(place, "rows", str(left.num_rows), str(right.num_rows))
    for name in (name for name in left.column_names if name in right.column_names):
        yield from _columns(f"{place} column {name!r}".strip(), left.column(name), right.column(name))


def _columns(place: str, left: Any, right: Any) -> Iterator[Difference]:
    pa = importlib.import_module("pyarrow")
    one, two = (
        each.cast(each.type.value_type) if pa.types.is_dictionary(each.type) else each for each in (left, right)
    )
    if type_text(one.type) != type_text(two.type):
        yield Difference(place, "type", str(one.type), str(two.type))
        return
    rows = min(len(one), len(two))
    for start in range(0, rows, _BLOCK):
        count = min(_BLOCK, rows - start)
        blocks = [each.slice(start, count).combine_chunks() for each in (one, two)]
        if blocks[0].equals(blocks[1]):
            continue
        values = [block.to_pylist() for block in blocks]
        row = next((index for index, (a, b) in enumerate(zip(*values, strict=True)) if not _equal(a, b)), None)
        if row is not None:
            shown = [repr(each[row]) for each in values]
            yield Difference(f"{place}, row {start + row}", "value", _text(shown[0]), _text(shown[1]))
            return


_NESTED: Mapping[type, Callable[[Store, str, Any, Any], Iterator[Difference]]] = {dict: _entries, list: _items}
_COMPARE: Mapping[str, Callable[[Store, str, Literal, Literal], Iterator[Difference]]] = {
    "primitive": _primitives,
    "binary": _structs,
    "blob": _blobs,
    "structured_dataset": _tables,
    "collection": _collections,
    "map": _maps,
}
