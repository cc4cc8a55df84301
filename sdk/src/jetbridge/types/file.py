"""FlyteFile: a file that moves through the object store, downloaded when it is first used."""

from __future__ import annotations

import os
from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import IO, Any, cast

from jetbridge.errors import TypeTransformError
from jetbridge.idl import Blob, BlobMetadata, BlobType, Literal, LiteralType, Scalar
from jetbridge.store import open_store
from jetbridge.types.context import TransformContext
from jetbridge.types.naming import literal_mismatch, mismatch
from jetbridge.types.remote import FileDownload, format_text, is_remote, last_name, temporary_path

Path_ = str | os.PathLike[str]


def _nothing() -> None:
    """The downloader of a file that is already here."""


class FlyteFile(os.PathLike[str]):
    """A file as an input or output of a task, with flytekit's surface.

    As an input it names a local path that exists after the first use (`open(file)`, `download()`, `file.open("r")`).
    As an output, a local path is uploaded below the run's raw data; a URI is passed on as it is.

    Args:
        path: A local path, or the URI of a file that is already stored.
        downloader: Called before the first use; given by the type system.
        remote_path: Where to upload to, instead of a fresh name; `False` to not upload.
        metadata: Text that travels with the literal.

    Example:
        >>> from pathlib import Path
        >>> FlyteFile["csv"](Path("out") / "table.csv")
        out/table.csv
    """

    def __init__(
        self,
        path: Path_,
        downloader: Callable[[], object] = _nothing,
        remote_path: Path_ | bool | None = None,
        metadata: dict[str, str] | None = None,
    ) -> None:
        self.path = path
        self.metadata = metadata
        self._downloader = downloader
        self._downloaded = False
        self._remote_path = remote_path
        self._remote_source: str | None = None
        self._local_path = str(path)
        if is_remote(path):
            local = temporary_path(last_name(str(path)))
            self._remote_source, self._local_path = str(path), str(local)
            self._downloader = FileDownload(str(path), local)

    def __class_getitem__(cls, item: object) -> type[FlyteFile]:
        text = "" if item in (None, Any) else format_text(item)
        return _of_format(text) if text else cls

    @classmethod
    def extension(cls) -> str:
        """The declared format, such as `csv`; empty for any."""
        return ""

    @classmethod
    def from_source(cls, source: Path_) -> FlyteFile:
        """A file that is already stored at a URI."""
        return cls(str(source))

    @classmethod
    def _lazy(cls, uri: str, download: FileDownload, metadata: dict[str, str] | None) -> FlyteFile:
        file = cls(str(download.path), downloader=download, metadata=metadata)
        file._remote_source = uri
        return file

    @property
    def downloaded(self) -> bool:
        """Whether the local path is filled."""
        return self._downloaded

    @property
    def remote_path(self) -> Path_ | bool | None:
        """Where to upload to, as given."""
        return self._remote_path

    @property
    def remote_source(self) -> str | None:
        """The URI that the file came from; None for a local one."""
        return self._remote_source

    def download(self) -> str:
        """Downloads the file if that has not happened yet, and returns its local path."""
        return self.__fspath__()

    def __fspath__(self) -> str:
        if not self._downloaded:
            self._downloader()
            self._downloaded = True
        return self._local_path

    @contextmanager
    def open(self, mode: str = "r", **options: Any) -> Generator[IO[Any]]:
        """Opens the file; a remote one is downloaded to be read, and uploaded when a written one is closed.

        Args:
            mode: As for Python's `open`.
            options: Further arguments of Python's `open`; flytekit's `cache_type` and `cache_options` have no effect.
        """
        plain = {name: value for name, value in options.items() if not name.startswith("cache_")}
        writes = any(letter in mode for letter in "wxa+")
        path = self._target() if writes and "r" not in mode else Path(self.download())
        with path.open(mode, **plain) as stream:
            yield stream
        if writes and self._remote_source is not None:
            open_store().upload(path, self._remote_source)

    def _target(self) -> Path:
        path = Path(self._local_path)
        path.parent.mkdir(parents=True, exist_ok=True)
        self._downloaded = True
        return path

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, FlyteFile):
            return self.path == other
        return (self.path, self._remote_path, self.extension()) == (other.path, other._remote_path, other.extension())

    def __hash__(self) -> int:
        return hash(str(self.path))

    def __str__(self) -> str:
        return str(self.path)

    __repr__ = __str__


@cache
def _of_format(text: str) -> type[FlyteFile]:
    class Specific(FlyteFile):
        @classmethod
        def extension(cls) -> str:
            return text

    Specific.__name__ = Specific.__qualname__ = f'FlyteFile["{text}"]'
    return Specific


@dataclass(frozen=True, slots=True)
class FileTransformer:
    """FlyteFile and `os.PathLike` as a blob of one part. A declared `os.PathLike` is never uploaded, as in flytekit."""

    name: str = "FlyteFilePath"

    def literal_type(self, python_type: object) -> LiteralType:
        return LiteralType(blob=_blob_type(python_type))

    def to_literal(
        self, context: TransformContext, value: object, python_type: object, declared: LiteralType
    ) -> Literal:
        if not isinstance(value, (str, os.PathLike)):
            raise mismatch(python_type, value, "Return a path, or FlyteFile(path).")
        file = value if isinstance(value, FlyteFile) else FlyteFile(cast("Path_", value))
        uri = file.remote_source or self._stored(context, file, python_type)
        blob = Blob(metadata=BlobMetadata(type=_blob_type(python_type)), uri=uri)
        return Literal(scalar=Scalar(blob=blob), metadata=file.metadata or {})

    def _stored(self, context: TransformContext, file: FlyteFile, python_type: object) -> str:
        path, target = Path(file.path), file.remote_path
        if python_type is os.PathLike or target is False:
            return str(path)
        if not path.is_file():
            raise TypeTransformError(
                f"expected {_blob_name(python_type)}, but there is no file {str(path)!r}",
                hint="Write the file before the task returns, and return its path.",
            )
        uri = str(target) if isinstance(target, (str, os.PathLike)) else context.fresh_uri(path.name)
        context.store.upload(path, uri)
        return uri

    def to_python(self, context: TransformContext, literal: Literal, python_type: object) -> object:
        if not literal.scalar.HasField("blob"):
            raise literal_mismatch(python_type, literal)
        blob = literal.scalar.blob
        if blob.metadata.type.dimensionality != BlobType.SINGLE:
            raise TypeTransformError(
                f"expected {_blob_name(python_type)}, got the directory {blob.uri}", hint="Declare FlyteDirectory."
            )
        metadata = dict(literal.metadata) or None
        if not is_remote(blob.uri):
            return _file_class(python_type)(_existing(blob.uri), metadata=metadata)
        if python_type is os.PathLike:
            return FlyteFile(blob.uri, metadata=metadata)
        download = FileDownload(blob.uri, context.fresh_path(last_name(blob.uri)), context.store)
        return _file_class(python_type)._lazy(blob.uri, download, metadata)  # pyright: ignore[reportPrivateUsage]


def _file_class(python_type: object) -> type[FlyteFile]:
    return FlyteFile if python_type is os.PathLike else cast("type[FlyteFile]", python_type)


def _existing(path: str) -> str:
    if not Path(path).is_file():
        raise TypeTransformError(f"there is no file {path!r}", hint="Check the path, or pass a URI.")
    return path


def _blob_type(python_type: object) -> BlobType:
    return BlobType(format=_file_class(python_type).extension(), dimensionality=BlobType.SINGLE)


def _blob_name(python_type: object) -> str:
    return _file_class(python_type).__name__


FILE = FileTransformer()
