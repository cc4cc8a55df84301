"""StructuredDataset: a data frame of any library, loaded when the task asks for it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Generic, TypeVar, cast

from jetbridge.errors import TypeTransformError
from jetbridge.types.naming import type_name

if TYPE_CHECKING:
    from jetbridge.idl import StructuredDataset as DatasetLiteral
    from jetbridge.idl import StructuredDatasetMetadata
    from jetbridge.types.structured_dataset.parts import FrameSource

T = TypeVar("T")
_BATCH_ROWS = 65_536


class StructuredDataset:
    """A data frame that moves through the object store, with flytekit's surface.

    As an output it holds a frame to write, or the URI of data that is already stored. As an input nothing is loaded
    before `open(…).all()` or `.iter()`, and then only the declared columns.

    Args:
        dataframe: A frame of any library that has a codec.
        uri: Where stored data lies; with `dataframe`, where to write it instead of a fresh place.
        metadata: FlyteIDL's StructuredDatasetMetadata; given by the type system.
        file_format: Such as `parquet` or `csv`; the default of the frame's class when empty.

    Example:
        >>> StructuredDataset(uri="s3://bucket/table", file_format="csv")
        StructuredDataset(uri='s3://bucket/table', file_format='csv')
    """

    def __init__(
        self,
        dataframe: object | None = None,
        uri: str | None = None,
        metadata: StructuredDatasetMetadata | None = None,
        file_format: str = "",
    ) -> None:
        self.dataframe = dataframe
        self.uri = uri
        self.metadata = metadata
        self.file_format = file_format
        self.literal: DatasetLiteral | None = None
        self._source: FrameSource | None = None
        self._opened: OpenedDataset[Any] | None = None

    @classmethod
    def stored(cls, source: FrameSource, literal: DatasetLiteral, metadata: StructuredDatasetMetadata) -> Any:
        """A dataset that is read from a literal; for the type system."""
        dataset = cls(uri=literal.uri, metadata=metadata, file_format=source.declared.format)
        dataset.literal = literal
        dataset._source = source
        return dataset

    def open(self, dataframe_type: type[T]) -> OpenedDataset[T]:
        """Says which class to read the data as; nothing is loaded yet.

        Args:
            dataframe_type: Such as `pandas.DataFrame`; it need not be the class that was written.
        """
        self._opened = OpenedDataset(self, dataframe_type)
        return self._opened

    def all(self) -> Any:
        """The whole frame, after `open`."""
        return self._last_opened().all()

    def iter(self) -> Iterator[Any]:
        """The frame in pieces, after `open`."""
        return self._last_opened().iter()

    def _last_opened(self) -> OpenedDataset[Any]:
        if self._opened is None:
            raise TypeTransformError(
                f"{self!r} has no class to be read as", hint="Say it: `.open(pandas.DataFrame).all()`."
            )
        return self._opened

    def source(self) -> FrameSource:
        """Where the data lies.

        Raises:
            TypeTransformError: the dataset holds neither data nor a URI.
        """
        if self._source is not None:
            return self._source
        if not self.uri:
            raise TypeTransformError(
                "this StructuredDataset holds neither a data frame nor a URI",
                hint="Give it one: StructuredDataset(dataframe=…) or StructuredDataset(uri=…).",
            )
        from jetbridge.types.structured_dataset.storage import standalone_source

        return standalone_source(self.uri, self.file_format)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, StructuredDataset):
            return NotImplemented
        if self.dataframe is not None or other.dataframe is not None:
            return self.dataframe is other.dataframe
        return (self.uri, self.file_format) == (other.uri, other.file_format)

    def __hash__(self) -> int:
        return hash((self.uri, self.file_format))

    def __repr__(self) -> str:
        held = f"dataframe=<{type_name(type(self.dataframe))}>, " if self.dataframe is not None else ""
        return f"StructuredDataset({held}uri={self.uri!r}, file_format={self.file_format!r})"


class OpenedDataset(Generic[T]):
    """A dataset with the class that it is read as."""

    def __init__(self, dataset: StructuredDataset, dataframe_type: type[T]) -> None:
        self._dataset = dataset
        self._type = dataframe_type

    def all(self) -> T:
        """The whole frame.

        Raises:
            TypeTransformError: the data is no such frame, or lacks a declared column.
        """
        if self._dataset.dataframe is not None:
            return self._in_memory(self._dataset.dataframe)
        from jetbridge.types.structured_dataset.storage import read_frame

        return cast("T", read_frame(self._dataset.source(), self._type))

    def iter(self, rows: int = _BATCH_ROWS) -> Iterator[T]:
        """The frame in pieces, one after the other, in memory that does not grow with the frame.

        Args:
            rows: How many rows a piece has at most.

        Raises:
            TypeTransformError: the data is no such frame, or lacks a declared column.
        """
        if self._dataset.dataframe is not None:
            return iter([self._in_memory(self._dataset.dataframe)])
        from jetbridge.types.structured_dataset.storage import iterate_frame

        return cast("Iterator[T]", iterate_frame(self._dataset.source(), self._type, rows))

    def _in_memory(self, frame: object) -> T:
        if isinstance(frame, self._type):
            return frame
        raise TypeTransformError(
            f"{self._dataset!r} was not stored yet, so it cannot be read as {type_name(self._type)}",
            hint=f"Open it as {type_name(type(frame))}, or pass it to a task.",
        )
