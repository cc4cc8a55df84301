"""Files that appear whole or not at all."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Mapping
from pathlib import Path

from jetbridge.errors import UsageError


def write_whole(path: Path, data: bytes) -> None:
    """Writes a file so that no reader ever sees a part of it. Raises `UsageError` when it cannot be written."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    except OSError as error:
        raise _refused(path, error) from error
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
        Path(temporary).chmod(0o666 & ~_umask())
        Path(temporary).replace(path)
    except OSError as error:
        raise _refused(path, error) from error
    finally:
        Path(temporary).unlink(missing_ok=True)


def write_all(folder: Path, files: Mapping[str, bytes]) -> tuple[Path, ...]:
    """Writes several files into a folder, each whole."""
    paths = {folder / name: data for name, data in files.items()}
    for path, data in paths.items():
        write_whole(path, data)
    return tuple(paths)


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask


def _refused(path: Path, error: OSError) -> UsageError:
    return UsageError(f"{str(path)!r} cannot be written: {error.strerror}", hint="Choose another place with `-o`.")
