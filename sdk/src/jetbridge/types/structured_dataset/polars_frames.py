"""polars: frames are written by polars itself, a lazy one while it is computed; a DataFrame is read through Arrow."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from jetbridge.types.structured_dataset.arrow import ArrowCodec, ArrowLibrary
from jetbridge.types.structured_dataset.checks import check_columns, check_names
from jetbridge.types.structured_dataset.codec import FrameCodec
from jetbridge.types.structured_dataset.csv_format import CSV_FORMAT, csv_parts
from jetbridge.types.structured_dataset.csv_format import PART as CSV_PART
from jetbridge.types.structured_dataset.libraries import load
from jetbridge.types.structured_dataset.parquet import PARQUET_FORMAT
from jetbridge.types.structured_dataset.parquet import PART as PARQUET_PART
from jetbridge.types.structured_dataset.parts import FrameSource, FrameTarget


def _to_arrow(frame: Any) -> Any:
    return frame.to_arrow()


def _from_arrow(table: Any) -> Any:
    return load("polars").from_arrow(table)


@dataclass(frozen=True, slots=True)
class LazyCodec:
    """A LazyFrame: written by a sink, read by a scan that loads only what the query needs.

    Attributes:
        arrow: Reads batches.
        part: The name of the file that is written.
        sink: The method of a LazyFrame that writes.
        scan: The function of polars that reads.
    """

    arrow: FrameCodec
    part: str
    sink: str
    scan: str

    def write(self, frame: Any, target: FrameTarget) -> None:
        if target.declared.columns:
            polars = load("polars")
            empty = polars.DataFrame(schema=frame.collect_schema())
            check_columns(empty.to_arrow().schema, target.declared)
        # A path, because polars hides what a stream raises.
        with target.local_part(self.part) as part:
            getattr(frame, self.sink)(part)

    def read(self, source: FrameSource) -> Any:
        uris = csv_parts(source) if self.part == CSV_PART else source.parts()
        paths = [str(path) for path in source.local_parts(uris)]
        hive = {"hive_partitioning": True} if source.is_partitioned(uris) else {}
        frame = getattr(load("polars"), self.scan)(paths, **hive)
        if not source.columns:
            return frame
        check_names(frame.collect_schema().names(), source.declared)
        return frame.select(source.columns)

    def batches(self, source: FrameSource, rows: int) -> Iterator[Any]:
        return (frame.lazy() for frame in self.arrow.batches(source, rows))


@dataclass(frozen=True, slots=True)
class EagerCodec:
    """A DataFrame: written by polars itself, which uses all cores, and read through Arrow."""

    lazy: FrameCodec
    arrow: FrameCodec

    def write(self, frame: Any, target: FrameTarget) -> None:
        self.lazy.write(frame.lazy(), target)

    def read(self, source: FrameSource) -> Any:
        return self.arrow.read(source)

    def batches(self, source: FrameSource, rows: int) -> Iterator[Any]:
        return self.arrow.batches(source, rows)


POLARS = ArrowLibrary(to_arrow=_to_arrow, from_arrow=_from_arrow)
_ARROW = ArrowCodec(POLARS, PARQUET_FORMAT)
LAZY_PARQUET = LazyCodec(_ARROW, PARQUET_PART, "sink_parquet", "scan_parquet")
PARQUET = EagerCodec(LAZY_PARQUET, _ARROW)
CSV = ArrowCodec(POLARS, CSV_FORMAT)
LAZY_CSV = LazyCodec(CSV, CSV_PART, "sink_csv", "scan_csv")
