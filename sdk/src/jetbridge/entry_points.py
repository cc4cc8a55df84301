"""The one way to find plugins: entry points, each kind in a group of its own.

A key that nobody owns, a key with two owners and an owner that cannot be loaded are three different errors.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from jetbridge.errors import RegistryError

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


def names(group: str, find: Discover = discover) -> tuple[str, ...]:
    """The names that have an owner, sorted."""
    return tuple(dict.fromkeys(point.name for point in find(group)))


def load(group: str, name: str, find: Discover = discover) -> object:
    """What the owner of a name gives.

    Raises:
        RegistryError: nobody owns the name, two distributions do, or the owner cannot be imported.
    """
    points = [point for point in find(group) if point.name == name]
    if not points:
        raise RegistryError(f"nothing installed provides {name!r} ({group})", hint=_hint(group, name, find))
    owners = sorted({owner(point) for point in points})
    if len(points) > 1:
        raise RegistryError(
            f"{name!r} ({group}) is provided by {len(points)} entry points of {', '.join(owners)}",
            hint=f"Uninstall all but one: pip uninstall {owners[-1]}",
        )
    return _load(points[0], group)


def find_optional(group: str, name: str, find: Discover = discover) -> object | None:
    """Like `load`, but None when nobody owns the name."""
    return load(group, name, find) if name in names(group, find) else None


def _load(point: EntryPoint, group: str) -> object:
    try:
        return point.load()
    except ImportError as error:
        raise RegistryError(
            f"{point.name!r} ({group}) of {owner(point)} cannot be imported: {error}",
            hint=f"Install what it needs: pip install '{owner(point)}[{point.name}]'",
        ) from error
    except AttributeError as error:
        raise RegistryError(
            f"{point.name!r} ({group}) of {owner(point)} points to {point.value!r}, which does not exist",
            hint=f"Reinstall it: pip install --force-reinstall {owner(point)}",
        ) from error
    except Exception as error:  # a plugin's module may raise anything while it is imported
        raise RegistryError(
            f"{point.name!r} ({group}) of {owner(point)} cannot be loaded: {type(error).__name__}: {error}",
            hint=f"Report it to the authors of {owner(point)}, or uninstall it: pip uninstall {owner(point)}",
        ) from error


def _hint(group: str, name: str, find: Discover) -> str:
    known = names(group, find)
    import difflib  # late: only for a hint

    close = difflib.get_close_matches(name, known, n=1)
    if close:
        return f"Did you mean {close[0]!r}?"
    listed = ", ".join(known) or "none"
    return f"Installed: {listed}. Install the distribution that provides {name!r}."
