"""The object store that holds a run's data: one small interface over `obstore`.

Everything is addressed by URI (`file:///folder/name`, `s3://bucket/key`, …), so a literal's URI is enough to reach it.
A plain local path is taken for a `file://` URI.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Protocol, TypeVar

from jetbridge.errors import StoreError

if TYPE_CHECKING:
    from obstore import ObjectMeta
    from obstore.store import BackoffConfig, RetryConfig
    from obstore.store import ObjectStore as Backing

T = TypeVar("T")
TASK_PATIENCE = timedelta(seconds=90)
"""How long a task waits for a store that is away, rather than to lose what it has done to another attempt."""


class Store(Protocol):
    """What the data plane asks of an object store. All methods raise `StoreError` when the store refuses."""

    def read(self, uri: str) -> bytes:
        """The whole object. A missing one is `ObjectNotFoundError`."""
        ...

    def write(self, uri: str, data: bytes) -> None:
        """Puts the object, replacing what is there."""
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

    def download(self, uri: str, path: Path) -> None:
        """Copies one object to a local file in constant memory, creating its folder."""
        ...

    def upload(self, path: Path, uri: str) -> None:
        """Copies one local file to an object in constant memory."""
        ...


class ObjectNotFoundError(StoreError):
    """Raised when there is no object of the name."""


def join(prefix: str, *names: str) -> str:
    """A URI below another.

    Example:
        >>> join("s3://bucket/run/", "n0", "outputs.pb")
        's3://bucket/run/n0/outputs.pb'
    """
    return "/".join([prefix.rstrip("/"), *names])


def normalize_uri(text: str) -> str:
    """A URI, or a local path as a `file://` URI without a trailing slash."""
    uri = text if "://" in text else f"file://{Path(text).expanduser().resolve()}"
    return uri if uri == "file:///" else uri.rstrip("/")


@dataclass(frozen=True, slots=True)
class _Place:
    """A URI taken apart: the root that names a bucket or the local file system, and the key below it."""

    root: str
    key: str


def _place(uri: str) -> _Place:
    scheme, _, rest = normalize_uri(uri).partition("://")
    if scheme == "file":
        return _Place("file:///", rest.lstrip("/"))
    bucket, _, key = rest.partition("/")
    return _Place(f"{scheme}://{bucket}", key)


class ObjectStore:
    """A `Store` over every scheme that `obstore` knows; one client a bucket, made when it is first used.

    Credentials and endpoints come from the environment (`AWS_ACCESS_KEY_ID`, `AWS_ENDPOINT_URL`, …).

    Args:
        patience: How long one request is repeated while the store does not answer; by default for a few seconds.

    Example:
        >>> import tempfile
        >>> store, uri = ObjectStore(), f"file://{tempfile.mkdtemp()}/greeting"
        >>> store.create(uri, b"hello"), store.create(uri, b"other"), store.read(uri)
        (True, False, b'hello')
    """

    def __init__(self, patience: timedelta | None = None) -> None:
        self._patience = patience
        self._clients: dict[str, Backing] = {}

    def read(self, uri: str) -> bytes:
        import obstore

        place = _place(uri)
        return self._call(uri, lambda client: bytes(obstore.get(client, place.key).bytes()))

    def write(self, uri: str, data: bytes) -> None:
        import obstore

        place = _place(uri)
        self._call(uri, lambda client: obstore.put(client, place.key, data))

    def create(self, uri: str, data: bytes) -> bool:
        import obstore
        from obstore.exceptions import AlreadyExistsError

        place = _place(uri)
        try:
            self._call(uri, lambda client: obstore.put(client, place.key, data, mode="create"))
        except StoreError as error:
            if isinstance(error.__cause__, AlreadyExistsError):
                return False
            raise
        return True

    def exists(self, uri: str) -> bool:
        import obstore

        place = _place(uri)
        try:
            self._call(uri, lambda client: obstore.head(client, place.key))
        except ObjectNotFoundError:
            return False
        return True

    def list(self, prefix: str) -> Iterator[str]:
        place = _place(prefix)
        keys = self._call(
            prefix,
            lambda client: [meta["path"] for batch in _listing(client, place.key) for meta in batch],
        )
        return (join(place.root, key) if place.root != "file:///" else f"file:///{key}" for key in sorted(keys))

    def download(self, uri: str, path: Path) -> None:
        import obstore

        place = _place(uri)
        path.parent.mkdir(parents=True, exist_ok=True)

        def copy(client: Backing) -> None:
            with path.open("wb") as file:
                for chunk in obstore.get(client, place.key):
                    file.write(chunk)

        self._call(uri, copy)

    def upload(self, path: Path, uri: str) -> None:
        import obstore

        place = _place(uri)
        self._call(uri, lambda client: obstore.put(client, place.key, path))

    def _call(self, uri: str, action: Callable[[Backing], T]) -> T:
        from obstore.exceptions import BaseError

        try:
            return action(self._client(_place(uri).root))
        except FileNotFoundError as error:
            raise ObjectNotFoundError(f"there is no object {uri!r}") from error
        except (BaseError, OSError, ValueError) as error:
            raise StoreError(
                f"the store refused {uri!r}: {_first_line(error)}",
                hint="Check the address, and that the credentials in the environment may read and write there.",
            ) from error

    def _client(self, root: str) -> Backing:
        if root not in self._clients:
            self._clients[root] = _connect(root, self._patience)
        return self._clients[root]


def _listing(client: Backing, prefix: str) -> Iterable[Sequence[ObjectMeta]]:
    import obstore

    return obstore.list(client, prefix=prefix, return_arrow=False)  # pyright: ignore[reportUnknownMemberType] -- its Arrow overload is untyped


def _connect(root: str, patience: timedelta | None) -> Backing:
    from obstore.store import LocalStore, from_url

    if root == "file:///":
        return LocalStore("/")
    return from_url(root) if patience is None else from_url(root, retry_config=_retries(patience))


def _retries(patience: timedelta) -> RetryConfig:
    """Repeats for so long. The library's own ten tries are over in two to five seconds when nobody listens."""
    backoff: BackoffConfig = {"init_backoff": timedelta(seconds=0.1), "max_backoff": timedelta(seconds=5), "base": 2}
    return {"retry_timeout": patience, "max_retries": 10_000, "backoff": backoff}


def _first_line(error: BaseException) -> str:
    return (str(error).splitlines() or [type(error).__name__])[0]


def open_store(patience: timedelta | None = None) -> Store:
    """The store for every URI, with credentials from the environment.

    Args:
        patience: How long one request is repeated while the store does not answer. A few seconds by default, because a
            person waits; a task passes `TASK_PATIENCE`.
    """
    return ObjectStore(patience)
