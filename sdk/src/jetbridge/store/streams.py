"""Stored objects as Python streams: reading ahead, and writing in parts."""

from __future__ import annotations

import io
from collections import deque
from collections.abc import Callable, Generator, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from queue import Queue
from threading import Thread
from typing import IO, TYPE_CHECKING, cast

from jetbridge.store.parts import MIB

if TYPE_CHECKING:
    from typing_extensions import Buffer

_FIRST_BLOCK = 256 * 1024
_LARGEST_BLOCK = 8 * MIB
_AHEAD = 3
_QUEUED = 16


@dataclass(frozen=True, slots=True)
class _Block:
    """Bytes of an object that are here or on their way."""

    start: int
    end: int
    data: Future[Buffer]


class ObjectReader(io.RawIOBase):
    """An object, read in blocks. Read on and on, the blocks grow and are fetched ahead; a jump starts small again.

    Args:
        fetch: Gives the bytes between two positions.
        size: The object's size in bytes.
    """

    def __init__(self, fetch: Callable[[int, int], Buffer], size: int) -> None:
        self._fetch, self._size = fetch, size
        self._at = 0
        self._blocks: deque[_Block] = deque()
        self._block_size = _FIRST_BLOCK
        self._pool = ThreadPoolExecutor(1 + _AHEAD, thread_name_prefix="jetbridge-read")

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._at

    def seek(self, offset: int, whence: int = io.SEEK_SET, /) -> int:
        base = {io.SEEK_SET: 0, io.SEEK_CUR: self._at, io.SEEK_END: self._size}[whence]
        if base + offset < 0:
            raise ValueError(f"negative position {base + offset}")
        self._at = base + offset
        return self._at

    def readinto(self, buffer: Buffer, /) -> int:
        target = memoryview(buffer).cast("B")
        if self._at >= self._size or not target:
            return 0
        block = self._block()
        data = memoryview(block.data.result())[self._at - block.start :][: len(target)]
        target[: len(data)] = data
        self._at += len(data)
        return len(data)

    def close(self) -> None:
        self._drop()
        self._pool.shutdown(wait=False, cancel_futures=True)
        super().close()

    def _block(self) -> _Block:
        """The block with the current position, after which the next ones are on their way."""
        while self._blocks and self._blocks[0].end <= self._at:
            passed = self._blocks.popleft()
            if passed.end == self._at:
                self._read_on(passed.end)
        if not self._blocks or self._blocks[0].start > self._at:
            self._drop()
            self._block_size = _FIRST_BLOCK
            self._order(self._at)
        return self._blocks[0]

    def _read_on(self, end: int) -> None:
        self._block_size = min(2 * self._block_size, _LARGEST_BLOCK)
        start = self._blocks[-1].end if self._blocks else end
        while start < self._size and len(self._blocks) <= _AHEAD:
            start = self._order(start)

    def _order(self, start: int) -> int:
        end = min(start + self._block_size, self._size)
        self._blocks.append(_Block(start, end, self._pool.submit(self._fetch, start, end)))
        return end

    def _drop(self) -> None:
        for block in self._blocks:
            block.data.cancel()
        self._blocks.clear()


def reading(fetch: Callable[[int, int], Buffer], size: int) -> IO[bytes]:
    """A buffered stream over an object; see `ObjectReader`."""
    return cast("IO[bytes]", io.BufferedReader(ObjectReader(fetch, size), buffer_size=128 * 1024))


class _Abandoned(Exception):  # noqa: N818 -- no error, but the end of an upload
    """Ends an upload whose writer has failed."""


class _Upload:
    """One thread that uploads what a bounded queue brings."""

    def __init__(self, put: Callable[[Iterator[bytes]], object]) -> None:
        self._put = put
        self._queue: Queue[bytes | _Abandoned | None] = Queue(maxsize=_QUEUED)
        self._ended = False
        self.error: Exception | None = None
        self._thread = Thread(target=self._run, name="jetbridge-write", daemon=True)
        self._thread.start()

    def add(self, part: bytes) -> None:
        """Some more bytes; waits when the store is slower than the writer."""
        if self.error is not None:
            raise OSError("the upload has failed")
        self._queue.put(part)

    def end(self, last: _Abandoned | None) -> None:
        """Waits until everything is stored, or abandons it."""
        self._queue.put(last)
        self._thread.join()

    def _run(self) -> None:
        try:
            self._put(self._parts())
        except Exception as error:  # raised again by the thread that writes
            self.error = error
        while not self._ended:  # a writer may wait for room
            self._next()

    def _parts(self) -> Iterator[bytes]:
        while (part := self._next()) is not None:
            yield part

    def _next(self) -> bytes | None:
        part = self._queue.get()
        self._ended = not isinstance(part, bytes)
        if isinstance(part, _Abandoned) and self.error is None:
            raise part
        return part if isinstance(part, bytes) else None


class _Writer(io.RawIOBase):
    """Gives an upload what is written, in pieces of bounded size."""

    def __init__(self, upload: _Upload) -> None:
        self._upload = upload
        self._at = 0

    def writable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._at

    def write(self, data: Buffer, /) -> int:
        piece = bytes(memoryview(data).cast("B")[:MIB])
        self._upload.add(piece)
        self._at += len(piece)
        return len(piece)


@contextmanager
def writing(put: Callable[[Iterator[bytes]], object]) -> Generator[IO[bytes]]:
    """A stream that is uploaded while it is written; an error in the block leaves no object.

    Args:
        put: Uploads what an iterator gives, and nothing when the iterator raises.
    """
    upload = _Upload(put)
    stream = io.BufferedWriter(_Writer(upload), buffer_size=MIB)
    try:
        yield cast("IO[bytes]", stream)
        stream.flush()
    except BaseException as error:
        upload.end(_Abandoned())
        if upload.error is not None and not isinstance(upload.error, _Abandoned) and isinstance(error, OSError):
            raise upload.error from error
        raise
    upload.end(None)
    if upload.error is not None:
        raise upload.error
