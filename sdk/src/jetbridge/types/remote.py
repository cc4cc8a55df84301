"""What files and directories share: which paths are remote, formats, and lazy downloads."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal, TypeVar, get_args, get_origin

from jetbridge.errors import TypeTransformError, UsageError
from jetbridge.store import TASK_PATIENCE, Progress, Store, join, normalize_uri, open_store
from jetbridge.types.naming import short

if TYPE_CHECKING:
    from jetbridge.runtime.context import ExecutionContext

OBJECTS_AT_ONCE = 16
"""Files of a folder under way at once."""


def is_remote(path: object) -> bool:
    """Whether a path is a URI. `file://` URIs count: what they name belongs to the store, so it is copied, not used."""
    return "://" in str(path)


def last_name(uri: str) -> str:
    """The last part of a path or URI, for the name of a local copy."""
    return uri.rstrip("/").rpartition("/")[2] or "data"


def format_text(item: object) -> str:
    """The format in `FlyteFile[item]`: `"csv"`, `Literal["csv"]`, `TypeVar("csv")` or `Annotated[str, "csv"]`.

    Raises:
        TypeTransformError: the item is none of these.
    """
    if get_origin(item) is Annotated and get_args(item)[0] is str:
        return format_text(str(get_args(item)[1]))
    if get_origin(item) is Literal:
        return format_text(get_args(item)[0])
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

    def __call__(self, progress: Progress | None = None) -> None:
        (self.store or store_here()).download(self.uri, self.path, progress)


@dataclass(frozen=True, slots=True)
class DirectoryDownload:
    """Fetches all objects below a URI to a local folder, which exists afterwards even if there are none."""

    uri: str
    path: Path
    store: Store | None = None
    at_once: int = OBJECTS_AT_ONCE

    def __call__(self, progress: Progress | None = None) -> None:
        from jetbridge.store.folders import download_folder

        download_folder(self.store or store_here(), self.uri, self.path, self.at_once, progress)


def names_below(store: Store, uri: str) -> list[tuple[str, str]]:
    """The objects below a URI as (relative name, URI), sorted by name."""
    root = normalize_uri(uri) + "/"
    return [(found.removeprefix(root), found) for found in store.list(root) if found.startswith(root)]


def _execution() -> ExecutionContext | None:
    """The task under way; None in a plain script."""
    from jetbridge.runtime.context import current_context

    try:
        return current_context()
    except UsageError:
        return None


def store_here() -> Store:
    """The store of the environment: patient in a task, quick to say no in a script."""
    return open_store(TASK_PATIENCE if _execution() is not None else None)


def fresh_local_path(name: str) -> Path:
    """A path for a download that nobody has used: in the task's folder, or in a new temporary one."""
    execution = _execution()
    if execution is None:
        return Path(_temporary_folder(), name)
    return execution.working_directory / os.urandom(16).hex() / name


def working_path(name: str | os.PathLike[str]) -> Path:
    """A path in the task's working folder; in a script, in a new temporary one.

    Raises:
        TypeTransformError: the name is absolute.
    """
    if Path(name).is_absolute():
        raise TypeTransformError(f"expected a relative path, got {str(name)!r}", hint="Give a name only.")
    execution = _execution()
    folder = Path(_temporary_folder()) if execution is None else execution.working_directory
    return folder / name


def new_uri(name: str | None, alt: str | None) -> str:
    """A URI below the task's raw data, as flytekit makes it; in a script, in a new temporary folder.

    Args:
        name: The last part; a fresh one by default.
        alt: Another bucket to write to.
    """
    execution = _execution()
    prefix = f"file://{_temporary_folder()}" if execution is None else execution.raw_output_prefix
    if alt is not None:
        scheme, _, rest = normalize_uri(prefix).partition("://")
        prefix = f"{scheme}://{alt}/{rest.lstrip('/').partition('/')[2]}"
    return join(prefix, name or os.urandom(16).hex())


def _temporary_folder() -> str:
    import tempfile  # late: in a task there is a folder already

    return tempfile.mkdtemp(prefix="jetbridge-")
