"""The sections of the page: plain tables, which are there without any script."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

from jetbridge_translators.cli.analysis.model import Finding, Verdict
from jetbridge_translators.report.markup import Markup, element, joined, row, table
from jetbridge_translators.report.model import PHASES, NodeReport, OutputReport, Report, RunReport
from jetbridge_translators.report.summary import BYTES, COUNT, MEASURES, SECONDS, occurring, spread
from jetbridge_translators.report.words import UNKNOWN, amount_in_words, in_words


def heading(report: Report) -> Markup:
    """What was compared, and whether it is the same."""
    verdict = element("p", _verdict(report), class_="good" if report.equal else "bad", role="status")
    groups = ", ".join(dict.fromkeys(run.group for run in report.runs))
    when = min((run.started for run in report.runs if run.started), default=0.0)
    day = f", {datetime.fromtimestamp(when, UTC):%Y-%m-%d %H:%M} UTC" if when else ""
    return element("header", element("h1", report.workflow), element("p", f"{groups}{day}"), verdict)


def _verdict(report: Report) -> str:
    bad = dict.fromkeys(f"{run.group}: {run.state}" for run in report.runs if run.state != "succeeded")
    if bad:
        return "; ".join(bad)
    return "All outputs are equal" if report.equal else "Outputs differ"


def outputs(report: Report) -> Markup:
    """Each output in each run, and what differs."""
    groups = list(dict.fromkeys(run.group for run in report.runs))
    first = {run.group: index for index, run in reversed(list(enumerate(report.runs)))}
    rows = [
        row(each.name, each.type, *(each.values[first[group]] or "none" for group in groups), _equal(each))
        for each in report.outputs
    ]
    parts = [element("h2", "Outputs"), table("Outputs of each run", ("output", "type", *groups, "equal"), rows)]
    found = _differences(report)
    if found:
        head = ("output", "where", "what", groups[0], "other run", "its value")
        parts.append(table("What differs", head, found, "differences"))
    return element("section", *parts)


def _equal(output: OutputReport) -> Markup:
    return element("span", "yes" if output.equal else "no", class_="good" if output.equal else "bad")


def _differences(report: Report) -> list[Markup]:
    return [
        row(output.name, each.place or "the value", each.what, each.left, report.runs[index].group, each.right)
        for output in report.outputs
        for index, found in output.differences.items()
        for each in found
    ]


def figures(groups: Mapping[str, Sequence[RunReport]]) -> Markup:
    """Totals, side by side."""
    rows = [
        row(each.label, *(in_words(spread(each, runs), each.unit) for runs in groups.values()), each.note)
        for each in MEASURES
    ]
    repeats = max(map(len, groups.values()))
    note = f"The middle of {repeats} runs, with the least and the most." if repeats > 1 else ""
    return element(
        "section",
        element("h2", "Figures"),
        *([element("p", note)] if note else []),
        table("Figures of each back end", ("", *groups, "what it is"), rows, "figures"),
    )


def phases(occur: Sequence[str]) -> Markup:
    """Where the time went, over all tasks."""
    legend = [
        joined([element("dt", element("span", "", class_=f"swatch p{number}"), name), element("dd", meaning)])
        for number, (name, meaning) in enumerate(PHASES.items())
        if name in occur
    ]
    return element(
        "section",
        element("h2", "Where the time went"),
        element("p", "Seconds of all attempts together, whether they ran side by side or one after the other."),
        element(
            "div", "", id="totals", class_="plot", role="img", aria_label="Seconds in each phase; the tables have them"
        ),
        element("dl", *legend, class_="legend"),
    )


def timelines(runs: Sequence[RunReport], *, repeated: bool) -> Markup:
    """A tab for each run: its timeline and its tasks."""
    tabs = [
        element(
            "button",
            run.group,
            type="button",
            role="tab",
            id=f"tab{number}",
            aria_controls=f"panel{number}",
            aria_selected="false" if number else "true",
            tabindex="-1" if number else "0",
        )
        for number, run in enumerate(runs)
    ]
    note = "Of several runs the one whose time is nearest to the middle. " if repeated else ""
    return element(
        "section",
        element("h2", "Timeline", id="timeline", tabindex="-1"),
        element("p", f"{note}Seconds since the run was started; a line for each attempt of each task."),
        element("div", *tabs, role="tablist", aria_label="Runs"),
        element(
            "label", "Show tasks with ", element("input", type="search", id="filter", placeholder="part of a name")
        ),
        *(_panel(number, run) for number, run in enumerate(runs)),
    )


def _panel(number: int, run: RunReport) -> Markup:
    critical = set(run.critical.paths)
    occur = occurring([run])
    rows = [_node(node, occur, node.path in critical) for node in run.nodes]
    path = " → ".join(node.name for node in run.nodes if node.path in critical)
    least = "" if run.critical.complete else "at least "
    return element(
        "div",
        *([element("pre", run.error, class_="error")] if run.error else []),
        element("p", f"Critical path: {least}{amount_in_words(run.critical.seconds, SECONDS)} of user code. ", path),
        element("div", "", id=f"plot{number}", class_="plot", role="img", aria_label=f"Timeline of {run.group}"),
        element("p", "", class_="note", id=f"note{number}", aria_live="polite"),
        table(f"Tasks of {run.group}", _node_head(occur), rows, "nodes"),
        role="tabpanel",
        id=f"panel{number}",
        aria_labelledby=f"tab{number}",
        **({"hidden": True} if number else {}),
    )


def _node_head(occur: Sequence[str]) -> tuple[str, ...]:
    figures = ("CPU used", "memory used", "asked", "read", "written", "pods")
    return ("task", "node", "state", "attempts", *occur, *figures)


def _node(node: NodeReport, occur: Sequence[str], critical: bool) -> Markup:
    """A task; those of the critical path are marked."""
    cells = [
        node.path,
        node.outcome,
        str(len(node.attempts)),
        *(_seconds(node, phase) for phase in occur),
        _known([attempt.cpu_seconds for attempt in node.attempts], SECONDS),
        _known([max((a.peak_memory or 0 for a in node.attempts), default=0) or None], BYTES),
        _asked(node),
        _known([attempt.bytes_read for attempt in node.attempts], BYTES),
        amount_in_words(node.bytes_written, BYTES),
        _pods(node),
    ]
    return row(node.name, *cells, **({"class_": "critical"} if critical else {}))


def _seconds(node: NodeReport, phase: str) -> str:
    seconds = sum(attempt.seconds(phase) for attempt in node.attempts)
    return f"{seconds:.2f}" if seconds else ""


def _asked(node: NodeReport) -> str:
    if node.requests is None:
        return UNKNOWN
    return ", ".join(f"{name} {value}" for name, value in node.requests.items()) or "nothing"


def _pods(node: NodeReport) -> str:
    if any(attempt.pods is None for attempt in node.attempts):
        return UNKNOWN
    return ", ".join(dict.fromkeys(attempt.pod for attempt in node.attempts if attempt.pod)) or "none"


def _known(values: Sequence[float | None], unit: str) -> str:
    known = [value for value in values if value is not None]
    return amount_in_words(sum(known), unit) if known else UNKNOWN


def capabilities(verdicts: Sequence[Verdict]) -> Markup:
    """What each back end makes of each feature that the workflow uses."""
    found = [{finding.code: finding for finding in verdict.findings} for verdict in verdicts]
    codes = sorted({code for each in found for code in each})
    rows = [row(code, *(_level(each.get(code)) for each in found)) for code in codes]
    head = ("feature", *(verdict.engine for verdict in verdicts))
    return element(
        "section",
        element("h2", "What is native, emulated or refused"),
        table("Features that the workflow uses", head, rows, "levels"),
    )


def _level(finding: Finding | None) -> Markup:
    if finding is None:
        return element("span", "—")
    level = element("span", finding.level.value, class_=f"level {finding.level.value}")
    return joined([level, f" {finding.message}" if finding.message else ""])


def runs(every: Sequence[RunReport]) -> Markup:
    """The runs themselves."""
    rows = [
        row(
            run.run,
            run.group,
            f"{run.backend} {run.target}".strip(),
            run.state,
            UNKNOWN if run.seconds is None else amount_in_words(run.seconds, SECONDS),
            amount_in_words(len(run.attempts), COUNT),
            run.run_root or "none",
        )
        for run in every
    ]
    head = ("run", "compared as", "back end", "state", "wall time", "attempts", "data")
    return element("section", element("h2", "Runs"), table("All runs", head, rows))
