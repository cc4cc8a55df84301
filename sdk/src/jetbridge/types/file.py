"""FlyteFile: a file that moves through the object store, downloaded when it is first used."""

from __future__ import annotations

import os
from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, Generic, cast

from jetbridge.errors import TypeTransformError
from jetbridge.idl import Blob, BlobMetadata, BlobType, Literal, LiteralType, Scalar
from jetbridge.store import Progress, Store
from jetbridge.types.context import TransformContext
from jetbridge.types.naming import literal_mismatch, mismatch
from jetbridge.types.remote import (
    FileDownload,
    format_text,
    fresh_local_path,
    is_remote,
    last_name,
    new_uri,
    store_here,
    working_path,
)

Path_ = str | os.PathLike[str]

if TYPE_CHECKING:
    from typing_extensions import TypeVar

    Format = TypeVar("Format", default=Any)

    class _File(os.PathLike[str], Generic[Format]):
        """What a type checker sees: `FlyteFile[Literal["csv"]]` is a type, and so is `FlyteFile` alone."""
else:
    _File = os.PathLike


def _nothing() -> None:
    """The downloader of a file that is already here."""


class FlyteFile(_File):
    """A file as an input or output of a task, with flytekit's surface.

    As an input it names a local path that exists after the first use (`open(file)`, `download()`), or is read from the
    store without a download (`file.open("r")`). As an output, a local path is uploaded below the run's raw data; a URI
    is passed on as it is. `FlyteFile["csv"]` says the format of its content; to type checkers it is
    `FlyteFile[Literal["csv"]]`.

    Args:
        path: A local path, or the URI of a file that is already stored.
        downloader: Called before the first use; given by the type system.
        remote_path: Where to upload to, instead of a fresh name; `False` to not upload.
        metadata: Text that travels with the literal.

    Example:
        >>> from pathlib import Path
        >>> FlyteFile["csv"](Path("out") / "table.csv")
        out/table.csv
        >>> report = FlyteFile.new_remote_file("report.txt")
        >>> with report.open("w") as stream:
        ...     _ = stream.write("done")
        >>> with report.open("r") as stream:
        ...     stream.read()
        'done'
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
        self._downloader: Callable[..., object] = downloader
        self._downloaded = False
        self._remote_path = remote_path
        self._remote_source: str | None = str(path) if is_remote(path) else None
        self._local_path: str | None = None if is_remote(path) else str(path)
        self._store: Store | None = None

    @classmethod
    def __get_pydantic_core_schema__(cls, source: object, handler: Any) -> Any:
        from jetbridge.types.pydantic_blob import file_schema

        return file_schema(cls, handler)

    def __class_getitem__(cls, item: object) -> type[FlyteFile]:
        text = "" if item in (None, Any) else format_text(item)
        return _of_format(text) if text else cls

    @classmethod
    def extension(cls) -> str:
        """The declared format, such as `csv`; empty for any."""
        return ""

    @classmethod
    def from_source(cls, source: Path_) -> FlyteFile:
        """A file that is already stored at a URI, or lies at a local path."""
        return cls(str(source))

    @classmethod
    def new_remote_file(cls, name: str | None = None, alt: str | None = None) -> FlyteFile:
        """A file in the store that is yet to be written, with `open("w")`.

        Args:
            name: Its name below the task's raw data; a fresh one by default.
            alt: Another bucket than the task's.
        """
        return cls(new_uri(name, alt))

    @classmethod
    def new(cls, filename: Path_) -> FlyteFile:
        """A file that is yet to be written in the task's working folder. Raises `TypeTransformError` if absolute."""
        return cls(str(working_path(filename)))

    @classmethod
    def _lazy(cls, download: FileDownload, metadata: dict[str, str] | None) -> FlyteFile:
        file = cls(str(download.path), downloader=download, metadata=metadata)
        file._remote_source = download.uri
        file._store = download.store
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

    def download(self, progress: Progress | None = None) -> str:
        """Downloads the file if that has not happened yet, and returns its local path.

        Args:
            progress: Is told how far the download is.
        """
        if self._local_path is None:
            path = fresh_local_path(last_name(str(self._remote_source)))
            self._local_path, self._downloader = str(path), FileDownload(str(self._remote_source), path, self._store)
        if not self._downloaded:
            self._downloader(*([progress] if isinstance(self._downloader, FileDownload) else []))
            self._downloaded = True
        return self._local_path

    def __fspath__(self) -> str:
        return self.download()

    @contextmanager
    def open(
        self,
        mode: str = "r",
        cache_type: str | None = None,
        cache_options: dict[str, Any] | None = None,
        **options: Any,
    ) -> Generator[IO[Any]]:
        """A stream over the file where it is: a stored one is read in blocks, not downloaded, and written in parts.

        A stored file that is written appears when the block ends, and does not change when the block raises. The
        modes with `a` and `+` work on a local copy.

        Args:
            mode: As for Python's `open`.
            cache_type: flytekit's; has no effect, blocks grow and are read ahead as long as they are read in order.
            cache_options: flytekit's; has no effect.
            options: Further arguments of Python's `open`, such as `encoding` and `newline`.
        """
        from jetbridge.types.file_streams import opened

        reads = set(mode) <= set("rbt")
        target = self._target(reads)
        if not is_remote(target):
            if not reads:
                Path(target).parent.mkdir(parents=True, exist_ok=True)
            with Path(target).open(mode, **options) as stream:
                yield stream
            return
        with opened(self._store or store_here(), target, mode, options) as stream:
            yield stream
        if not reads:
            self._remote_source, self._local_path, self._downloaded = target, None, False

    def _target(self, reads: bool) -> str:
        """What a stream opens: the file that is here already, or its place in the store."""
        if reads and (self._downloaded or self._remote_source is None) and Path(self.download()).exists():
            return self.download()
        given = self._remote_path if isinstance(self._remote_path, (str, os.PathLike)) else self.path
        return self._remote_source or str(given)

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
        target = file.remote_path
        if python_type is os.PathLike or target is False:
            return str(file.path)
        path = Path(file)  # a downloader of the author's own may be due
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
        return _file_class(python_type)._lazy(download, metadata)  # pyright: ignore[reportPrivateUsage]


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
