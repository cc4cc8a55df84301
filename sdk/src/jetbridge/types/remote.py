"""What files and directories share: which paths are remote, formats, and lazy downloads."""

from __future__ import annotations

import os
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, TypeVar, get_args, get_origin

from jetbridge.errors import TypeTransformError
from jetbridge.store import Store, normalize_uri, open_store
from jetbridge.types.naming import short


def is_remote(path: object) -> bool:
    """Whether a path is a URI. `file://` URIs count: what they name belongs to the store, so it is copied, not used."""
    return "://" in str(path)


def last_name(uri: str) -> str:
    """The last part of a path or URI, for the name of a local copy."""
    return uri.rstrip("/").rpartition("/")[2] or "data"


def format_text(item: object) -> str:
    """The format in `FlyteFile[item]`: `"csv"`, `TypeVar("csv")` or flytekit's `Annotated[str, "csv"]`.

    Raises:
        TypeTransformError: the item is none of these.
    """
    if get_origin(item) is Annotated and get_args(item)[0] is str:
        return format_text(str(get_args(item)[1]))
    text = item.__name__ if isinstance(item, TypeVar) else item
    if not isinstance(text, str):
        raise TypeTransformError(f"expected a file format, got {short(item)}", hint='Write it as FlyteFile["csv"].')
    return text.strip().lstrip("~").lstrip(".")


@dataclass(frozen=True, slots=True)
class FileDownload:
    """Fetches one object to a local path; without a store, the one of the environment."""

    uri: str
    path: Path
    store: Store | None = None

    def __call__(self) -> None:
        (self.store or open_store()).download(self.uri, self.path)


@dataclass(frozen=True, slots=True)
class DirectoryDownload:
    """Fetches all objects below a URI to a local folder, which exists afterwards even if there are none."""

    uri: str
    path: Path
    store: Store | None = None

    def __call__(self) -> None:
        store = self.store or open_store()
        self.path.mkdir(parents=True, exist_ok=True)
        for name, uri in names_below(store, self.uri):
            store.download(uri, self.path / name)


def names_below(store: Store, uri: str) -> list[tuple[str, str]]:
    """The objects below a URI as (relative name, URI), sorted by name."""
    root = normalize_uri(uri) + "/"
    return [(found.removeprefix(root), found) for found in store.list(root) if found.startswith(root)]


def temporary_path(name: str) -> Path:
    """A path in a new temporary folder, for downloads outside of a task."""
    return Path(tempfile.mkdtemp(prefix="jetbridge-"), name)


def text_path(path: str | os.PathLike[str]) -> str:
    """A path as text, without the download that `os.fspath` on a file object would start."""
    return str(path)
