"""Files that appear whole or not at all."""

from __future__ import annotations

import errno
import os
import tempfile
from collections.abc import Mapping
from contextlib import ExitStack
from pathlib import Path

from jetbridge.errors import UsageError


def write_whole(path: Path, data: bytes) -> None:
    """Writes a file so that no reader ever sees a part of it. Raises `UsageError` when it cannot be written."""
    _write_together({path: data})


def write_all(folder: Path, files: Mapping[str, bytes]) -> tuple[Path, ...]:
    """Writes several files into a folder: all are complete beside their places before the first is put there.

    Raises:
        UsageError: one of them cannot be written.
    """
    paths = {folder / name: data for name, data in files.items()}
    _write_together(paths)
    return tuple(paths)


def _write_together(files: Mapping[Path, bytes]) -> None:
    with ExitStack() as cleanup:
        staged: dict[Path, Path] = {}
        for path, data in files.items():
            try:
                staged[path] = _stage(path, data, cleanup)
            except OSError as error:
                raise _refused(path, error) from error
        for path, temporary in staged.items():
            try:
                temporary.replace(path)
            except OSError as error:
                raise _refused(path, error) from error


def _stage(path: Path, data: bytes, cleanup: ExitStack) -> Path:
    """A complete temporary file in the same folder; it is gone at the end, unless it was moved."""
    if path.is_dir():
        raise IsADirectoryError(errno.EISDIR, "it is a folder")
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    temporary = Path(name)
    cleanup.callback(temporary.unlink, missing_ok=True)
    with os.fdopen(handle, "wb") as file:
        file.write(data)
    temporary.chmod(0o666 & ~_umask())
    return temporary


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask


def _refused(path: Path, error: OSError) -> UsageError:
    return UsageError(f"{str(path)!r} cannot be written: {error.strerror}", hint="Choose another place with `-o`.")
