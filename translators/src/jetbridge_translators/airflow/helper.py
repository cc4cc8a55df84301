"""A function or class that a DAG file defines for itself, as source."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from jetbridge_translators.airflow.expressions import Name, imported


@dataclass(frozen=True, slots=True, kw_only=True)
class Helper:
    """A function or class as source.

    Attributes:
        name: What it defines.
        source: The definition.
        imports: What it imports; a module alone is a `Name` without a name.
        moved: Exceptions that it imports from where they are in each version.
    """

    name: str
    source: str
    imports: tuple[Name, ...]
    moved: tuple[str, ...] = ()


def failing(name: Name, source: str, imports: tuple[Name, ...], target: str) -> Helper:
    """A helper that raises `AirflowFailException`."""
    return raising(name, source, imports, target, "AirflowFailException")


def raising(name: Name, source: str, imports: tuple[Name, ...], target: str, exception: str) -> Helper:
    """A helper that raises an exception of Airflow's.

    The exceptions moved: `airflow.sdk.exceptions` lacks them before 3.2, and `airflow.exceptions` warns from then on. A
    file for an older Airflow must import without a warning on a newer one too.
    """
    if target in ("3.0", "3.1"):
        return Helper(name=name.name, source=source, imports=imports, moved=(exception,))
    return Helper(name=name.name, source=source, imports=(*imports, imported(f"{_EXCEPTIONS}.{exception}")))


def moved_exceptions(helpers: Sequence[Helper]) -> str:
    """The import of the exceptions that have moved; empty for none."""
    names = ", ".join(sorted({exception for helper in helpers for exception in helper.moved}))
    return _MOVED.format(new=_EXCEPTIONS, names=names) if names else ""


_EXCEPTIONS = "airflow.sdk.exceptions"
_MOVED = """\
try:
    from {new} import {names}
except ImportError:  # Airflow 3.0 and 3.1
    from airflow.exceptions import {names}"""
