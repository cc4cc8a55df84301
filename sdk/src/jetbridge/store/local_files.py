"""Files of the local file system: copied as fast as `cp` does, and never seen half-written."""

from __future__ import annotations

import io
import os
import shutil
from collections.abc import Callable, Generator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, TYPE_CHECKING

if TYPE_CHECKING:
    from typing_extensions import Buffer

_STEP = 256 * 1024 * 1024
"""Bytes that the kernel copies in one call, so that progress is told now and then."""


@contextmanager
def whole(path: Path) -> Generator[IO[bytes]]:
    """A new file that takes its name when the block ends, and is gone when the block raises.

    Until then it is called `<name>#<digits>`: such names are no objects to obstore's LocalStore.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    staged = path.with_name(f"{path.name}#{int.from_bytes(os.urandom(8))}")
    try:
        with staged.open("xb") as stream:
            yield stream
        staged.replace(path)
    except BaseException:
        with suppress(OSError):
            staged.unlink()
        raise


def copy(source: Path, target: Path, advanced: Callable[[int], None]) -> None:
    """Copies a file. The kernel does it where it can (`copy_file_range` even shares blocks on some file systems).

    Args:
        source: The file to read.
        target: The file to make or replace.
        advanced: Is told how many bytes were copied, now and then.
    """
    with source.open("rb") as reading, whole(target) as writing:
        try:
            while count := os.copy_file_range(reading.fileno(), writing.fileno(), _STEP):
                advanced(count)
        except (OSError, AttributeError):
            # Between file systems, from /proc, or on another system than Linux.
            _copy_plainly(reading, writing, advanced)


def _copy_plainly(reading: IO[bytes], writing: IO[bytes], advanced: Callable[[int], None]) -> None:
    reading.seek(0)
    writing.seek(0)
    writing.truncate()
    shutil.copyfileobj(reading, writing, 4 * 1024 * 1024)
    advanced(writing.tell())


class _CountedFile(io.FileIO):
    """A file of which each read is told."""

    def __init__(self, path: Path, on_read: Callable[[int], None]) -> None:
        super().__init__(path, "rb")
        self._on_read = on_read

    def readinto(self, buffer: Buffer, /) -> int:
        count = super().readinto(buffer)
        self._on_read(count or 0)
        return count

    def readall(self) -> bytes:
        data = super().readall()
        self._on_read(len(data))
        return data


def counted(path: Path, on_read: Callable[[int], None]) -> IO[bytes]:
    """A file to read that tells how many bytes were read."""
    return io.BufferedReader(_CountedFile(path, on_read))
