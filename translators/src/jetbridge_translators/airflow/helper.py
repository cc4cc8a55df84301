"""A function or class that a DAG file defines for itself, as source."""

from __future__ import annotations

from dataclasses import dataclass

from jetbridge_translators.airflow.expressions import Name, imported


@dataclass(frozen=True, slots=True, kw_only=True)
class Helper:
    """A function or class as source.

    Attributes:
        name: What it defines.
        source: The definition.
        imports: What it imports; a module alone is a `Name` without a name.
        conditional_import: An import as source that depends on the version, below the others.
    """

    name: str
    source: str
    imports: tuple[Name, ...]
    conditional_import: str = ""


_FAIL_EXCEPTION = """\
try:
    from airflow.sdk.exceptions import AirflowFailException
except ImportError:  # Airflow 3.0 and 3.1
    from airflow.exceptions import AirflowFailException
"""


def failing(name: Name, source: str, imports: tuple[Name, ...], target: str) -> Helper:
    """A helper that raises `AirflowFailException`.

    The exception moved: `airflow.sdk.exceptions` lacks it before 3.2, and `airflow.exceptions` warns from then on. A
    file for an older Airflow must import without a warning on a newer one too.
    """
    if target in ("3.0", "3.1"):
        return Helper(name=name.name, source=source, imports=imports, conditional_import=_FAIL_EXCEPTION)
    exception = imported("airflow.sdk.exceptions.AirflowFailException")
    return Helper(name=name.name, source=source, imports=(*imports, exception))
