"""The extension point: what writes and reads one class of data frames in one format."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Protocol

from jetbridge.types.structured_dataset.parts import FrameSource, FrameTarget


class FrameCodec(Protocol):
    """Writes and reads one class of data frames in one format.

    A distribution adds one with an entry point in the group `jetbridge.dataframes`. Its name is the class's qualified
    name and the format, `pandas.DataFrame:parquet`; its object an instance. What the methods raise becomes a
    `TypeTransformError` that names the class and the format.
    """

    def write(self, frame: Any, target: FrameTarget) -> None:
        """Writes the whole frame below the target's URI."""
        ...

    def read(self, source: FrameSource) -> Any:
        """The whole frame, with the source's columns alone if it names some."""
        ...

    def batches(self, source: FrameSource, rows: int) -> Iterator[Any]:
        """The frame in pieces of at most so many rows, in memory that does not grow with the frame."""
        ...
