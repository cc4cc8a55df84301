"""Checkpoints: what an attempt leaves for the next one (flytekit `core/checkpointer.py`)."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from pathlib import Path
from typing import BinaryIO

from jetbridge.errors import JetbridgeError
from jetbridge.store import Store, join, normalize_uri
from jetbridge.types.remote import names_below

_NAME = "_dst_cp"
"""flytekit's name of what `write` writes, so that either reads the other's."""


class CheckpointError(JetbridgeError, ValueError):
    """Raised when a checkpoint is not one that the method can read or write."""


class Checkpoint:
    """The checkpoint that attempts before this one left, and the one that this attempt leaves.

    Whatever is written is in the store when the method returns. One file is replaced as a whole or not at all;
    of a folder, an attempt that is killed may have stored some files only.

    Args:
        store: Where checkpoints lie.
        destination: URI of the folder for this attempt's checkpoint.
        find_previous: Finds the folder with the checkpoint of the attempt before; empty when there is none.
        work_dir: Local folder for a restored checkpoint.

    Example:
        >>> import tempfile
        >>> from jetbridge.store import open_store
        >>> folder = Path(tempfile.mkdtemp())
        >>> Checkpoint(open_store(), f"file://{folder}/0", str, folder).write(b"epoch 3")
        >>> Checkpoint(open_store(), f"file://{folder}/1", lambda: f"file://{folder}/0", folder).read()
        b'epoch 3'
    """

    def __init__(self, store: Store, destination: str, find_previous: Callable[[], str], work_dir: Path) -> None:
        self._store = store
        self._destination = normalize_uri(destination)
        self._find_previous = find_previous
        self._work_dir = work_dir
        self._restored: Path | None = None

    @cached_property
    def _previous(self) -> str:
        return self._find_previous()

    def prev_exists(self) -> bool:
        """Whether an attempt before left a checkpoint."""
        return bool(self._previous)

    def restore(self, path: Path | str | None = None) -> Path | None:
        """Downloads the checkpoint of the attempt before; a second call gives the folder of the first.

        Args:
            path: An existing local folder; one of this attempt's own without.

        Returns:
            The folder, or None when there is no checkpoint.

        Raises:
            CheckpointError: `path` is no folder.
            StoreError: the checkpoint cannot be read.
        """
        if not self._previous:
            return None
        if self._restored is None:
            self._restored = self._download(path)
        return self._restored

    def _download(self, path: Path | str | None) -> Path:
        folder = Path(path) if path is not None else self._work_dir / "prev_cp"
        if path is None:
            folder.mkdir(parents=True, exist_ok=True)
        if not folder.is_dir():
            raise CheckpointError(
                f"a checkpoint cannot be restored to {folder}", hint="Give a folder that exists, or none."
            )
        for name, uri in names_below(self._store, self._previous):
            self._store.download(uri, folder / name)
        return folder

    def save(self, cp: Path | str | BinaryIO) -> None:
        """Stores a file under its own name, the files of a folder, or what a binary file object holds.

        Raises:
            CheckpointError: it is none of these.
            StoreError: the store does not take it.
        """
        _ = self._previous  # looked for before this attempt leaves one of its own
        if not isinstance(cp, Path | str):
            self.write(_bytes_of(cp))
            return
        path = Path(cp)
        if path.is_file():
            self._store.upload(path, join(self._destination, path.name))
            return
        if not path.is_dir():
            raise CheckpointError(f"there is no file or folder {path} to save", hint="Write it before it is saved.")
        for file in sorted(found for found in path.rglob("*") if found.is_file()):
            self._store.upload(file, join(self._destination, *file.relative_to(path).parts))

    def read(self) -> bytes | None:
        """The bytes of the one file in the checkpoint of the attempt before, or None when there is none.

        Raises:
            CheckpointError: it holds several files: use `restore`.
        """
        folder = self.restore()
        files = [] if folder is None else list(folder.iterdir())
        if len(files) > 1:
            raise CheckpointError(
                f"expected exactly one checkpoint, found {len(files)}", hint="Read several files with `restore`."
            )
        return files[0].read_bytes() if files else None

    def write(self, b: bytes) -> None:
        """Stores bytes, replacing those that this attempt wrote before."""
        _ = self._previous
        self._store.write(join(self._destination, _NAME), b)


def newest_checkpoint(store: Store, root: str, attempt: int) -> str:
    """The folder with the newest checkpoint that an attempt can go on from; empty when there is none.

    One of the attempt's own number is there when an engine started it a second time.
    """
    names = {uri.removeprefix(root + "/").partition("/")[0] for uri in store.list(root)}
    numbers = [int(name) for name in names if name.isdecimal() and int(name) <= attempt]
    return join(root, str(max(numbers))) if numbers else ""


def _bytes_of(file: BinaryIO) -> bytes:
    data: object = file.read() if hasattr(file, "read") else None
    if not isinstance(data, bytes):
        raise CheckpointError(
            f"a {type(file).__name__} cannot be saved", hint="Give a path, or a file that is open in binary mode."
        )
    return data
