"""FlyteDirectory: a folder that moves through the object store, downloaded when it is first used."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Generic, cast

from jetbridge.errors import TypeTransformError
from jetbridge.idl import Blob, BlobMetadata, BlobType, Literal, LiteralType, Scalar
from jetbridge.store import Progress, Store, join
from jetbridge.types.annotated import metadata_of
from jetbridge.types.context import TransformContext
from jetbridge.types.file import FlyteFile
from jetbridge.types.lookup import plain_type
from jetbridge.types.naming import literal_mismatch, mismatch
from jetbridge.types.remote import (
    OBJECTS_AT_ONCE,
    DirectoryDownload,
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

    class _Directory(os.PathLike[str], Generic[Format]):
        """What a type checker sees: `FlyteDirectory[Literal["csv"]]` is a type, and so is `FlyteDirectory` alone."""
else:
    _Directory = os.PathLike


@dataclass(frozen=True, slots=True)
class BatchSize:
    """How many files of a folder are under way at once: `Annotated[FlyteDirectory, BatchSize(10)]`, as in flytekit.

    Without it they are 16, within 64 MiB of memory for all together.

    Args:
        val: The number of files.
    """

    val: int


def _nothing() -> None:
    """The downloader of a folder that is already here."""


class FlyteDirectory(_Directory):
    """A folder as an input or output of a task, with flytekit's surface.

    As an input it names a local folder that exists after the first use (`os.listdir(folder)`, `download()`); its parts
    can be reached one by one without that (`listdir`, `crawl`). As an output, a local folder is uploaded below the
    run's raw data; a URI is passed on as it is. `FlyteDirectory["csv"]` says the format of its files.

    Args:
        path: A local folder, or the URI of one that is already stored.
        downloader: Called before the first use; given by the type system.
        remote_directory: Where to upload to, instead of a fresh name; `False` to not upload.

    Example:
        >>> folder = FlyteDirectory.new_remote("parts")
        >>> with folder.new_file("a.txt").open("w") as stream:
        ...     _ = stream.write("A")
        >>> [Path(part).read_text() for part in folder.iterdir()]
        ['A']
    """

    def __init__(
        self,
        path: Path_,
        downloader: Callable[[], object] | None = None,
        remote_directory: Path_ | bool | None = None,
    ) -> None:
        self.path = path
        self._downloader: Callable[..., object] = downloader or _nothing
        self._downloaded = False
        self._remote_directory = remote_directory
        self._remote_source: str | None = str(path) if is_remote(path) else None
        self._local_path: str | None = None if is_remote(path) else str(path)
        self._store: Store | None = None

    @classmethod
    def __get_pydantic_core_schema__(cls, source: object, handler: Any) -> Any:
        from jetbridge.types.pydantic_blob import directory_schema

        return directory_schema(cls, handler)

    def __class_getitem__(cls, item: object) -> type[FlyteDirectory]:
        text = "" if item in (None, Any) else format_text(item)
        return _of_format(text) if text else cls

    @classmethod
    def extension(cls) -> str:
        """The declared format of its files; empty for any."""
        return ""

    @classmethod
    def from_source(cls, source: Path_) -> FlyteDirectory:
        """A folder that is already stored at a URI, or lies at a local path."""
        return cls(str(source))

    @classmethod
    def new_remote(cls, stem: str | None = None, alt: str | None = None) -> FlyteDirectory:
        """A folder in the store that is yet to be filled, with `new_file`.

        Args:
            stem: Its name below the task's raw data; a fresh one by default.
            alt: Another bucket than the task's.

        Raises:
            TypeTransformError: the name looks like a file's.
        """
        if stem and Path(stem).suffix:
            raise TypeTransformError(f"expected a folder's name, got {stem!r}", hint="Leave out the ending.")
        return cls(new_uri(stem, alt))

    @classmethod
    def new(cls, dirname: Path_) -> FlyteDirectory:
        """A new folder in the task's working folder. Raises `TypeTransformError` if the name is absolute."""
        path = working_path(dirname)
        path.mkdir(parents=True)
        return cls(str(path))

    @classmethod
    def _lazy(cls, download: DirectoryDownload) -> FlyteDirectory:
        folder = cls(str(download.path), downloader=download)
        folder._remote_source = download.uri
        folder._store = download.store
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

    def download(self, progress: Progress | None = None) -> str:
        """Downloads the folder if that has not happened yet, and returns its local path.

        Args:
            progress: Is told how far the download is, all files together.
        """
        if self._local_path is None:
            path = fresh_local_path(last_name(str(self._remote_source)))
            self._local_path = str(path)
            self._downloader = DirectoryDownload(str(self._remote_source), path, self._store)
        if not self._downloaded:
            self._downloader(*([progress] if isinstance(self._downloader, DirectoryDownload) else []))
            self._downloaded = True
        return self._local_path

    def __fspath__(self) -> str:
        return self.download()

    def new_file(self, name: str | None = None) -> FlyteFile:
        """A file in this folder; without a name, a fresh one."""
        return FlyteFile(join(self._source(), name or os.urandom(16).hex()))

    def new_dir(self, name: str | None = None) -> FlyteDirectory:
        """A folder in this folder; without a name, a fresh one."""
        return FlyteDirectory(join(self._source(), name or os.urandom(16).hex()))

    @classmethod
    def listdir(cls, directory: FlyteDirectory) -> list[FlyteFile | FlyteDirectory]:
        """The files and folders directly in a folder, not downloaded, sorted by name."""
        return list(directory.iterdir())

    def iterdir(self) -> Iterator[FlyteFile | FlyteDirectory]:
        """The files and folders directly in this folder, not downloaded, sorted by name."""
        source = self._source()
        if not is_remote(source):
            found = sorted(Path(source).iterdir())
            return iter([(FlyteDirectory if path.is_dir() else FlyteFile)(str(path)) for path in found])
        folders, files = self._storage().children(source)
        parts = [*map(FlyteDirectory, folders), *(FlyteFile(uri) for uri in files if uri not in folders)]
        return iter(sorted(parts, key=str))

    def crawl(
        self, maxdepth: int | None = None, topdown: bool = True, *, detail: bool = False
    ) -> Iterator[tuple[str, Any]]:
        """All files below, not downloaded, as (this folder, relative name), sorted by name.

        Args:
            maxdepth: How many levels to go down; 1 gives only the files directly in the folder.
            topdown: Whether names come in order, rather than backwards.
            detail: Whether a dict of name, size in bytes and type stands for the name, by name, as fsspec gives it.
        """
        source = self._source()
        found = [(name, size) for name, size in self._names() if maxdepth is None or name.count("/") < maxdepth]
        for name, size in found if topdown else reversed(found):
            info = {name: {"name": join(source, name), "size": size, "type": "file"}}
            yield source, info if detail else name

    def _names(self) -> list[tuple[str, int]]:
        from jetbridge.store.folders import local_names, stored_names

        source = self._source()
        if is_remote(source):
            return stored_names(self._storage(), source)
        return [(name, Path(source, name).stat().st_size) for name in local_names(Path(source))]

    def _source(self) -> str:
        """Where it lies, or will lie."""
        target = self._remote_directory
        here = target if isinstance(target, (str, os.PathLike)) and not Path(self.path).is_dir() else self.path
        return self._remote_source or str(here)

    def _storage(self) -> Store:
        return self._store or store_here()

    def __truediv__(self, other: Path_) -> Path:
        return Path(self.path) / other

    def __str__(self) -> str:
        return str(self.path)

    __repr__ = __str__


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
    reads_metadata: bool = True

    def literal_type(self, python_type: object) -> LiteralType:
        return LiteralType(blob=_blob_type(_class(python_type)))

    def to_literal(
        self, context: TransformContext, value: object, python_type: object, declared: LiteralType
    ) -> Literal:
        wanted = _class(python_type)
        if not isinstance(value, (str, os.PathLike)) or isinstance(value, FlyteFile):
            raise mismatch(wanted, cast("object", value), "Return the path of a folder, or FlyteDirectory(path).")
        folder = _as_directory(cast("Path_", value))
        uri = folder.remote_source or _stored(context, folder, wanted, _at_once(python_type))
        return Literal(scalar=Scalar(blob=Blob(metadata=BlobMetadata(type=_blob_type(wanted)), uri=uri)))

    def to_python(self, context: TransformContext, literal: Literal, python_type: object) -> object:
        wanted = _class(python_type)
        if not literal.scalar.HasField("blob"):
            raise literal_mismatch(wanted, literal)
        blob = literal.scalar.blob
        if blob.metadata.type.dimensionality != BlobType.MULTIPART:
            raise TypeTransformError(f"expected {wanted.__name__}, got the file {blob.uri}", hint="Declare FlyteFile.")
        if is_remote(blob.uri):
            path = context.fresh_path(last_name(blob.uri))
            download = DirectoryDownload(blob.uri, path, context.store, _at_once(python_type))
            return wanted._lazy(download)  # pyright: ignore[reportPrivateUsage]
        if not Path(blob.uri).is_dir():
            raise TypeTransformError(f"there is no folder {blob.uri!r}", hint="Check the path, or pass a URI.")
        return wanted(blob.uri, remote_directory=False)


def _class(python_type: object) -> type[FlyteDirectory]:
    return cast("type[FlyteDirectory]", plain_type(python_type))


def _at_once(python_type: object) -> int:
    sizes = [each.val for each in metadata_of(python_type) if isinstance(each, BatchSize)]
    return sizes[-1] if sizes else OBJECTS_AT_ONCE


def _as_directory(value: Path_) -> FlyteDirectory:
    return value if isinstance(value, FlyteDirectory) else FlyteDirectory(value)


def _stored(context: TransformContext, folder: FlyteDirectory, wanted: type[FlyteDirectory], at_once: int) -> str:
    target = folder.remote_directory
    if target is False:
        return str(folder.path)
    path = Path(folder)  # a downloader of the author's own may be due
    if not path.is_dir():
        raise TypeTransformError(
            f"expected {wanted.__name__}, but there is no folder {str(path)!r}",
            hint="Write the folder before the task returns, and return its path.",
        )
    from jetbridge.store.folders import upload_folder

    uri = str(target) if isinstance(target, (str, os.PathLike)) else context.fresh_uri()
    upload_folder(context.store, path, uri, at_once)
    return uri


def _blob_type(wanted: type[FlyteDirectory]) -> BlobType:
    return BlobType(format=wanted.extension(), dimensionality=BlobType.MULTIPART)


DIRECTORY = DirectoryTransformer()
