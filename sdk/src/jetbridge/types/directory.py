"""FlyteDirectory: a folder that moves through the object store, downloaded when it is first used."""

from __future__ import annotations

import os
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, cast

from jetbridge.errors import TypeTransformError
from jetbridge.idl import Blob, BlobMetadata, BlobType, Literal, LiteralType, Scalar
from jetbridge.store import join, open_store
from jetbridge.types.context import TransformContext
from jetbridge.types.file import FlyteFile
from jetbridge.types.naming import literal_mismatch, mismatch
from jetbridge.types.remote import DirectoryDownload, format_text, is_remote, last_name, names_below, temporary_path

Path_ = str | os.PathLike[str]


def _nothing() -> None:
    """The downloader of a folder that is already here."""


class FlyteDirectory(os.PathLike[str]):
    """A folder as an input or output of a task, with flytekit's surface.

    As an input it names a local folder that exists after the first use (`os.listdir(folder)`, `download()`).
    As an output, a local folder is uploaded below the run's raw data; a URI is passed on as it is.

    Args:
        path: A local folder, or the URI of one that is already stored.
        downloader: Called before the first use; given by the type system.
        remote_directory: Where to upload to, instead of a fresh name; `False` to not upload.
    """

    def __init__(
        self,
        path: Path_,
        downloader: Callable[[], object] | None = None,
        remote_directory: Path_ | bool | None = None,
    ) -> None:
        self.path = path
        self._downloader = downloader or _nothing
        self._downloaded = False
        self._remote_directory = remote_directory
        self._remote_source: str | None = None
        self._local_path = str(path)
        if is_remote(path):
            local = temporary_path(last_name(str(path)))
            self._remote_source, self._local_path = str(path), str(local)
            self._downloader = DirectoryDownload(str(path), local)

    def __class_getitem__(cls, item: object) -> type[FlyteDirectory]:
        text = "" if item in (None, Any) else format_text(item)
        return _of_format(text) if text else cls

    @classmethod
    def extension(cls) -> str:
        """The declared format of its files; empty for any."""
        return ""

    @classmethod
    def from_source(cls, source: Path_) -> FlyteDirectory:
        """A folder that is already stored at a URI."""
        return cls(str(source))

    @classmethod
    def _lazy(cls, uri: str, download: DirectoryDownload) -> FlyteDirectory:
        folder = cls(str(download.path), downloader=download)
        folder._remote_source = uri
        return folder

    @property
    def downloaded(self) -> bool:
        """Whether the local folder is filled."""
        return self._downloaded

    @property
    def remote_directory(self) -> Path_ | bool | None:
        """Where to upload to, as given."""
        return self._remote_directory

    @property
    def remote_source(self) -> str | None:
        """The URI that the folder came from; None for a local one."""
        return self._remote_source

    def download(self) -> str:
        """Downloads the folder if that has not happened yet, and returns its local path."""
        return self.__fspath__()

    def __fspath__(self) -> str:
        if not self._downloaded:
            self._downloader()
            self._downloaded = True
        return self._local_path

    def new_file(self, name: str | None = None) -> FlyteFile:
        """A file in this folder; without a name, a fresh one."""
        return FlyteFile(join(str(self.path), name or uuid.uuid4().hex))

    def new_dir(self, name: str | None = None) -> FlyteDirectory:
        """A folder in this folder; without a name, a fresh one."""
        return FlyteDirectory(join(str(self.path), name or uuid.uuid4().hex))

    @classmethod
    def listdir(cls, directory: FlyteDirectory) -> list[FlyteFile | FlyteDirectory]:
        """The files and folders directly in a folder, not downloaded, sorted by name."""
        source = directory.remote_source or str(directory.path)
        names = _relative_names(source)
        folders = {name.partition("/")[0] for name in names if "/" in name}
        return [
            (FlyteDirectory if name in folders else FlyteFile)(join(source, name))
            for name in sorted({name.partition("/")[0] for name in names})
        ]

    def crawl(self) -> Iterator[tuple[str, str]]:
        """All files below, as (this folder, relative name), sorted by name."""
        source = self.remote_source or str(self.path)
        return ((source, name) for name in _relative_names(source))

    def __truediv__(self, other: Path_) -> Path:
        return Path(self.path) / other

    def __str__(self) -> str:
        return str(self.path)

    __repr__ = __str__


def _relative_names(source: str) -> list[str]:
    if is_remote(source):
        return [name for name, _ in names_below(open_store(), source)]
    return _local_names(Path(source))


def _local_names(folder: Path) -> list[str]:
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())


@cache
def _of_format(text: str) -> type[FlyteDirectory]:
    class Specific(FlyteDirectory):
        @classmethod
        def extension(cls) -> str:
            return text

    Specific.__name__ = Specific.__qualname__ = f'FlyteDirectory["{text}"]'
    return Specific


@dataclass(frozen=True, slots=True)
class DirectoryTransformer:
    """FlyteDirectory as a blob of many parts."""

    name: str = "FlyteDirectory"

    def literal_type(self, python_type: object) -> LiteralType:
        return LiteralType(blob=_blob_type(python_type))

    def to_literal(
        self, context: TransformContext, value: object, python_type: object, declared: LiteralType
    ) -> Literal:
        if not isinstance(value, (str, os.PathLike)) or isinstance(value, FlyteFile):
            raise mismatch(python_type, cast("object", value), "Return the path of a folder, or FlyteDirectory(path).")
        folder = _as_directory(cast("Path_", value))
        uri = folder.remote_source or _stored(context, folder, python_type)
        return Literal(scalar=Scalar(blob=Blob(metadata=BlobMetadata(type=_blob_type(python_type)), uri=uri)))

    def to_python(self, context: TransformContext, literal: Literal, python_type: object) -> object:
        if not literal.scalar.HasField("blob"):
            raise literal_mismatch(python_type, literal)
        blob, wanted = literal.scalar.blob, cast("type[FlyteDirectory]", python_type)
        if blob.metadata.type.dimensionality != BlobType.MULTIPART:
            raise TypeTransformError(f"expected {wanted.__name__}, got the file {blob.uri}", hint="Declare FlyteFile.")
        if is_remote(blob.uri):
            download = DirectoryDownload(blob.uri, context.fresh_path(last_name(blob.uri)), context.store)
            return wanted._lazy(blob.uri, download)  # pyright: ignore[reportPrivateUsage]
        if not Path(blob.uri).is_dir():
            raise TypeTransformError(f"there is no folder {blob.uri!r}", hint="Check the path, or pass a URI.")
        return wanted(blob.uri, remote_directory=False)


def _as_directory(value: Path_) -> FlyteDirectory:
    return value if isinstance(value, FlyteDirectory) else FlyteDirectory(value)


def _stored(context: TransformContext, folder: FlyteDirectory, python_type: object) -> str:
    path, target = Path(folder.path), folder.remote_directory
    if target is False:
        return str(path)
    if not path.is_dir():
        raise TypeTransformError(
            f"expected {cast('type', python_type).__name__}, but there is no folder {str(path)!r}",
            hint="Write the folder before the task returns, and return its path.",
        )
    uri = str(target) if isinstance(target, (str, os.PathLike)) else context.fresh_uri()
    for name in _local_names(path):
        context.store.upload(path / name, join(uri, name))
    return uri


def _blob_type(python_type: object) -> BlobType:
    extension = cast("type[FlyteDirectory]", python_type).extension()
    return BlobType(format=extension, dimensionality=BlobType.MULTIPART)


DIRECTORY = DirectoryTransformer()
