"""The one way to find plugins: entry points, each kind in a group of its own.

A name that nobody owns, a name with two owners, an owner without its libraries and an owner that cannot be loaded are
four different errors.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from jetbridge.errors import (
    BrokenPluginError,
    DuplicateOwnerError,
    MissingLibraryError,
    RegistryError,
    UnknownPluginError,
)

if TYPE_CHECKING:
    from importlib.metadata import EntryPoint

Discover = Callable[[str], "tuple[EntryPoint, ...]"]


def discover(group: str) -> tuple[EntryPoint, ...]:
    """All entry points of a group, sorted by name and owner."""
    from importlib.metadata import entry_points

    return tuple(sorted(entry_points(group=group), key=lambda point: (point.name, owner(point))))


def owner(point: EntryPoint) -> str:
    """The distribution that declares an entry point."""
    return point.dist.name if point.dist is not None else "unknown distribution"


def version(point: EntryPoint) -> str:
    """The version of that distribution; empty where it is not known."""
    return point.dist.version if point.dist is not None else ""


def names(group: str, find: Discover = discover) -> tuple[str, ...]:
    """The names that have an owner, sorted."""
    return tuple(dict.fromkeys(point.name for point in find(group)))


def load(group: str, name: str, find: Discover = discover) -> object:
    """What the owner of a name gives.

    Raises:
        UnknownPluginError: nobody owns the name.
        DuplicateOwnerError: two distributions do.
        MissingLibraryError: the owner needs a library that is not installed.
        BrokenPluginError: the owner cannot be loaded.
    """
    points = [point for point in find(group) if point.name == name]
    if not points:
        raise UnknownPluginError(f"nothing installed provides {name!r} ({group})", hint=_hint(group, name, find))
    owners = sorted({owner(point) for point in points})
    if len(points) > 1:
        raise DuplicateOwnerError(
            f"{name!r} ({group}) is provided by {len(points)} entry points of {', '.join(owners)}",
            hint=f"Uninstall all but one: pip uninstall {owners[-1]}",
        )
    return load_point(points[0])


def find_optional(group: str, name: str, find: Discover = discover) -> object | None:
    """Like `load`, but None when nobody owns the name."""
    return load(group, name, find) if name in names(group, find) else None


def load_point(point: EntryPoint) -> object:
    """What an entry point gives. Raises `MissingLibraryError` or `BrokenPluginError`."""
    what = f"{point.name!r} ({point.group}) of {owner(point)}"
    try:
        return point.load()
    except ModuleNotFoundError as error:
        raise _missing(point, what, error) from error
    except AttributeError as error:
        raise BrokenPluginError(
            f"{what} points to {point.value!r}, which does not exist", hint=_reinstall(point)
        ) from error
    except Exception as error:  # a plugin's module may raise anything while it is imported
        raise BrokenPluginError(
            f"{what} cannot be loaded: {type(error).__name__}: {error}",
            hint=f"Report it to the authors of {owner(point)}, or uninstall it: pip uninstall {owner(point)}",
        ) from error


def _missing(point: EntryPoint, what: str, error: ModuleNotFoundError) -> RegistryError:
    """A library that the plugin needs, or a module of its own."""
    missing = error.name or ""
    if missing.partition(".")[0] == point.module.partition(".")[0]:
        return BrokenPluginError(f"{what} cannot be loaded: {error}", hint=_reinstall(point))
    from jetbridge.requirements import install_command  # late: only for a hint

    return MissingLibraryError(
        f"{what} needs {missing!r}, which is not installed", hint=f"Install it: {install_command(point, missing)}"
    )


def _reinstall(point: EntryPoint) -> str:
    return f"Reinstall it: pip install --force-reinstall {owner(point)}"


def _hint(group: str, name: str, find: Discover) -> str:
    known = names(group, find)
    import difflib  # late: only for a hint

    close = difflib.get_close_matches(name, known, n=1)
    if close:
        return f"Did you mean {close[0]!r}?"
    listed = ", ".join(known) or "none"
    return f"Installed: {listed}. Install the distribution that provides {name!r}."
