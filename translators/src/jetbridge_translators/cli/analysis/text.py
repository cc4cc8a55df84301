"""An analysis for people: first whether, then what is refused, what is emulated, and what moves as it is."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from jetbridge.errors import Location
from jetbridge_translators.capability import Level
from jetbridge_translators.cli.analysis.model import Analysis, Finding, Verdict

MAX_PLACES = 5
"""How many places are listed of what is not refused; `--json` lists all."""
_WORDS = {Level.REFUSED: "refused", Level.EMULATED: "emulated", Level.NATIVE: "native"}
_TITLES = {Level.REFUSED: "Refused", Level.EMULATED: "Emulated", Level.NATIVE: "As it is"}


def report(analyses: Sequence[Analysis]) -> str:
    """One page of text about one workflow or several."""
    parts = [_summary(analyses), _errors(analyses), *(_section(level, analyses) for level in _TITLES)]
    return "\n\n".join("\n".join(lines) for part in parts if (lines := list(part)))


def _summary(analyses: Sequence[Analysis]) -> Iterator[str]:
    if len(analyses) > 1:
        yield from _matrix(analyses)
        return
    (analysis,) = analyses
    width = max(len(verdict.engine) for verdict in analysis.verdicts)
    yield analysis.name
    for verdict in analysis.verdicts:
        yield f"  {verdict.engine:{width}}  {_outcome(analysis, verdict)}"


def _matrix(analyses: Sequence[Analysis]) -> Iterator[str]:
    """A line for each workflow, a column for each back end."""
    head = ("", *(verdict.engine for verdict in analyses[0].verdicts))
    rows = [(each.name, *(_word(each, verdict) for verdict in each.verdicts)) for each in analyses]
    widths = [max(map(len, column)) for column in zip(head, *rows, strict=True)]
    for row in (head, *rows):
        yield "  ".join(f"{text:{width}}" for text, width in zip(row, widths, strict=True)).rstrip()


def _word(analysis: Analysis, verdict: Verdict) -> str:
    if analysis.errors:
        return "has errors"
    return next(
        (
            _TITLES[level].lower()
            for level in (Level.REFUSED, Level.EMULATED)
            if any(finding.level is level for finding in verdict.findings)
        ),
        _TITLES[Level.NATIVE].lower(),
    )


def _outcome(analysis: Analysis, verdict: Verdict) -> str:
    head = "can be translated" if analysis.can_be_translated(verdict) else "cannot be translated"
    features = {level: {each.code for each in verdict.findings if each.level is level} for level in _WORDS}
    counts = [f"{len(codes)} {_WORDS[level]}" for level, codes in features.items() if codes]
    errors = [f"{len(analysis.errors)} error{'s' if len(analysis.errors) > 1 else ''}"] if analysis.errors else []
    return f"{head}: {', '.join([*errors, *counts]) or 'nothing to say'}"


def _errors(analyses: Sequence[Analysis]) -> Iterator[str]:
    if not any(analysis.errors for analysis in analyses):
        return
    yield "Errors on every back end"
    for analysis in analyses:
        for problem in analysis.errors:
            yield f"  {_prefix(analysis, analyses)}{problem}"
            yield from _way_out(problem.hint, "    ")


def _section(level: Level, analyses: Sequence[Analysis]) -> Iterator[str]:
    groups: dict[tuple[str, str, str, str], list[str]] = {}
    for analysis, verdict, finding in _all(analyses):
        if finding.level is level:
            key = (verdict.engine, finding.code, finding.message, finding.hint)
            groups.setdefault(key, []).append(_prefix(analysis, analyses) + _place(finding.location, finding.where))
    if groups:
        yield _TITLES[level]
    for (engine, code, message, hint), places in groups.items():
        yield f"  {engine}: {code}{f': {message}' if message else ''}"
        yield from (f"    {place}" for place in _shown(places, level))
        yield from _way_out(hint, "    ")


def _all(analyses: Iterable[Analysis]) -> Iterator[tuple[Analysis, Verdict, Finding]]:
    for analysis in analyses:
        for verdict in analysis.verdicts:
            for finding in verdict.findings:
                yield analysis, verdict, finding


def _prefix(analysis: Analysis, analyses: Sequence[Analysis]) -> str:
    return f"{analysis.name}: " if len(analyses) > 1 else ""


def _place(location: Location | None, where: str) -> str:
    return " ".join(part for part in (str(location or ""), where) if part)


def _shown(places: Sequence[str], level: Level) -> Iterator[str]:
    shown = len(places) if level is Level.REFUSED else MAX_PLACES
    yield from places[:shown]
    if len(places) > shown:
        yield f"and {len(places) - shown} more (--json lists all)"


def _way_out(hint: str, indent: str) -> Iterator[str]:
    if hint:
        yield f"{indent}Way out: {hint}"
