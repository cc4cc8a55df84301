"""The same said of many places, once with all its places."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from jetbridge.errors import Location
from jetbridge_translators.capability import Level
from jetbridge_translators.cli.analysis.model import Analysis, Finding

EVERYWHERE = "every back end"


@dataclass(frozen=True, slots=True)
class Group:
    """What is said, and of which places.

    Attributes:
        engine: The back end with its version.
        places: Lines and nodes, with the workflow's name before where there are several workflows.
    """

    engine: str
    code: str
    message: str
    hint: str
    places: tuple[str, ...]


def errors(analyses: Sequence[Analysis]) -> tuple[Group, ...]:
    """What is wrong on every back end."""
    found = [
        (
            EVERYWHERE,
            problem.code,
            problem.message,
            problem.hint,
            _prefix(each, analyses),
            problem.location,
            problem.where,
        )
        for each in analyses
        for problem in each.errors
    ]
    return _grouped(found)


def findings(analyses: Sequence[Analysis], level: Level) -> tuple[Group, ...]:
    """What back ends make of features, at one level."""
    return _grouped(
        [
            (engine, each.code, each.message, each.hint, _prefix(analysis, analyses), each.location, each.where)
            for analysis, engine, each in _all(analyses)
            if each.level is level
        ]
    )


_Said = tuple[str, str, str, str, str, "Location | None", str]


def _grouped(found: Sequence[_Said]) -> tuple[Group, ...]:
    places: dict[tuple[str, str, str, str], list[str]] = {}
    for engine, code, message, hint, prefix, location, where in found:
        places.setdefault((engine, code, message, hint), []).append(prefix + _place(location, where))
    return tuple(Group(*said, tuple(dict.fromkeys(each))) for said, each in places.items())


def _all(analyses: Sequence[Analysis]) -> Iterator[tuple[Analysis, str, Finding]]:
    for analysis in analyses:
        for verdict in analysis.verdicts:
            for finding in verdict.findings:
                yield analysis, verdict.engine, finding


def _prefix(analysis: Analysis, analyses: Sequence[Analysis]) -> str:
    return f"{analysis.name}: " if len(analyses) > 1 else ""


def _place(location: Location | None, where: str) -> str:
    return " ".join(part for part in (str(location or ""), where) if part)
