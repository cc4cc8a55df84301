"""The store over every scheme that `obstore` knows."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, suppress
from datetime import timedelta
from pathlib import Path
from typing import IO, TYPE_CHECKING

from jetbridge.errors import StoreError
from jetbridge.store.address import Place, place
from jetbridge.store.client import Clients, translated
from jetbridge.store.interface import ObjectNotFoundError, Progress, Store, StoredObject

if TYPE_CHECKING:
    from obstore import ObjectMeta
    from obstore.store import ObjectStore as Backing
    from typing_extensions import Buffer

_STREAM_PART = 32 * 1024 * 1024
"""Bytes of one part of an object whose size nobody knows yet: 10,000 of them are 312 GiB."""
_STREAM_PARTS_AT_ONCE = 2
_CREATOR = "jetbridgecreator"
"""Metadata that names who created an object: when the answer to a create was lost, it tells whether it was ours.
Azure takes letters only."""
_CREATE_WAITS = (0.0, 0.2, 0.5, 1.0, 2.0, 4.0)
"""Seconds before each try of a create, for as long as nobody answers."""
_UNANSWERED = "error sending request"


OnRead = Callable[[int], None]


def _unheard(count: int) -> None:
    """Nobody counts."""


class ObjectStore:
    """A `Store` over every scheme that `obstore` knows; one client a bucket, made when it is first used.

    Credentials and endpoints come from the environment (`AWS_ACCESS_KEY_ID`, `AWS_ENDPOINT_URL`, …).

    Args:
        patience: How long one request is repeated while the store does not answer; by default for a few seconds.
        on_read: Hears how many bytes of objects came; called from several threads.

    Example:
        >>> import tempfile
        >>> store, uri = ObjectStore(), f"file://{tempfile.mkdtemp()}/greeting"
        >>> store.create(uri, b"hello"), store.create(uri, b"other"), store.read(uri)
        (True, False, b'hello')
        >>> with store.open_writer(uri) as stream:
        ...     _ = stream.write(b"bye")
        >>> with store.open_reader(uri) as stream:
        ...     stream.read(2)
        b'by'
    """

    def __init__(self, patience: timedelta | None = None, on_read: OnRead | None = None) -> None:
        self._clients = Clients(patience)
        self._on_read = on_read or _unheard

    def read(self, uri: str) -> bytes:
        import obstore

        with self._at(uri) as (client, at):
            data = bytes(obstore.get(client, at.key).bytes())
        self._on_read(len(data))
        return data

    def write(self, uri: str, data: bytes, content_type: str = "") -> None:
        import obstore

        with self._at(uri) as (client, at):
            # A file's type is its ending, and LocalStore takes no other.
            attributes = {"Content-Type": content_type} if content_type and not at.is_local else None
            obstore.put(client, at.key, data, attributes=attributes)

    def create(self, uri: str, data: bytes) -> bool:
        me = os.urandom(16).hex()
        with self._at(uri) as (client, at):
            for wait in _CREATE_WAITS:
                time.sleep(wait)
                created = _created(client, at, data, me)
                if created is not None:
                    return created
            raise OSError(f"it could not be created: {len(_CREATE_WAITS)} requests were not answered")

    def delete(self, uri: str) -> None:
        """Removes an object; a missing one is no error. No run deletes anything, so it is no part of `Store`."""
        import obstore

        with suppress(ObjectNotFoundError), self._at(uri) as (client, at):
            obstore.delete(client, at.key)

    def exists(self, uri: str) -> bool:
        import obstore

        try:
            with self._at(uri) as (client, at):
                obstore.head(client, at.key)
        except ObjectNotFoundError:
            return False
        return True

    def list(self, prefix: str) -> Iterator[str]:
        return (found.uri for found in self.objects(prefix))

    def objects(self, prefix: str) -> Iterator[StoredObject]:
        with self._at(prefix) as (client, at):
            found = [meta for batch in _listing(client, at.key) for meta in batch]
        return iter(sorted(StoredObject(at.uri(meta["path"]), meta["size"]) for meta in found))

    def children(self, prefix: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
        import obstore

        with self._at(prefix) as (client, at):
            found = obstore.list_with_delimiter(client, at.key)  # pyright: ignore[reportUnknownMemberType] -- its Arrow overload is untyped
        folders = sorted(at.uri(key) for key in found["common_prefixes"])
        return tuple(folders), tuple(sorted(at.uri(meta["path"]) for meta in found["objects"]))

    def download(self, uri: str, path: Path, progress: Progress | None = None) -> None:
        from jetbridge.store.parts import download_file

        with self._at(uri, bulk=True) as (client, at):
            if at.is_local:
                _copy("download", at.path(), path, progress)
            else:
                download_file(client, at.key, path, progress)
        self._on_read(path.stat().st_size)

    def upload(self, path: Path, uri: str, progress: Progress | None = None) -> None:
        from jetbridge.store.parts import upload_file

        if not path.is_file():
            raise StoreError(f"there is no file {str(path)!r} to upload to {uri!r}", hint="Check the path.")
        with self._at(uri, bulk=True) as (client, at):
            if at.is_local:
                _copy("upload", path, at.path(), progress)
            else:
                upload_file(client, at.key, path, progress)

    def open_reader(self, uri: str) -> IO[bytes]:
        import obstore

        from jetbridge.store.parts import fetch
        from jetbridge.store.streams import reading

        with self._at(uri, bulk=True) as (client, at):
            if at.is_local:
                return _counted(at.path(), self._on_read)
            meta = obstore.head(client, at.key)

        def block(start: int, end: int) -> Buffer:
            with translated(uri):
                data = fetch(client, at.key, start, end, meta["e_tag"])
            self._on_read(end - start)
            return data

        return reading(block, meta["size"])

    def open_writer(self, uri: str) -> AbstractContextManager[IO[bytes]]:
        at = place(uri)
        return _local_writer(uri, at) if at.is_local else self._remote_writer(uri)

    @contextmanager
    def _remote_writer(self, uri: str) -> Generator[IO[bytes]]:
        import obstore

        from jetbridge.store.streams import writing

        def put(data: Iterator[bytes]) -> None:
            with self._at(uri, bulk=True) as (client, at):
                obstore.put(client, at.key, data, chunk_size=_STREAM_PART, max_concurrency=_STREAM_PARTS_AT_ONCE)

        with writing(put) as stream:
            yield stream

    @contextmanager
    def _at(self, uri: str, *, bulk: bool = False) -> Generator[tuple[Backing, Place]]:
        with translated(uri):
            at = place(uri)
            yield self._clients.get(at.root, bulk=bulk and not at.is_local), at


def _created(client: Backing, at: Place, data: bytes, creator: str) -> bool | None:
    """Whether the object is ours; None when nobody knows, so that it must be tried again."""
    from obstore.exceptions import AlreadyExistsError, GenericError

    try:
        _create(client, at, data, creator)
    except AlreadyExistsError:
        found = _creator(client, at)
        return None if found is None else found == creator
    except GenericError as error:
        # A create is not idempotent, so the library gives up after one time-out, where it repeats any other request.
        if _UNANSWERED in str(error):
            return None
        raise
    return True


def _create(client: Backing, at: Place, data: bytes, creator: str) -> None:
    import obstore

    # A local create is answered for sure, and LocalStore keeps no metadata.
    attributes = None if at.is_local else {_CREATOR: creator}
    obstore.put(client, at.key, data, mode="create", attributes=attributes)


def _creator(client: Backing, at: Place) -> str | None:
    """Who created the object; empty when nobody says so, None when it is gone again."""
    import obstore

    if at.is_local:
        return ""
    try:
        return str(obstore.get(client, at.key, options={"head": True}).attributes.get(_CREATOR, ""))
    except FileNotFoundError:
        return None


def _counted(path: Path, on_read: OnRead) -> IO[bytes]:
    """A file to read, of which each read is told."""
    if on_read is _unheard:
        return path.open("rb")
    from jetbridge.store.local_files import counted

    return counted(path, on_read)


def _copy(action: str, source: Path, target: Path, progress: Progress | None) -> None:
    from jetbridge.store.local_files import copy
    from jetbridge.store.progress import metered

    if not source.is_file():
        raise FileNotFoundError(source)
    with metered(action, source.name, source.stat().st_size, progress) as meter:
        copy(source, target, meter.advanced)


@contextmanager
def _local_writer(uri: str, at: Place) -> Generator[IO[bytes]]:
    from jetbridge.store.local_files import whole

    with translated(uri):
        path = at.path()
    with whole(path) as stream:
        yield stream


def _listing(client: Backing, prefix: str) -> Iterable[Sequence[ObjectMeta]]:
    import obstore

    return obstore.list(client, prefix=prefix, return_arrow=False)  # pyright: ignore[reportUnknownMemberType] -- its Arrow overload is untyped


def open_store(patience: timedelta | None = None, on_read: OnRead | None = None) -> Store:
    """The store for every URI, with credentials from the environment.

    Args:
        patience: How long one request is repeated while the store does not answer. A few seconds by default, because a
            person waits; a task passes `TASK_PATIENCE`.
        on_read: Hears how many bytes of objects came; called from several threads.
    """
    return ObjectStore(patience, on_read)
