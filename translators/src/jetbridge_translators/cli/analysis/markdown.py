"""An analysis as Markdown, to be put into a ticket or a page: the same as the text, with tables."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from jetbridge_translators.capability import Level
from jetbridge_translators.cli.analysis.groups import Group, errors, findings
from jetbridge_translators.cli.analysis.model import Analysis
from jetbridge_translators.cli.analysis.summary import WORDS, table, totals
from jetbridge_translators.cli.analysis.text import ERRORS_TITLE, TITLES, outcome, shown

_SPECIAL = re.compile(r"([\\`*_{}\[\]<>#|])")


def as_markdown(analyses: Sequence[Analysis]) -> str:
    """The page."""
    sections = [_section(title, findings(analyses, level), level) for level, title in TITLES.items()]
    parts = [_summary(analyses), _section(ERRORS_TITLE, errors(analyses), Level.REFUSED), *sections]
    return "\n\n".join("\n".join(lines) for part in parts if (lines := list(part)))


def _summary(analyses: Sequence[Analysis]) -> Iterator[str]:
    if len(analyses) == 1:
        (analysis,) = analyses
        yield f"# {_plain(analysis.name)}"
        yield ""
        yield from (f"- **{verdict.engine}** {outcome(analysis, verdict)}" for verdict in analysis.verdicts)
        return
    yield f"# {len(analyses)} workflows and launch plans"
    yield ""
    yield from _table(
        [["", *WORDS], *([engine, *map(str, found.values())] for engine, found in totals(analyses).items())]
    )
    yield ""
    yield from _table(table(analyses))


def _table(rows: Sequence[Sequence[str]]) -> Iterator[str]:
    head, *others = rows
    yield _row(head)
    yield "|" + "---|" * len(head)
    yield from map(_row, others)


def _row(cells: Sequence[str]) -> str:
    return f"| {' | '.join(map(_plain, cells))} |"


def _section(title: str, groups: Sequence[Group], level: Level) -> Iterator[str]:
    if groups:
        yield f"## {title}"
        yield ""
    for group in groups:
        said = f": {_plain(group.message)}" if group.message else ""
        yield f"- **{group.engine}: {group.code}**{said}"
        yield from (f"    - {_plain(place)}" for place in shown(group.places, level) if place)
        if group.hint:
            yield f"    - *Way out:* {_plain(group.hint)}"


def _plain(text: str) -> str:
    """Text of a user's, which must not become markup."""
    return _SPECIAL.sub(r"\\\1", text).replace("\n", " ")
