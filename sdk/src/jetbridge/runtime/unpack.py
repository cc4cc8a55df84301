"""Unpacking a code bundle, which is not trusted. Imported only by who has a bundle: a task without one pays nothing.

Only plain files and folders come out of an archive, below the target folder, in a bounded number and size. Python's
own `tarfile` filters are not enough: they bound neither the size nor the count, and they follow links.
"""

from __future__ import annotations

import gzip
import io
import os
import shutil
import tarfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from jetbridge.errors import CodeBundleError

MAX_ENTRIES = 10_000
MAX_BYTES = 256 * 1024 * 1024
"""Of all files together."""
MAX_ARCHIVE_BYTES = 64 * 1024 * 1024
MAX_DEPTH = 32
MAX_NAME_BYTES = 1024
# An entry costs a header, an extended header and padding, under 4 KiB for a name of at most MAX_NAME_BYTES.
_MAX_TAR_BYTES = MAX_BYTES + MAX_ENTRIES * 4096
_CHUNK = 64 * 1024
_MAX_HEADER_BYTES = 1024 * 1024
_BLOCK = 512
_PLAIN = (tarfile.REGTYPE, tarfile.AREGTYPE)
_BROKEN = (tarfile.TarError, ValueError, LookupError, OverflowError, RecursionError)
_REPAIR = "Make the bundle again with `--copy auto`."


def unpack(archive: Path, target: Path) -> None:
    """Unpacks a `.tar.gz` into a new folder, in constant memory. The archive's modes, owners and times are dropped.

    Args:
        archive: The file. A second one, `<archive>.tar`, is written beside it and removed again.
        target: A folder that does not exist yet.

    Raises:
        CodeBundleError: the archive is broken, too large, or holds a name or an entry that no bundle has.
        OSError: the disk refused.
    """
    plain = archive.with_name(f"{archive.name}.tar")
    try:
        _expand(archive, plain)
        target.mkdir()
        with _HeaderBoundFile(plain) as file:
            _extract(file, target)
    finally:
        plain.unlink(missing_ok=True)


def name_problem(name: str) -> str:
    """Why an entry may not have a name; empty for a good one.

    Example:
        >>> name_problem("models/../../etc/passwd"), name_problem("models/tree.py")
        ("it has the part '..'", '')
    """
    parts = name.split("/")
    bad = [part for part in parts if part in ("", ".", "..")]
    if bad:
        return f"it has the part {bad[0]!r}"
    if "\\" in name or "\0" in name:
        return "it has a backslash or a NUL"
    if len(parts) > MAX_DEPTH:
        return f"it lies more than {MAX_DEPTH} folders deep"
    if len(os.fsencode(name)) > MAX_NAME_BYTES or max(len(os.fsencode(part)) for part in parts) > 255:
        return "it is longer than a file's name may be"
    return ""


def _expand(archive: Path, plain: Path) -> None:
    """The tar inside; expanding stops at the limit, whatever the archive says about its size."""
    total = 0
    with plain.open("wb") as out, gzip.open(archive) as zipped:
        for chunk in _chunks(zipped):
            total += len(chunk)
            if total > _MAX_TAR_BYTES:
                raise _refused("it expands to more than a bundle may hold")
            out.write(chunk)


def _chunks(zipped: gzip.GzipFile) -> Iterator[bytes]:
    while True:
        try:
            chunk = zipped.read(_CHUNK)
        except (gzip.BadGzipFile, EOFError, zlib.error) as error:
            raise _refused(f"it is not a whole .gz file ({error})") from error
        if not chunk:
            return
        yield chunk


class _HeaderBoundFile(io.FileIO):
    """A file that refuses large single reads: `tarfile` reads an extended header of any claimed size at once."""

    def read(self, size: int | None = -1, /) -> bytes:
        if size is None or not 0 <= size <= _MAX_HEADER_BYTES:
            raise tarfile.ReadError("a header claims an impossible size")
        return super().read(size) or b""


def _extract(file: _HeaderBoundFile, target: Path) -> None:
    total = 0
    with _opened(file) as tar:
        for count, info in enumerate(_entries(tar), start=1):
            total += info.size
            _check(info, count, total)
            try:
                _write(tar, info, target / info.name)
            except (FileExistsError, NotADirectoryError) as error:
                raise _refused(f"it holds the name {info.name!r} twice") from error
        _check_end(file, tar.offset)


def _opened(file: BinaryIO | _HeaderBoundFile) -> tarfile.TarFile:
    try:
        return tarfile.open(fileobj=file, mode="r:")
    except _BROKEN as error:
        raise _refused(f"it holds no tar ({error})") from error


def _entries(tar: tarfile.TarFile) -> Iterator[tarfile.TarInfo]:
    while True:
        try:
            info = tar.next()
        except _BROKEN as error:
            raise _refused(f"its tar is broken ({error})") from error
        if info is None:
            return
        yield info


def _check(info: tarfile.TarInfo, count: int, total: int) -> None:
    if count > MAX_ENTRIES:
        raise _refused(f"it holds more than {MAX_ENTRIES} entries")
    if not (info.type in _PLAIN or info.isdir()) or info.issparse():
        raise _refused(f"{info.name!r} is neither a plain file nor a folder")
    problem = name_problem(info.name)
    if problem:
        raise _refused(f"it holds the name {info.name!r}: {problem}")
    if info.size < 0 or total > MAX_BYTES:
        raise _refused(f"its files are larger than {MAX_BYTES >> 20} MiB together")


def _write(tar: tarfile.TarFile, info: tarfile.TarInfo, path: Path) -> None:
    if info.isdir():
        path.mkdir(parents=True, exist_ok=True)
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    source = tar.extractfile(info)
    with path.open("xb") as out:
        try:
            shutil.copyfileobj(source or io.BytesIO(), out, _CHUNK)
        except tarfile.ReadError as error:
            raise _refused(f"it is cut short in {info.name!r}") from error


def _check_end(file: _HeaderBoundFile, offset: int) -> None:
    """A tar ends with empty blocks. `tarfile` also stops at a broken header, as if nothing followed."""
    file.seek(offset)
    if file.read(_BLOCK) != bytes(_BLOCK):
        raise _refused("its tar is cut short, or broken in the middle")


def _refused(reason: str) -> CodeBundleError:
    return CodeBundleError(f"the code bundle is refused: {reason}", hint=_REPAIR)
