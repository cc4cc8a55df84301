"""An attempt's local folder.

Not `tempfile`: it loads `random`, `shutil` and OpenSSL's hashes, which a small task does not need. The places are its
places (`tempfile.gettempdir`).
"""

from __future__ import annotations

import os
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def working_directory() -> Generator[Path]:
    """A new folder that only this user can read, removed with what is in it when the block ends.

    Raises:
        OSError: no place takes a new folder.
    """
    folder = _created()
    try:
        yield folder
    finally:
        _remove(folder)


def _created() -> Path:
    places = [os.environ[name] for name in ("TMPDIR", "TEMP", "TMP") if os.environ.get(name)]
    problems: list[OSError] = []
    for place in (*places, "/tmp", "/var/tmp", "/usr/tmp", os.curdir):  # noqa: S108 -- the folder is new, and 0700
        folder = Path(place).absolute() / f"jetbridge-{os.urandom(8).hex()}"
        try:
            folder.mkdir(mode=0o700)
        except OSError as error:
            problems.append(error)
        else:
            return folder
    raise problems[0]


def _remove(folder: Path) -> None:
    """A folder that stays empty, as most do, needs no more than its removal."""
    try:
        folder.rmdir()
    except OSError:
        import shutil

        shutil.rmtree(folder, ignore_errors=True)
