"""Codecs made of two halves: a library that converts to and from Arrow, and a file format that holds Arrow data."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import nullcontext
from dataclasses import dataclass, field
from typing import Any, Protocol

from jetbridge.types.structured_dataset.checks import check_columns
from jetbridge.types.structured_dataset.parts import FilePart, FrameSource, FrameTarget


@dataclass(frozen=True, slots=True)
class ArrowLibrary:
    """How a class of data frames becomes Arrow data and back.

    Attributes:
        to_arrow: Gives the frame's data as a pyarrow.Table or a pyarrow.RecordBatchReader.
        from_arrow: Makes a frame of a pyarrow.Table.
        reads_index: Whether the columns of a pandas index are read along with the columns asked for.
        parquet_options: Further arguments of pyarrow's parquet writer.
    """

    to_arrow: Callable[[Any], Any]
    from_arrow: Callable[[Any], Any]
    reads_index: bool = False
    parquet_options: Mapping[str, Any] = field(default_factory=dict[str, Any])


class ArrowFormat(Protocol):
    """A file format of Arrow data."""

    @property
    def part(self) -> str:
        """The name of the one file that a frame is written to."""
        ...

    def write(self, data: Any, part: FilePart, library: ArrowLibrary) -> None:
        """Writes a pyarrow.Table or RecordBatchReader."""
        ...

    def read(self, source: FrameSource, library: ArrowLibrary) -> Any:
        """All parts as one pyarrow.Table."""
        ...

    def batches(self, source: FrameSource, library: ArrowLibrary, rows: int) -> Iterator[Any]:
        """Tables of at most so many rows, one after the other."""
        ...


@dataclass(frozen=True, slots=True)
class ArrowCodec:
    """Any library that speaks Arrow, in any format that holds Arrow data."""

    library: ArrowLibrary
    format: ArrowFormat

    def write(self, frame: Any, target: FrameTarget) -> None:
        data = self.library.to_arrow(frame)
        # A reader is closed in any case: duckdb's connection answers nothing else before that.
        with data if hasattr(data, "close") else nullcontext():
            check_columns(data.schema, target.declared)
            with target.part(self.format.part) as part:
                self.format.write(data, part, self.library)

    def read(self, source: FrameSource) -> Any:
        return self.library.from_arrow(self.format.read(source, self.library))

    def batches(self, source: FrameSource, rows: int) -> Iterator[Any]:
        return (self.library.from_arrow(table) for table in self.format.batches(source, self.library, rows))
