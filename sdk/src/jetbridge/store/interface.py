"""What the data plane asks of an object store."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from typing import IO, NamedTuple, Protocol

from jetbridge.errors import StoreError


class ObjectNotFoundError(StoreError):
    """Raised when there is no object of the name."""


def refused(uri: str, reason: str) -> StoreError:
    """The error for an object that the store does not give or take."""
    return StoreError(
        f"the store refused {uri!r}: {reason}",
        hint="Check the address, and that the credentials in the environment may read and write there.",
    )


class StoredObject(NamedTuple):
    """One object of a listing.

    Attributes:
        uri: Where it is.
        size: In bytes.
    """

    uri: str
    size: int


class Progress(Protocol):
    """Is told how far a transfer is; called often and from several threads, so it should return at once.

    Example:
        >>> def show(name: str, done: int, total: int) -> None:
        ...     print(f"{name}: {done} of {total} bytes")
        >>> progress: Progress = show
    """

    def __call__(self, name: str, done: int, total: int, /) -> None:
        """`done` of `total` bytes are through; `name` is the file's or the folder's."""
        ...


class Store(Protocol):
    """What the data plane asks of an object store. All methods raise `StoreError` when the store refuses."""

    def read(self, uri: str) -> bytes:
        """The whole object. A missing one is `ObjectNotFoundError`."""
        ...

    def write(self, uri: str, data: bytes, content_type: str = "") -> None:
        """Puts the object, replacing what is there; a browser shows one with a media type instead of saving it."""
        ...

    def create(self, uri: str, data: bytes) -> bool:
        """Puts the object only if there is none yet; false when there was one."""
        ...

    def exists(self, uri: str) -> bool:
        """Whether there is an object of this exact name."""
        ...

    def list(self, prefix: str) -> Iterator[str]:
        """The URIs of all objects below a folder, sorted."""
        ...

    def objects(self, prefix: str) -> Iterator[StoredObject]:
        """All objects below a folder with their sizes, sorted by URI."""
        ...

    def children(self, prefix: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """The URIs of the folders and of the objects directly in a folder, each sorted."""
        ...

    def download(self, uri: str, path: Path, progress: Progress | None = None) -> None:
        """Copies one object to a local file in constant memory, creating its folder. It appears when it is whole."""
        ...

    def upload(self, path: Path, uri: str, progress: Progress | None = None) -> None:
        """Copies one local file to an object in constant memory. The object appears when it is whole."""
        ...

    def open_reader(self, uri: str) -> IO[bytes]:
        """A seekable stream over an object, read in blocks as they are needed."""
        ...

    def open_writer(self, uri: str) -> AbstractContextManager[IO[bytes]]:
        """A stream into an object, which appears when the block ends, and not at all when the block raises."""
        ...
