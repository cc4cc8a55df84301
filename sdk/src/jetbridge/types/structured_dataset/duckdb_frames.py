"""duckdb's relations: a query that is computed while it is written, and files that are read when they are asked."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from jetbridge.types.structured_dataset.arrow import ArrowCodec, ArrowLibrary
from jetbridge.types.structured_dataset.checks import check_names
from jetbridge.types.structured_dataset.codec import FrameCodec
from jetbridge.types.structured_dataset.csv_format import CSV_FORMAT, csv_parts
from jetbridge.types.structured_dataset.csv_format import PART as CSV_PART
from jetbridge.types.structured_dataset.libraries import load
from jetbridge.types.structured_dataset.parquet import PARQUET_FORMAT
from jetbridge.types.structured_dataset.parquet import PART as PARQUET_PART
from jetbridge.types.structured_dataset.parts import FrameSource, FrameTarget

_GROUP_ROWS = 122_880
"""Rows in a row group, which is also how many rows are in memory: duckdb's own default."""


def _to_arrow(relation: Any) -> Any:
    return relation.to_arrow_reader(_GROUP_ROWS)


def _from_arrow(table: Any) -> Any:
    return load("duckdb").from_arrow(table)


@dataclass(frozen=True, slots=True)
class RelationCodec:
    """A relation on duckdb's default connection.

    Attributes:
        arrow: Writes, and reads batches.
        part: The name of the file that is written.
        reader: The function of duckdb that makes a relation of files.
    """

    arrow: FrameCodec
    part: str
    reader: str

    def write(self, frame: Any, target: FrameTarget) -> None:
        self.arrow.write(frame, target)

    def read(self, source: FrameSource) -> Any:
        uris = csv_parts(source) if self.part == CSV_PART else source.parts()
        paths = [str(path) for path in source.local_parts(uris)]
        relation = getattr(load("duckdb"), self.reader)(paths, hive_partitioning=source.is_partitioned(uris))
        if not source.columns:
            return relation
        check_names(relation.columns, source.declared)
        return relation.select(*(_column(name) for name in source.columns))

    def batches(self, source: FrameSource, rows: int) -> Iterator[Any]:
        return self.arrow.batches(source, rows)


def _column(name: str) -> Any:
    return load("duckdb").ColumnExpression(name)


DUCKDB = ArrowLibrary(to_arrow=_to_arrow, from_arrow=_from_arrow)
PARQUET = RelationCodec(ArrowCodec(DUCKDB, PARQUET_FORMAT), PARQUET_PART, "read_parquet")
CSV = RelationCodec(ArrowCodec(DUCKDB, CSV_FORMAT), CSV_PART, "read_csv")
