"""An analysis of many workflows in sum: a word for each on each back end, and how many there are of each word."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

from jetbridge_translators.capability import Level
from jetbridge_translators.cli.analysis.model import Analysis, Verdict

AS_IT_IS, EMULATED, REFUSED, ERRORS = "as it is", "emulated", "refused", "has errors"
WORDS = (AS_IT_IS, EMULATED, REFUSED, ERRORS)
"""From the best to the worst. One with errors can be run by no back end."""


def word(analysis: Analysis, verdict: Verdict) -> str:
    """What becomes of a workflow on a back end, in a word."""
    if analysis.errors:
        return ERRORS
    levels = {finding.level for finding in verdict.findings}
    if Level.REFUSED in levels:
        return REFUSED
    return EMULATED if Level.EMULATED in levels else AS_IT_IS


def totals(analyses: Sequence[Analysis]) -> Mapping[str, Mapping[str, int]]:
    """How many workflows there are of each word, by back end with its version."""
    engines = [verdict.engine for verdict in analyses[0].verdicts] if analyses else []
    counts = {engine: Counter[str]() for engine in engines}
    for analysis in analyses:
        for verdict in analysis.verdicts:
            counts[verdict.engine][word(analysis, verdict)] += 1
    return {engine: {each: found[each] for each in WORDS} for engine, found in counts.items()}


def share(analyses: Sequence[Analysis], engine: str) -> str:
    """How many workflows move to a back end: `41 of 46`."""
    found = totals(analyses)[engine]
    return f"{found[AS_IT_IS] + found[EMULATED]} of {len(analyses)}"


def table(analyses: Sequence[Analysis]) -> list[list[str]]:
    """Rows of text: the back ends, a row for each workflow, and one that says how many move."""
    engines = [verdict.engine for verdict in analyses[0].verdicts]
    rows = [[each.name, *(word(each, verdict) for verdict in each.verdicts)] for each in analyses]
    return [["", *engines], *rows, ["in all", *(f"{share(analyses, engine)} move" for engine in engines)]]
