"""parquet, by pyarrow: row groups of bounded size out, only the columns asked for in."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from jetbridge.types.structured_dataset.arrow import ArrowLibrary
from jetbridge.types.structured_dataset.checks import check_columns
from jetbridge.types.structured_dataset.libraries import load
from jetbridge.types.structured_dataset.parts import FilePart, FrameSource

PARQUET = "parquet"
PART = "00000"
_GROUP_ROWS = 1 << 20
_GROUP_BYTES = 128 << 20
_BUFFER_BYTES = 1 << 20


@dataclass(frozen=True, slots=True)
class ParquetFormat:
    """parquet files; like flytekit a frame is written to one file, `00000`, and read from any number."""

    part: str = PART

    def write(self, data: Any, part: FilePart, library: ArrowLibrary) -> None:
        parquet = load("pyarrow.parquet")
        options = library.parquet_options
        if hasattr(data, "num_rows"):
            parquet.write_table(data, part, row_group_size=_group_rows(data), **options)
            return
        with parquet.ParquetWriter(part, data.schema, **options) as writer:
            for batch in data:
                writer.write_batch(batch)

    def read(self, source: FrameSource, library: ArrowLibrary) -> Any:
        parts = source.parts()
        if source.is_partitioned(parts):
            return _partitioned(source, parts).to_table(columns=source.columns)
        tables = [_read_part(source, part, library) for part in parts]
        return tables[0] if len(tables) == 1 else _concatenated(tables)

    def batches(self, source: FrameSource, library: ArrowLibrary, rows: int) -> Iterator[Any]:
        parts = source.parts()
        if source.is_partitioned(parts):
            yield from _partitioned_batches(source, parts, rows)
            return
        for part in parts:
            yield from _part_batches(source, part, library, rows)


def _group_rows(table: Any) -> int:
    """Rows whose values take at most 128 MiB in memory, and pyarrow's own default at most."""
    row_bytes = max(1, table.nbytes // max(1, table.num_rows))
    return max(1, min(_GROUP_ROWS, _GROUP_BYTES // row_bytes))


def _read_part(source: FrameSource, uri: str, library: ArrowLibrary) -> Any:
    opened = source.ranged(uri) if source.columns else source.opened(uri)
    options = {"columns": source.columns, "use_pandas_metadata": library.reads_index}
    with opened as part, _file(part, pre_buffer=True) as file:
        check_columns(file.schema_arrow, source.declared)
        if not isinstance(part, str):
            return file.read(**options)
        # Unlike `file.read` it decodes row groups in parallel.
        return load("pyarrow.parquet").read_table(part, partitioning=None, **options)


def _part_batches(source: FrameSource, uri: str, library: ArrowLibrary, rows: int) -> Iterator[Any]:
    opened = source.ranged(uri) if source.columns else source.opened(uri)
    with opened as part, _file(part, **_batch_options(part)) as file:
        check_columns(file.schema_arrow, source.declared)
        table, options = load("pyarrow").Table, {"use_pandas_metadata": library.reads_index}
        for group in range(file.num_row_groups):
            # One row group at a time, or else pre_buffer would hold all of them.
            for batch in file.iter_batches(rows, row_groups=[group], columns=source.columns, **options):
                yield table.from_batches([batch])


def _batch_options(part: FilePart) -> dict[str, Any]:
    """Pages of a local file as they are needed; the columns of one row group in few requests from elsewhere."""
    return {"pre_buffer": False, "buffer_size": _BUFFER_BYTES} if isinstance(part, str) else {"pre_buffer": True}


def _file(part: FilePart, **options: Any) -> Any:
    return load("pyarrow.parquet").ParquetFile(part, **options)


def _concatenated(tables: list[Any]) -> Any:
    """Parts may differ in what is only null in one of them, or in the width of their numbers."""
    return load("pyarrow").concat_tables(tables, promote_options="permissive")


def _partitioned(source: FrameSource, parts: list[str]) -> Any:
    """The parts as a pyarrow.Dataset; all are needed to know the types of the columns that folders are."""
    paths = source.local_parts(parts)
    root = str(paths[0]).removesuffix(source.relative(parts[0]))
    dataset = load("pyarrow.dataset").dataset(
        [str(path) for path in paths], format=PARQUET, partitioning="hive", partition_base_dir=root
    )
    check_columns(dataset.schema, source.declared)
    return dataset


def _partitioned_batches(source: FrameSource, parts: list[str], rows: int) -> Iterator[Any]:
    table, dataset = load("pyarrow").Table, _partitioned(source, parts)
    # No more than the row group that is read and the next one are in memory.
    ahead = {"batch_readahead": 1, "fragment_readahead": 1}
    for batch in dataset.to_batches(columns=source.columns, batch_size=rows, **ahead):
        yield table.from_batches([batch])


PARQUET_FORMAT = ParquetFormat()
