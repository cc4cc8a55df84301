"""pyarrow.Table, and pyarrow.RecordBatchReader: a table that comes piece by piece."""

from __future__ import annotations

from typing import Any

from jetbridge.types.structured_dataset.arrow import ArrowCodec, ArrowLibrary
from jetbridge.types.structured_dataset.csv_format import CSV_FORMAT
from jetbridge.types.structured_dataset.parquet import PARQUET_FORMAT


def _same(table: Any) -> Any:
    return table


def _reader(table: Any) -> Any:
    return table.to_reader()


ARROW = ArrowLibrary(to_arrow=_same, from_arrow=_same)
PARQUET = ArrowCodec(ARROW, PARQUET_FORMAT)
CSV = ArrowCodec(ARROW, CSV_FORMAT)
READER = ArrowLibrary(to_arrow=_same, from_arrow=_reader)
READER_PARQUET = ArrowCodec(READER, PARQUET_FORMAT)
READER_CSV = ArrowCodec(READER, CSV_FORMAT)
