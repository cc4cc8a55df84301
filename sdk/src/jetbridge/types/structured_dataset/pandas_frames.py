"""pandas.DataFrame: parquet through Arrow, CSV by pandas itself, with the arguments that flytekit gives."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from jetbridge.types.structured_dataset.arrow import ArrowCodec, ArrowLibrary
from jetbridge.types.structured_dataset.checks import check_columns, check_names
from jetbridge.types.structured_dataset.csv_format import PART, csv_parts
from jetbridge.types.structured_dataset.libraries import load
from jetbridge.types.structured_dataset.parquet import PARQUET_FORMAT
from jetbridge.types.structured_dataset.parts import FrameSource, FrameTarget


def _to_arrow(frame: Any) -> Any:
    return load("pyarrow").Table.from_pandas(frame)


def _from_arrow(table: Any) -> Any:
    return table.to_pandas()


@dataclass(frozen=True, slots=True)
class PandasCsv:
    """CSV without the index."""

    def write(self, frame: Any, target: FrameTarget) -> None:
        if target.declared.columns:
            check_columns(load("pyarrow").Schema.from_pandas(frame), target.declared)
        with target.part(PART) as part:
            frame.to_csv(part, index=False)

    def read(self, source: FrameSource) -> Any:
        frames = [frame for uri in csv_parts(source) for frame in _frames(source, uri, None)]
        return frames[0] if len(frames) == 1 else load("pandas").concat(frames, ignore_index=True)

    def batches(self, source: FrameSource, rows: int) -> Iterator[Any]:
        for uri in csv_parts(source):
            yield from _frames(source, uri, rows)


def _frames(source: FrameSource, uri: str, rows: int | None) -> Iterator[Any]:
    pandas = load("pandas")
    with source.opened(uri) as part:
        if source.columns:
            check_names(list(pandas.read_csv(part, nrows=0).columns), source.declared)
        if rows is None:
            yield _ordered(pandas.read_csv(part, usecols=source.columns), source)
            return
        with pandas.read_csv(part, usecols=source.columns, chunksize=rows) as chunks:
            yield from (_ordered(chunk, source) for chunk in chunks)


def _ordered(frame: Any, source: FrameSource) -> Any:
    return frame[source.columns] if source.columns else frame


PANDAS = ArrowLibrary(
    to_arrow=_to_arrow,
    from_arrow=_from_arrow,
    reads_index=True,
    # Microseconds, and an error rather than cut nanoseconds.
    parquet_options={"coerce_timestamps": "us", "allow_truncated_timestamps": False},
)
PARQUET = ArrowCodec(PANDAS, PARQUET_FORMAT)
CSV = PandasCsv()
