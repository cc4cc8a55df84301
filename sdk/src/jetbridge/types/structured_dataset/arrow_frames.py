"""pyarrow.Table."""

from __future__ import annotations

from typing import Any

from jetbridge.types.structured_dataset.arrow import ArrowCodec, ArrowLibrary
from jetbridge.types.structured_dataset.csv_format import CSV_FORMAT
from jetbridge.types.structured_dataset.parquet import PARQUET_FORMAT


def _same(table: Any) -> Any:
    return table


ARROW = ArrowLibrary(to_arrow=_same, from_arrow=_same)
PARQUET = ArrowCodec(ARROW, PARQUET_FORMAT)
CSV = ArrowCodec(ARROW, CSV_FORMAT)
