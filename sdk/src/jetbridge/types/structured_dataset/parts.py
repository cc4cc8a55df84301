"""Where a data frame is stored: the part files below a URI, opened in place where that is possible."""

from __future__ import annotations

import uuid
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from jetbridge.idl import StructuredDatasetType
from jetbridge.store import join, normalize_uri
from jetbridge.types.context import TransformContext
from jetbridge.types.remote import last_name, names_below

FilePart = str | IO[bytes]
"""A local path, or a stream on an object: what every data frame library reads and writes."""


@dataclass(frozen=True, slots=True)
class FrameTarget:
    """Where a frame is written.

    Attributes:
        context: The store.
        uri: URI of the folder.
        declared: What the interface says of columns and format.
    """

    context: TransformContext
    uri: str
    declared: StructuredDatasetType

    @contextmanager
    def part(self, name: str) -> Generator[FilePart]:
        """A file of the frame to write: a path on the local file system, otherwise an upload in parts.

        It appears when the block ends, and not at all when the block raises.
        """
        uri = join(self.uri, name)
        path = local_path(uri)
        if path is None:
            with self.context.store.open_writer(uri) as stream:
                yield stream
            return
        with _whole(path) as staged:
            yield str(staged)

    @contextmanager
    def local_part(self, name: str) -> Generator[str]:
        """Like `part`, for libraries that write only to paths: what lies elsewhere is uploaded afterwards."""
        uri = join(self.uri, name)
        path = local_path(uri) or self.context.fresh_path(name)
        with _whole(path) as staged:
            yield str(staged)
        if local_path(uri) is None:
            self.context.store.upload(path, uri)
            path.unlink()


@dataclass(frozen=True, slots=True)
class FrameSource:
    """What a frame is read from.

    Attributes:
        context: The store, and the folder for downloads.
        uri: URI of the folder or of the only file.
        declared: The columns to read, as the consumer or else the producer declares them, and the format.
    """

    context: TransformContext
    uri: str
    declared: StructuredDatasetType

    @property
    def columns(self) -> list[str] | None:
        """The names of the columns to read, in order; None for all."""
        return [column.name for column in self.declared.columns] or None

    def parts(self) -> list[str]:
        """The URIs of the files in the order of their names; markers such as `_SUCCESS` are left out."""
        return [uri for name, uri in names_below(self.context.store, self.uri) if _is_data(name)] or [self.uri]

    def is_partitioned(self, uris: Sequence[str]) -> bool:
        """Whether parts lie in folders `name=value`, which are columns, as Hive and Spark write them."""
        return any("=" in folder for uri in uris for folder in self.relative(uri).split("/")[:-1])

    def local_parts(self, uris: Sequence[str]) -> list[Path]:
        """Local files with the content of the parts, below one folder: in place, or downloaded to stay."""
        in_place = [local_path(uri) for uri in uris]
        folder = self.context.fresh_path()
        return [path or self._download(uri, folder) for path, uri in zip(in_place, uris, strict=True)]

    def _download(self, uri: str, folder: Path) -> Path:
        path = folder / self.relative(uri)
        self.context.store.download(uri, path)
        return path

    def relative(self, uri: str) -> str:
        """The name of a part below the frame's URI."""
        root = normalize_uri(self.uri) + "/"
        return uri.removeprefix(root) if uri.startswith(root) else last_name(uri)

    @contextmanager
    def opened(self, uri: str) -> Generator[FilePart]:
        """A whole part to read: in place, or a download that is removed afterwards."""
        path = local_path(uri)
        if path is not None:
            yield str(path)
            return
        path = self._download(uri, self.context.fresh_path())
        try:
            yield str(path)
        finally:
            path.unlink()

    @contextmanager
    def ranged(self, uri: str) -> Generator[FilePart]:
        """A part of which only some ranges are read: in place, or fetched range by range."""
        path = local_path(uri)
        if path is not None:
            yield str(path)
            return
        with self.context.store.open_reader(uri) as stream:
            yield stream


@contextmanager
def _whole(path: Path) -> Generator[Path]:
    """A hidden file beside the path, which takes its place when the block ends, and goes when the block raises."""
    path.parent.mkdir(parents=True, exist_ok=True)
    staged = path.with_name(f".{uuid.uuid4().hex}{path.suffix}")
    try:
        yield staged
        staged.replace(path)
    finally:
        staged.unlink(missing_ok=True)


def _is_data(name: str) -> bool:
    return not any(each.startswith(("_", ".")) for each in name.split("/"))


def local_path(uri: str) -> Path | None:
    """The path of a `file://` URI; None for an object elsewhere."""
    text = normalize_uri(uri)
    return Path(text.removeprefix("file://")) if text.startswith("file://") else None
