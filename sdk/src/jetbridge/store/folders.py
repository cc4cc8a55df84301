"""Whole folders: many objects at once, within a bound on the memory of all transfers together."""

from __future__ import annotations

import os
from collections.abc import Callable, Generator
from contextlib import contextmanager
from pathlib import Path
from threading import Condition

from jetbridge.errors import StoreError
from jetbridge.store.address import join, normalize_uri
from jetbridge.store.interface import Progress, Store, StoredObject
from jetbridge.store.parts import AT_ONCE, PART, in_parallel
from jetbridge.store.progress import metered


def upload_folder(store: Store, folder: Path, uri: str, at_once: int = 16, progress: Progress | None = None) -> None:
    """Copies all files below a local folder to objects below a URI. Empty folders are no objects, and are left out.

    Args:
        store: The store.
        folder: The local folder; links to files are followed, links to folders are not.
        uri: The folder's address.
        at_once: How many files are under way at once.
        progress: Is told of the bytes of all files together.

    Raises:
        StoreError: the store refuses one of them; the others under way end first.
    """
    files = [StoredObject(name, (folder / name).stat().st_size) for name in local_names(folder)]
    _transfer(
        "upload", folder.name, files, at_once, progress, lambda name: store.upload(folder / name, join(uri, name))
    )


def download_folder(store: Store, uri: str, folder: Path, at_once: int = 16, progress: Progress | None = None) -> None:
    """Copies all objects below a URI to files below a local folder, which exists afterwards even if there are none.

    Args:
        store: The store.
        uri: The folder's address.
        folder: The local folder.
        at_once: How many objects are under way at once.
        progress: Is told of the bytes of all objects together.

    Raises:
        StoreError: the store refuses one of them, or one has a name that leads out of the folder.
    """
    folder.mkdir(parents=True, exist_ok=True)
    root = normalize_uri(uri)
    found = stored_names(store, root)
    # S3's consoles keep an empty object `name/` for a folder; the folder comes with the objects below it.
    parents = {name[:end] for name, _ in found for end, letter in enumerate(name) if letter == "/"}
    files = [StoredObject(_inside(root, name), size) for name, size in found if name not in parents]
    _transfer(
        "download", folder.name, files, at_once, progress, lambda name: store.download(join(root, name), folder / name)
    )


def local_names(folder: Path) -> list[str]:
    """The files below a local folder, relative, with `/`, sorted."""
    found = (Path(base, name) for base, _, names in os.walk(folder) for name in names)
    return sorted(path.relative_to(folder).as_posix() for path in found if path.is_file())


def stored_names(store: Store, uri: str) -> list[tuple[str, int]]:
    """The objects below a URI as (relative name, size in bytes), sorted by name."""
    root = normalize_uri(uri) + "/"
    return [(each.uri.removeprefix(root), each.size) for each in store.objects(root) if each.uri.startswith(root)]


def _inside(root: str, name: str) -> str:
    if name.startswith("/") or ".." in name.split("/"):
        raise StoreError(f"the object {name!r} below {root!r} leads out of its folder", hint="Rename or remove it.")
    return name


def _transfer(
    action: str,
    title: str,
    files: list[StoredObject],
    at_once: int,
    progress: Progress | None,
    transfer: Callable[[str], None],
) -> None:
    memory = _Memory(PART * AT_ONCE)
    with metered(action, title, sum(file.size for file in files), progress) as meter:

        def one(file: StoredObject) -> None:
            with memory.reserved(file.size):
                transfer(file.uri)
            meter.advanced(file.size)

        in_parallel(one, files, at_once)


class _Memory:
    """So many bytes for all transfers together: one big file takes everything, small ones go side by side."""

    def __init__(self, total: int) -> None:
        self._total = self._free = total
        self._changed = Condition()

    @contextmanager
    def reserved(self, size: int) -> Generator[None]:
        """Waits until the bytes are free, and holds them while the block lasts."""
        wanted = min(size, self._total)
        with self._changed:
            self._changed.wait_for(lambda: self._free >= wanted)
            self._free -= wanted
        try:
            yield
        finally:
            with self._changed:
                self._free += wanted
                self._changed.notify_all()
