# The data frame libraries have type information only in part.
# pyright: basic, reportMissingTypeStubs=false, reportInvalidTypeForm=false
"""StructuredDataset and frames of every library, on the local file system and on an object store."""

from __future__ import annotations

import io
import math
from pathlib import Path
from typing import IO, Annotated, Any, cast

import duckdb
import pandas as pd
import polars as pl
import pyarrow as pa
import pyarrow.dataset as ds
import pyarrow.parquet as pq
import pytest
from obstore.store import MemoryStore

from jetbridge.errors import TypeTransformError
from jetbridge.idl import Literal
from jetbridge.store import ObjectStore, open_store
from jetbridge.store.address import LOCAL
from jetbridge.store.client import Clients
from jetbridge.types import TransformContext, literal_type, to_literal, to_python
from jetbridge.types.structured_dataset import StructuredDataset, kwtypes

COLUMNS: dict[str, list[Any]] = {"a": [1, 2, 3], "b": ["x", "é", 'z, "w"'], "f": [0.5, None, -1.0]}
TABLE = pa.table(COLUMNS)
KINDS: list[Any] = [pd.DataFrame, pa.Table, pl.DataFrame, pl.LazyFrame, duckdb.DuckDBPyRelation]
FORMATS = ["parquet", "csv"]


def made(kind: Any, table: pa.Table = TABLE) -> Any:
    return _MAKE[kind](table)


def rows(frame: Any) -> list[dict[str, Any]]:
    """What a frame of any library holds, with nan as None."""
    found = _ROWS[type(frame)](frame)
    return [
        {key: None if isinstance(value, float) and math.isnan(value) else value for key, value in row.items()}
        for row in found
    ]


_MAKE: dict[Any, Any] = {
    pd.DataFrame: lambda table: table.to_pandas(),
    pa.Table: lambda table: table,
    pl.DataFrame: pl.from_arrow,
    pl.LazyFrame: lambda table: cast("pl.DataFrame", pl.from_arrow(table)).lazy(),
    duckdb.DuckDBPyRelation: duckdb.from_arrow,
}
_ROWS: dict[Any, Any] = {
    pd.DataFrame: lambda frame: frame.to_dict("records"),
    pa.Table: lambda frame: frame.to_pylist(),
    pl.DataFrame: lambda frame: frame.to_dicts(),
    pl.LazyFrame: lambda frame: frame.collect().to_dicts(),
    duckdb.DuckDBPyRelation: lambda frame: frame.to_arrow_table().to_pylist(),
}


def name(kind: Any) -> str:
    return f"{kind.__module__.partition('.')[0]}.{kind.__name__}" if isinstance(kind, type) else str(kind)


class Memory(Clients):
    """obstore's own store in memory as the one bucket."""

    def __init__(self) -> None:
        super().__init__()
        self._memory = MemoryStore()

    def get(self, root: str, *, bulk: bool = False) -> Any:
        return super().get(root) if root == LOCAL else self._memory


class BucketStore(ObjectStore):
    """A store that is no local file system, and notes what is fetched: whole objects by name, ranges by length."""

    def __init__(self) -> None:
        super().__init__()
        self._clients = Memory()
        self.downloads: list[str] = []
        self.bytes = 0

    def download(self, uri: str, path: Path, progress: Any = None) -> None:
        self.downloads.append(uri)
        super().download(uri, path)

    def open_reader(self, uri: str) -> IO[bytes]:
        stream, store = super().open_reader(uri), self

        class Noted(io.RawIOBase):
            def readable(self) -> bool:
                return True

            def seekable(self) -> bool:
                return True

            def seek(self, *to: int) -> int:
                return stream.seek(*to)

            def tell(self) -> int:
                return stream.tell()

            def readinto(self, buffer: Any) -> int:
                length = cast("Any", stream).readinto(buffer)
                store.bytes += length
                return length

        return cast("IO[bytes]", Noted())


@pytest.fixture(params=["file", "bucket"])
def somewhere(request: pytest.FixtureRequest, tmp_path: Path) -> TransformContext:
    if request.param == "file":
        return TransformContext(open_store(), f"file://{tmp_path}/raw", tmp_path / "work")
    return TransformContext(BucketStore(), "memory://bucket/raw", tmp_path / "work")


def written(context: TransformContext, value: object, python_type: Any) -> Literal:
    return to_literal(context, value, python_type, literal_type(python_type))


def read(context: TransformContext, literal: Literal, python_type: Any) -> Any:
    return to_python(context, literal, python_type)


@pytest.mark.parametrize("form", FORMATS)
@pytest.mark.parametrize("reader", KINDS, ids=name)
@pytest.mark.parametrize("writer", KINDS, ids=name)
def test_any_library_reads_what_any_other_wrote(
    somewhere: TransformContext, writer: Any, reader: Any, form: str
) -> None:
    literal = written(somewhere, made(writer), Annotated[writer, form])
    assert literal.scalar.structured_dataset.metadata.structured_dataset_type.format == form
    found = read(somewhere, literal, reader)
    assert isinstance(found, reader)
    assert rows(found) == TABLE.to_pylist()


@pytest.mark.parametrize("form", FORMATS)
@pytest.mark.parametrize("kind", KINDS, ids=name)
def test_only_declared_columns_in_their_order(somewhere: TransformContext, kind: Any, form: str) -> None:
    literal = written(somewhere, made(kind), Annotated[kind, form])
    wanted = kwtypes(f=float, a=int)
    expected = TABLE.select(["f", "a"]).to_pylist()
    whole = rows(read(somewhere, literal, Annotated[kind, wanted]))
    assert [list(row.items()) for row in whole] == [list(row.items()) for row in expected]
    dataset = read(somewhere, literal, Annotated[StructuredDataset, wanted])
    pieces = [piece for each in dataset.open(kind).iter(rows=2) for piece in rows(each)]
    assert pieces == expected


@pytest.mark.parametrize("form", FORMATS)
@pytest.mark.parametrize("kind", KINDS, ids=name)
def test_iteration_gives_pieces_of_the_class(somewhere: TransformContext, kind: Any, form: str) -> None:
    literal = written(somewhere, made(kind), Annotated[kind, form])
    pieces = list(read(somewhere, literal, StructuredDataset).open(kind).iter(rows=2))
    assert all(isinstance(piece, kind) for piece in pieces)
    assert [len(rows(piece)) for piece in pieces] == [2, 1]
    assert [row for piece in pieces for row in rows(piece)] == TABLE.to_pylist()


def test_a_producers_columns_hold_for_a_consumer_that_names_none(somewhere: TransformContext) -> None:
    literal = written(somewhere, TABLE, Annotated[pa.Table, kwtypes(a=int)])
    assert read(somewhere, literal, pa.Table).column_names == ["a"]
    assert read(somewhere, literal, Annotated[pa.Table, kwtypes(b=str)]).column_names == ["b"]


def test_an_input_is_loaded_only_when_it_is_opened_and_then_only_its_columns(tmp_path: Path) -> None:
    store = BucketStore()
    context = TransformContext(store, "memory://bucket/raw", tmp_path / "work")
    big = pa.table({"small": range(100_000), "big": [str(at) * 20 for at in range(100_000)]})
    literal = written(context, big, pa.Table)
    size = len(store.read(f"{literal.scalar.structured_dataset.uri}/00000"))
    dataset = read(context, literal, Annotated[StructuredDataset, kwtypes(small=int)])
    opened = dataset.open(pa.Table)
    pieces = opened.iter()
    assert (store.bytes, store.downloads) == (0, [])
    assert opened.all().equals(big.select(["small"]))
    assert 0 < store.bytes < size / 2
    assert sum(piece.num_rows for piece in pieces) == 100_000
    assert 0 < store.bytes < size
    assert store.downloads == []


def test_large_frames_are_written_in_row_groups(somewhere: TransformContext) -> None:
    wide = pa.table({"text": ["x" * 1000] * 300_000})
    literal = written(somewhere, wide, pa.Table)
    data = somewhere.store.read(f"{literal.scalar.structured_dataset.uri}/00000")
    groups = pq.ParquetFile(io.BytesIO(data)).metadata
    assert groups.num_row_groups == 3
    assert groups.num_rows == 300_000


def test_a_passed_on_input_stays_where_it_is(somewhere: TransformContext) -> None:
    literal = written(somewhere, TABLE, Annotated[pa.Table, kwtypes(a=int), "csv"])
    dataset = read(somewhere, literal, StructuredDataset)
    assert written(somewhere, dataset, StructuredDataset) == literal
    assert (dataset.uri, dataset.file_format) == (literal.scalar.structured_dataset.uri, "csv")
    assert dataset.metadata.structured_dataset_type.columns[0].name == "a"
    assert dataset.literal == literal.scalar.structured_dataset


def test_a_frame_is_written_where_and_how_the_task_says(somewhere: TransformContext) -> None:
    uri = f"{somewhere.raw_prefix}/chosen"
    literal = written(somewhere, StructuredDataset(dataframe=TABLE, uri=uri, file_format="csv"), StructuredDataset)
    assert literal.scalar.structured_dataset.uri == uri
    assert list(somewhere.store.list(uri)) == [f"{uri}/.csv"]
    assert rows(read(somewhere, literal, pd.DataFrame)) == TABLE.to_pylist()


@pytest.mark.parametrize("whole", [True, False], ids=["folder", "file"])
def test_a_local_path_is_uploaded(somewhere: TransformContext, tmp_path: Path, whole: bool) -> None:
    (tmp_path / "own").mkdir()
    pq.write_table(TABLE, tmp_path / "own" / "p.parquet")
    path = str(tmp_path / "own" if whole else tmp_path / "own" / "p.parquet")
    literal = written(somewhere, StructuredDataset(uri=path), StructuredDataset)
    assert literal.scalar.structured_dataset.uri.startswith(somewhere.raw_prefix)
    assert read(somewhere, literal, pa.Table).equals(TABLE)


def test_data_without_a_literal_is_read_by_its_uri(tmp_path: Path) -> None:
    pq.write_table(TABLE, tmp_path / "p.parquet")
    dataset = StructuredDataset(uri=str(tmp_path / "p.parquet"), file_format="parquet")
    assert dataset.open(pa.Table).all().equals(TABLE)
    assert [piece.num_rows for piece in dataset.open(pa.Table).iter(rows=2)] == [2, 1]
    dataset.open(pd.DataFrame)
    assert rows(dataset.all()) == rows(next(dataset.iter())) == TABLE.to_pylist()


def test_a_frame_in_memory_is_opened_as_it_is() -> None:
    dataset = StructuredDataset(dataframe=TABLE)
    assert dataset.open(pa.Table).all() is TABLE
    assert list(dataset.open(pa.Table).iter()) == [TABLE]


@pytest.fixture
def partitioned(tmp_path: Path) -> str:
    table = pa.table({"year": [2024, 2025, 2025], "a": [1, 2, 3]})
    ds.write_dataset(table, tmp_path / "hive", format="parquet", partitioning=["year"], partitioning_flavor="hive")
    (tmp_path / "hive" / "_SUCCESS").touch()
    return f"file://{tmp_path}/hive"


@pytest.mark.parametrize("kind", KINDS, ids=name)
def test_folders_by_hive_are_columns(partitioned: str, tmp_path: Path, kind: Any) -> None:
    context = TransformContext(open_store(), f"file://{tmp_path}/raw", tmp_path / "work")
    literal = Literal()
    literal.scalar.structured_dataset.uri = partitioned
    expected = [{"a": 1, "year": 2024}, {"a": 2, "year": 2025}, {"a": 3, "year": 2025}]
    assert rows(read(context, literal, kind)) == expected
    pieces = read(context, literal, StructuredDataset).open(kind).iter(rows=1)
    assert [row for piece in pieces for row in rows(piece)] == expected
    assert rows(read(context, literal, Annotated[kind, kwtypes(year=int)])) == [
        {"year": row["year"]} for row in expected
    ]


def test_parts_may_differ_in_width_and_nulls(somewhere: TransformContext, tmp_path: Path) -> None:
    (tmp_path / "own").mkdir()
    for at, table in enumerate([pa.table({"a": pa.array([1], pa.int32())}), pa.table({"a": [2**40]})]):
        pq.write_table(table, tmp_path / "own" / f"{at}")
    literal = written(somewhere, StructuredDataset(uri=str(tmp_path / "own")), StructuredDataset)
    assert rows(read(somewhere, literal, pd.DataFrame)) == [{"a": 1}, {"a": 2**40}]


def test_nothing_is_left_in_the_working_folder(somewhere: TransformContext) -> None:
    for kind in (pd.DataFrame, pa.Table, pl.DataFrame):
        literal = written(somewhere, made(kind), kind)
        read(somewhere, literal, kind)
        list(read(somewhere, literal, StructuredDataset).open(kind).iter())
    assert [path for path in somewhere.work_dir.rglob("*") if path.is_file()] == []


def test_datasets_compare_by_where_they_are() -> None:
    assert StructuredDataset(uri="s3://b/t") == StructuredDataset(uri="s3://b/t")
    assert StructuredDataset(uri="s3://b/t") != StructuredDataset(uri="s3://b/t", file_format="csv")
    assert StructuredDataset(dataframe=TABLE) != StructuredDataset(dataframe=made(pd.DataFrame))
    assert len({StructuredDataset(uri="s3://b/t"), StructuredDataset(uri="s3://b/t")}) == 1


@pytest.mark.parametrize("kind", KINDS, ids=name)
def test_a_failed_write_leaves_nothing_and_keeps_what_was_there(somewhere: TransformContext, kind: Any) -> None:
    uri = f"{somewhere.raw_prefix}/chosen"
    first = written(somewhere, StructuredDataset(dataframe=made(kind), uri=uri), StructuredDataset)
    before = list(somewhere.store.list(somewhere.raw_prefix))
    nested = pa.table({"a": [[1]]})
    for target in (uri, None):
        dataset = StructuredDataset(dataframe=made(pl.LazyFrame, nested), uri=target, file_format="csv")
        with pytest.raises(TypeTransformError, match="LazyFrame cannot be written as csv"):
            written(somewhere, dataset, StructuredDataset)
    assert list(somewhere.store.list(somewhere.raw_prefix)) == before
    assert rows(read(somewhere, first, kind)) == TABLE.to_pylist()
