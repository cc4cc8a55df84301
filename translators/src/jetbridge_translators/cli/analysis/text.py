"""An analysis for people: first whether, then what is refused, what is emulated, and what moves as it is."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from jetbridge_translators.capability import Level
from jetbridge_translators.cli.analysis.groups import Group, errors, findings
from jetbridge_translators.cli.analysis.model import Analysis, Verdict
from jetbridge_translators.cli.analysis.summary import table

MAX_PLACES = 5
"""How many places are listed of what is not refused; `--json` lists all."""
MAX_REFUSED = 20
"""How many of what is refused: a page about a large project stays one."""
TITLES = {Level.REFUSED: "Refused", Level.EMULATED: "Emulated", Level.NATIVE: "As it is"}
ERRORS_TITLE = "Errors on every back end"
_WORDS = {Level.REFUSED: "refused", Level.EMULATED: "emulated", Level.NATIVE: "native"}


def report(analyses: Sequence[Analysis]) -> str:
    """One page of text about one workflow or several."""
    sections = [_section(title, findings(analyses, level), level) for level, title in TITLES.items()]
    parts = [_summary(analyses), _section(ERRORS_TITLE, errors(analyses), Level.REFUSED), *sections]
    return "\n\n".join("\n".join(lines) for part in parts if (lines := list(part)))


def _summary(analyses: Sequence[Analysis]) -> Iterator[str]:
    if len(analyses) > 1:
        yield from _matrix(analyses)
        return
    (analysis,) = analyses
    width = max(len(verdict.engine) for verdict in analysis.verdicts)
    yield analysis.name
    for verdict in analysis.verdicts:
        yield f"  {verdict.engine:{width}}  {outcome(analysis, verdict)}"


def _matrix(analyses: Sequence[Analysis]) -> Iterator[str]:
    """A line for each workflow, a column for each back end."""
    rows = table(analyses)
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        yield "  ".join(f"{text:{width}}" for text, width in zip(row, widths, strict=True)).rstrip()


def outcome(analysis: Analysis, verdict: Verdict) -> str:
    """Whether a workflow can be translated, and how many features there are of each kind."""
    head = "can be translated" if analysis.can_be_translated(verdict) else "cannot be translated"
    features = {level: {each.code for each in verdict.findings if each.level is level} for level in _WORDS}
    counts = [f"{len(codes)} {_WORDS[level]}" for level, codes in features.items() if codes]
    wrong = [f"{len(analysis.errors)} error{'s' if len(analysis.errors) > 1 else ''}"] if analysis.errors else []
    return f"{head}: {', '.join([*wrong, *counts]) or 'nothing to say'}"


def _section(title: str, groups: Sequence[Group], level: Level) -> Iterator[str]:
    if groups:
        yield title
    for group in groups:
        yield f"  {group.engine}: {group.code}{f': {group.message}' if group.message else ''}"
        yield from (f"    {place}" for place in shown(group.places, level))
        if group.hint:
            yield f"    Way out: {group.hint}"


def shown(places: Sequence[str], level: Level) -> Iterator[str]:
    """The places of a group; fewer of them where nothing needs to be done."""
    count = MAX_REFUSED if level is Level.REFUSED else MAX_PLACES
    yield from places[:count]
    if len(places) > count:
        yield f"and {len(places) - count} more (--json lists all)"
