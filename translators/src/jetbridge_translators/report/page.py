"""A report as one HTML file, which needs nothing else: no server, no network, no font of others."""

from __future__ import annotations

import json
from importlib.resources import files
from typing import Any

from jetbridge_translators.report import sections
from jetbridge_translators.report.markup import Markup, element, joined
from jetbridge_translators.report.model import PHASES, NodeReport, Report, RunReport
from jetbridge_translators.report.summary import by_group, occurring, phase_totals, typical

PLOTS = "plotly"
"""The library of the plots, from which only the script is taken."""


def report_page(report: Report) -> str:
    """The page. Tables are in the page as it is; the plots are drawn from data in it when it is opened."""
    groups = by_group(report.runs)
    shown = [typical(runs) for runs in groups.values()]
    body = joined(
        [
            element("a", "Skip to the timeline", href="#timeline", class_="skip"),
            element(
                "main",
                sections.heading(report),
                sections.outputs(report),
                sections.figures(groups),
                sections.phases(occurring(shown)),
                sections.timelines(shown, repeated=len(report.runs) > len(shown)),
                sections.capabilities(report.verdicts),
                sections.runs(report.runs),
            ),
            Markup(f'<script type="application/json" id="data">{_embedded(_data(shown))}</script>'),
            Markup(f"<script>{_plots()}</script>"),
            Markup(f"<script>{_text('page.js')}</script>"),
        ]
    )
    head = joined(
        [
            element("meta", charset="utf-8"),
            element("meta", name="viewport", content="width=device-width, initial-scale=1"),
            element("meta", name="color-scheme", content="light dark"),
            # No icon: a browser would ask the server for one.
            Markup('<link rel="icon" href="data:,">'),
            element("title", f"{report.workflow}: comparison"),
            Markup(f"<style>{_text('page.css')}</style>"),
        ]
    )
    return f"<!doctype html>\n{element('html', element('head', head), element('body', body), lang='en')}\n"


def _plots() -> str:
    return (
        (files(PLOTS) / "package_data" / "plotly.min.js").read_text(encoding="utf-8").replace("</script", "<\\/script")
    )


def _text(name: str) -> str:
    return (files("jetbridge_translators.report") / name).read_text(encoding="utf-8")


def _embedded(value: object) -> str:
    """JSON that no text of a user's can end."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).replace("<", "\\u003c")


def _data(runs: list[RunReport]) -> dict[str, Any]:
    """What the plots show. Phases are numbers, because a run may have thousands of spans."""
    return {"phases": list(PHASES), "groups": [_group(run) for run in runs]}


def _group(run: RunReport) -> dict[str, Any]:
    totals = phase_totals(run)
    return {
        "name": run.group,
        "seconds": run.seconds,
        "totals": [round(totals[phase], 3) for phase in PHASES],
        "rows": [line for node in run.nodes for line in _lines(node)],
    }


def _lines(node: NodeReport) -> list[dict[str, Any]]:
    """A line for each attempt."""
    numbers = {phase: number for number, phase in enumerate(PHASES)}
    several = len(node.attempts) > 1
    return [
        {
            "name": f"{node.name} #{attempt.number + 1}" if several else node.name,
            "outcome": attempt.outcome,
            "spans": [[numbers[span.phase], round(span.begin, 3), round(span.seconds, 3)] for span in attempt.spans],
        }
        for attempt in node.attempts
    ]
