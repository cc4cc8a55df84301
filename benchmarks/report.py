"""What a benchmark found: a table for people, JSON for machines."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from statistics import median
from typing import Literal

from rich.console import Console
from rich.table import Table
from rich.text import Text

Statistic = Literal["min", "median"]


@dataclass(frozen=True, slots=True)
class Figure:
    """One quantity of one case, measured several times.

    Attributes:
        case: What was measured, such as `pyflyte-execute`.
        what: The quantity, such as `CPU`.
        unit: `s`, `MiB`, `MiB/s` or empty for a number.
        values: One for each round.
    """

    case: str
    what: str
    unit: str
    values: Sequence[float]

    def of(self, statistic: Statistic) -> float:
        """The least value, or the median.

        Example:
            >>> Figure("a", "CPU", "s", [3.0, 1.0, 1.5]).of("median")
            1.5
        """
        return min(self.values) if statistic == "min" else median(self.values)


@dataclass(frozen=True, slots=True)
class Comparison:
    """A ratio of two figures, and the bound that the project sets itself.

    Attributes:
        at_most: The largest ratio that keeps the bound; None where there is none.
        at_least: The smallest one.
    """

    text: str
    ratio: float
    at_most: float | None = None
    at_least: float | None = None

    @property
    def kept(self) -> bool | None:
        """Whether the bound is kept; None without a bound.

        Example:
            >>> Comparison("CPU", 0.2, at_most=0.1).kept
            False
        """
        if self.at_most is None and self.at_least is None:
            return None
        above = self.at_least is None or self.ratio >= self.at_least
        return above and (self.at_most is None or self.ratio <= self.at_most)


@dataclass(frozen=True, slots=True)
class Report:
    """All of a benchmark.

    Attributes:
        notes: Sentences that a reader of the figures needs.
    """

    title: str
    figures: Sequence[Figure]
    comparisons: Sequence[Comparison]
    notes: Sequence[str] = ()


def compare(
    one: Figure,
    other: Figure,
    *,
    statistic: Statistic = "min",
    at_most: float | None = None,
    at_least: float | None = None,
) -> Comparison:
    """One figure divided by another of the same run.

    Example:
        >>> compare(Figure("a", "CPU", "s", [1.0]), Figure("b", "CPU", "s", [4.0]), at_most=0.5)
        Comparison(text='CPU (min): a / b', ratio=0.25, at_most=0.5, at_least=None)
    """
    text = f"{one.what} ({statistic}): {one.case} / {other.case}"
    return Comparison(text, one.of(statistic) / other.of(statistic), at_most, at_least)


def publish(report: Report, *, as_json: bool) -> None:
    """Prints a report on standard output."""
    if as_json:
        json.dump(_record(report), sys.stdout, indent=2)
        sys.stdout.write("\n")
        return
    console = Console(highlight=False)
    console.print(_figures(report))
    if report.comparisons:
        console.print(_comparisons(report))
    for note in report.notes:
        console.print(Text(f"· {note}"))


def _record(report: Report) -> dict[str, object]:
    return {
        "title": report.title,
        "figures": [
            {**asdict(figure), "min": figure.of("min"), "median": figure.of("median")} for figure in report.figures
        ],
        "comparisons": [{**asdict(item), "kept": item.kept} for item in report.comparisons],
        "notes": list(report.notes),
    }


def _figures(report: Report) -> Table:
    table = Table("case", "what", title=report.title, title_justify="left")
    for name in ("min", "median", "max"):
        table.add_column(name, justify="right")
    table.add_column("n", justify="right")
    for figure in report.figures:
        values = (figure.of("min"), figure.of("median"), max(figure.values))
        cells = [f"{number(value)} {figure.unit}".strip() for value in values]
        table.add_row(figure.case, figure.what, *cells, str(len(figure.values)))
    return table


def _comparisons(report: Report) -> Table:
    table = Table("ratio", title_justify="left")
    table.add_column("is", justify="right")
    table.add_column("wanted", justify="right")
    table.add_column("")
    for item in report.comparisons:
        verdict = {True: "kept", False: "MISSED", None: ""}[item.kept]
        table.add_row(item.text, number(item.ratio), _bound(item), verdict)
    return table


def _bound(item: Comparison) -> str:
    at_most = "" if item.at_most is None else f"≤ {number(item.at_most)}"
    return at_most if item.at_least is None else f"≥ {number(item.at_least)}"


def number(value: float) -> str:
    """A number with three digits that say something.

    Example:
        >>> number(0.07163), number(1234.5), number(0.0)
        ('0.0716', '1234', '0')
    """
    if value == 0 or abs(value) >= 1000:
        return f"{value:.0f}"
    return f"{value:#.3g}".rstrip(".")
