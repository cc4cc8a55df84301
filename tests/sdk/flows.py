"""Tasks and a workflow that several tests package and run: workers import them from this file."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from jetbridge import task, workflow


@dataclass
class Line:
    slope: float
    notes: list[str]


class Ends(NamedTuple):
    low: int
    high: int


@task
def span(n: int, step: int = 2) -> Ends:
    """Two numbers."""
    return Ends(low=n, high=n + step)


@task
def fit(low: int, high: int, names: list[str]) -> Line:
    """A dataclass."""
    return Line(slope=float(high - low), notes=names)


@task
def text(slope: float, first: str, table: dict[str, int]) -> str:
    """Takes attributes, and a map that holds a promise."""
    return f"{first} {slope} {sorted(table.items())}"


@workflow
def flow(n: int = 3) -> tuple[str, Line]:
    """Promises, attributes, constants, lists and maps."""
    ends = span(n=n)
    line = fit(low=ends.low, high=ends.high, names=["a", "b"])
    return text(slope=line.slope, first=line.notes[0], table={"low": ends.low, "ten": 10}), line
