"""Big objects in parts: several at once, each repeated on its own, in bounded memory."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from jetbridge.store.interface import Progress
from jetbridge.store.local_files import whole
from jetbridge.store.progress import Meter, metered

if TYPE_CHECKING:
    from obstore import Bytes, GetOptions
    from obstore.store import ObjectStore as Backing

T = TypeVar("T")
MIB = 1024 * 1024
PART = 8 * MIB
"""Bytes of one part: large enough that the request costs little, small enough to be repeated."""
LARGER_PART = 32 * MIB
"""Bytes of one part of a file of many GiB: some gateways keep a list of parts that must stay short."""
AT_ONCE = 8
"""Parts under way at once: with PART, 64 MiB of memory."""
FEW_PARTS = 400
"""As many parts as versitygw can note in an extended attribute of ext4 (4 KiB)."""
MOST_PARTS = 10_000
"""As many parts S3 and Google Cloud Storage take (Azure: 50,000 blocks)."""
_TRIES = 3


def part_size(total: int) -> int:
    """Bytes of a part for an object of so many bytes.

    Example:
        >>> [part_size(size * 2**30) // MIB for size in (1, 10, 100, 1000)]
        [8, 26, 32, 103]
    """
    wanted = min(-(-total // FEW_PARTS), LARGER_PART)
    return max(PART, -(-max(wanted, -(-total // MOST_PARTS)) // MIB) * MIB)


def parts_at_once(size: int) -> int:
    """How many parts of a size are under way at once within the bound on memory; at least two."""
    return max(2, PART * AT_ONCE // size)


def fetch(client: Backing, key: str, start: int, end: int, e_tag: str | None) -> Bytes:
    """Bytes `start` to `end` of an object that must still be the same one.

    The library goes on with a broken answer where it ended; one that ends early all the same is asked for again.

    Raises:
        OSError: the answer is short every time.
    """
    import obstore

    options: GetOptions = {"range": (start, end)}
    if e_tag is not None:
        options["if_match"] = e_tag
    for _ in range(_TRIES):
        data = obstore.get(client, key, options=options).bytes()
        if len(data) == end - start:
            return data
    raise OSError(f"it ends early: bytes {start} to {end} were asked for {_TRIES} times and did not come whole")


def download_file(client: Backing, key: str, path: Path, progress: Progress | None) -> None:
    """Copies an object to a file, which appears when it is whole. Raises what the library raises, and OSError."""
    import obstore

    result = obstore.get(client, key)
    size, e_tag = result.meta["size"], result.meta["e_tag"]
    with metered("download", path.name, size, progress) as meter, whole(path) as file:
        if size <= PART:
            data = result.bytes()
            file.write(data if len(data) == size else fetch(client, key, 0, size, e_tag))
            meter.advanced(size)
            return
        del result  # ends the request; the parts have their own

        def one(start: int) -> None:
            data = fetch(client, key, start, min(start + PART, size), e_tag)
            _write_at(file.fileno(), memoryview(data), start)
            meter.advanced(len(data))

        in_parallel(one, range(0, size, PART), AT_ONCE)


def upload_file(client: Backing, key: str, path: Path, progress: Progress | None) -> None:
    """Copies a file to an object, which appears when it is whole. Raises what the library raises, and OSError.

    Each part's SHA-256 is in the signature of S3's request, so the store refuses one that was damaged on its way.
    """
    import obstore

    size = path.stat().st_size
    with metered("upload", path.name, size, progress) as meter:
        if size <= PART:
            obstore.put(client, key, path, use_multipart=False)
            meter.advanced(size)
            return
        try:
            _put_parts(client, key, path, part_size(size), meter)
        except FileNotFoundError:
            # The answer to the request that completes the upload was lost, so the next one found no such upload.
            _put_parts(client, key, path, part_size(size), meter)
    stored = obstore.head(client, key)["size"]
    if stored != size:
        raise OSError(f"{stored} bytes are stored, but {str(path)!r} had {size} when the upload began")


def _put_parts(client: Backing, key: str, path: Path, part: int, meter: Meter) -> None:
    import obstore

    source = _read_parts(path, part, meter.advanced)
    obstore.put(client, key, source, chunk_size=part, max_concurrency=parts_at_once(part))


def _write_at(descriptor: int, data: memoryview, start: int) -> None:
    while data:
        count = os.pwrite(descriptor, data, start)
        data, start = data[count:], start + count


def _read_parts(path: Path, size: int, advanced: Callable[[int], None]) -> Iterator[bytes]:
    """The parts of a local file; one is told to be through when the next one is asked for."""
    with path.open("rb") as file:
        while data := file.read(size):
            yield data
            advanced(len(data))


def in_parallel(action: Callable[[T], None], items: Iterable[T], at_once: int) -> None:
    """Does something for each item, so many at once, without holding all of them. The first error stops it."""
    with ThreadPoolExecutor(at_once, thread_name_prefix="jetbridge-store") as pool:
        running: set[Future[None]] = set()
        try:
            for item in items:
                if len(running) >= at_once:
                    running = _first(running)
                running.add(pool.submit(action, item))
            while running:
                running = _first(running)
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            raise


def _first(running: set[Future[None]]) -> set[Future[None]]:
    done, others = wait(running, return_when=FIRST_COMPLETED)
    for future in done:
        future.result()
    return others
