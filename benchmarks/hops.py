"""One hop of a file: out of one task into the store, and from there into the next task."""

from __future__ import annotations

import http.client
import os
import shutil
import tempfile
import time
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import IO
from urllib.parse import urlsplit

from obstore import sign
from obstore.store import S3Store

from benchmarks.process import BenchmarkError
from jetbridge.store import open_store
from jetbridge.types import TransformContext, literal_type, to_literal, to_python
from jetbridge.types.file import FlyteFile

_CHUNK = 8 * 2**20
_VALID = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class Hop:
    """Seconds of the two halves of a hop."""

    write: float
    read: float


@dataclass(frozen=True, slots=True)
class Place:
    """Where a benchmark's data lies: a folder on this machine's disk, and the store's URI below it."""

    folder: Path
    store: str

    def fresh(self, name: str) -> Path:
        """A new folder."""
        return Path(tempfile.mkdtemp(prefix=f"{name}-", dir=self.folder))


def file_by_jetbridge(place: Place, source: Path) -> Hop:
    """One hop of a file by the type system."""
    work = place.fresh("file")
    context = TransformContext(open_store(), f"{place.store}/{work.name}", work / "work")
    started = time.perf_counter()
    literal = to_literal(context, FlyteFile(str(source)), FlyteFile, literal_type(FlyteFile))
    written = time.perf_counter()
    read = to_python(context, literal, FlyteFile)
    path = Path(os.fspath(read)) if isinstance(read, FlyteFile) else Path()
    ended = time.perf_counter()
    _same_size(source, path)
    shutil.rmtree(work)
    return Hop(written - started, ended - written)


def file_by_copy(place: Place, source: Path, copy: Callable[[Path, Path], object]) -> Hop:
    """Two copies: what a hop through a folder cannot do without."""
    work = place.fresh("file")
    started = time.perf_counter()
    copy(source, work / "stored")
    written = time.perf_counter()
    copy(work / "stored", work / "read")
    ended = time.perf_counter()
    _same_size(source, work / "read")
    shutil.rmtree(work)
    return Hop(written - started, ended - written)


def file_by_http(place: Place, source: Path) -> Hop:
    """One PUT and one GET of a bucket's own HTTP interface: what a hop through it cannot do without."""
    work = place.fresh("file")
    root, _, key = f"{place.store}/{work.name}".removeprefix("s3://").partition("/")
    bucket = S3Store.from_url(f"s3://{root}")
    started = time.perf_counter()
    with source.open("rb") as body:
        _request(sign(bucket, "PUT", key, _VALID), "PUT", work / "answer", body, source.stat().st_size)
    written = time.perf_counter()
    _request(sign(bucket, "GET", key, _VALID), "GET", work / "read")
    ended = time.perf_counter()
    _same_size(source, work / "read")
    shutil.rmtree(work)
    return Hop(written - started, ended - written)


def delete_below(uri: str) -> None:
    """Deletes what was stored in a bucket below a URI."""
    root, _, prefix = uri.removeprefix("s3://").partition("/")
    bucket = S3Store.from_url(f"s3://{root}")
    for found in bucket.list(prefix):  # pyright: ignore[reportUnknownMemberType] -- its Arrow overload is untyped
        bucket.delete([meta["path"] for meta in found])


def _request(url: str, method: str, target: Path, body: IO[bytes] | None = None, size: int = 0) -> None:
    place = urlsplit(url)
    kind = http.client.HTTPSConnection if place.scheme == "https" else http.client.HTTPConnection
    with closing(kind(place.netloc, blocksize=2**20)) as connection:
        connection.request(method, f"{place.path}?{place.query}", body, {"Content-Length": str(size)} if body else {})
        with connection.getresponse() as response, target.open("wb") as file:
            shutil.copyfileobj(response, file, 2**20)
    if response.status >= 300:
        raise BenchmarkError(f"the store answered {response.status} to a plain {method}")


def copy_by_chunks(source: Path, target: Path) -> None:
    """A copy through memory, as every store that is no folder needs it."""
    with source.open("rb") as reader, target.open("wb") as writer:
        shutil.copyfileobj(reader, writer, _CHUNK)


def _same_size(source: Path, path: Path) -> None:
    if not path.is_file() or path.stat().st_size != source.stat().st_size:
        raise BenchmarkError("the file did not come back as it was")


def write_random(path: Path, size: int) -> None:
    """A file of random bytes."""
    with path.open("wb") as file:
        for _ in range(size // _CHUNK):
            file.write(os.urandom(_CHUNK))
        file.write(os.urandom(size % _CHUNK))


def write_sparse(path: Path, size: int) -> None:
    """A file of zeros that takes no room."""
    with path.open("wb") as file:
        file.truncate(size)
