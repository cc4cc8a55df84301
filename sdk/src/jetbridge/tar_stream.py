"""A gzip stream that refuses to become larger than what it was made for."""

from __future__ import annotations

import gzip
import io


class BoundedGzip(gzip.GzipFile):
    """A decompressed stream for `tarfile`, without trust in the sizes that headers declare.

    `tarfile` reads what a header declares in one piece (long names and extended headers before anyone can look at
    them), so a small file that decompresses to gigabytes would fill the memory.

    Args:
        data: The compressed bytes.
        most_at_once: The largest read, in bytes.
        most_in_all: The last position, in bytes.
    """

    def __init__(self, data: bytes, most_at_once: int, most_in_all: int) -> None:
        super().__init__(fileobj=io.BytesIO(data), mode="rb")
        self._most_at_once = most_at_once
        self._most_in_all = most_in_all

    def read(self, size: int | None = -1) -> bytes:
        """The next bytes. Raises `OSError` for more than may be read."""
        if size is None or not 0 <= size <= self._most_at_once:
            raise OSError(f"a part of it claims {size} bytes")
        self._check(self.tell() + size)
        return super().read(size)

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        """Moves to a position. Raises `OSError` for one behind the last."""
        self._check(offset)
        return super().seek(offset, whence)

    def drain(self) -> None:
        """Reads to the end, where the checksum is. Raises `OSError` or `EOFError` for a stream that is not whole."""
        while self.read(io.DEFAULT_BUFFER_SIZE):
            pass

    def _check(self, position: int) -> None:
        if not 0 <= position <= self._most_in_all:
            raise OSError(f"it decompresses to more than {self._most_in_all >> 20} MiB")
