"""A report as tables for a terminal."""

from __future__ import annotations

from rich.console import Console
from rich.table import Table
from rich.text import Text

from jetbridge_translators.report.model import PHASES, OutputReport, Report
from jetbridge_translators.report.summary import MEASURES, by_group, phase_totals, spread, typical
from jetbridge_translators.report.words import amount_in_words, in_words

WIDTH = 60
_STYLES = {"succeeded": "green", "failed": "bold red", "refused": "yellow"}


def print_report(console: Console, report: Report) -> None:
    """The tables: outputs and figures, what differs, and what back ends emulate or refuse."""
    console.print(_figures(report))
    if any(output.differences for output in report.outputs):
        console.print(_differences(report))
    if any(finding.level.value != "native" for verdict in report.verdicts for finding in verdict.findings):
        console.print(_capabilities(report))


def _figures(report: Report) -> Table:
    groups = by_group(report.runs)
    table = Table(title=f"{report.workflow} in {len(report.runs)} runs", title_justify="left", title_style="bold")
    table.add_column("")
    for group in groups:
        table.add_column(group, overflow="fold", max_width=WIDTH)
    table.add_column("equal")
    first = {run.group: index for index, run in reversed(list(enumerate(report.runs)))}
    for output in report.outputs:
        table.add_row(output.name, *(Text(output.values[first[group]]) for group in groups), _verdict(output))
    table.add_section()
    table.add_row("state", *(_states([run.state for run in runs]) for runs in groups.values()), "")
    for measure in MEASURES:
        table.add_row(measure.label, *(in_words(spread(measure, runs), measure.unit) for runs in groups.values()), "")
    table.add_section()
    totals = [phase_totals(typical(runs)) for runs in groups.values()]
    for phase in PHASES:
        if any(total[phase] for total in totals):
            table.add_row(f"in {phase}", *(amount_in_words(total[phase], "seconds") for total in totals), "")
    return table


def _states(states: list[str]) -> Text:
    return Text(", ").join(Text(state, style=_STYLES.get(state, "")) for state in dict.fromkeys(states))


def _verdict(output: OutputReport) -> Text:
    return Text("yes", style="green") if output.equal else Text("no", style="bold red")


def _differences(report: Report) -> Table:
    first = report.runs[0]
    table = Table("output", "where", "what", first.group, "other run", "", title="Differences", title_justify="left")
    for output in report.outputs:
        for index, found in output.differences.items():
            for each in found:
                name = report.runs[index].group
                table.add_row(
                    output.name, each.place or "the value", each.what, Text(each.left), name, Text(each.right)
                )
    return table


def _capabilities(report: Report) -> Table:
    table = Table("back end", "feature", "", "how", title="Not native", title_justify="left")
    for verdict in report.verdicts:
        seen = {finding.code: finding for finding in verdict.findings if finding.level.value != "native"}
        for finding in seen.values():
            table.add_row(verdict.engine, finding.code, finding.level.value, finding.message)
    return table
