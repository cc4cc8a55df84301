"""`jetbridge runs`: the runs that the registry knows."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime

import click
from rich.table import Column, Table
from rich.text import Text

from jetbridge.cli.console import messages, print_json, results
from jetbridge.cli.options import json_option
from jetbridge.cli.registry.options import reading, registry_option
from jetbridge.registry.runs import STATES, RecordedRun, recorded_runs

_STYLES = {"running": "cyan", "succeeded": "green", "failed": "bold red", "aborted": "yellow"}


@click.command("runs", short_help="List the runs that the registry knows.")
@click.option(
    "--workflow", default="", metavar="NAME", help="Only of this workflow; the last part of its name will do."
)
@click.option("--on", "backend", default="", metavar="BACKEND", help="Only on this back end.")
@click.option("--state", type=click.Choice(STATES), default=None, help="Only in this state.")
@click.option("-n", "--limit", default=20, show_default=True, type=click.IntRange(min=1), help="At most so many.")
@registry_option
@json_option
def command(workflow: str, backend: str, state: str | None, limit: int, url: str, as_json: bool) -> None:
    """List the latest runs that `run`, `compare` and `recover` have started, the newest first.

    A run's name is the RUN of `status`, `outputs`, `logs`, `recover`, `approve`, `reject` and `set`. The state is what
    the verb that started it saw last; `jetbridge status RUN` reads the run's data.

    \b
    Example:
      jetbridge runs --workflow pipeline --state failed
    """
    with reading(url) as connection:
        runs = recorded_runs(connection, workflow=workflow, backend=backend, state=state or "", limit=limit)
    if as_json:
        print_json([_record(run) for run in runs])
    elif runs:
        results().print(_table(runs))
    else:
        messages().print("No such run is recorded. `jetbridge run TARGET` starts one.")


def _record(run: RecordedRun) -> dict[str, object]:
    times = {name: _iso(moment) for name, moment in (("started_at", run.started_at), ("ended_at", run.ended_at))}
    return {**asdict(run), "inputs_uri": run.inputs_uri, **times}


def _iso(moment: datetime | None) -> str | None:
    return None if moment is None else moment.isoformat()


def _table(runs: tuple[RecordedRun, ...]) -> Table:
    heads = ("workflow", "on", "state", "started", "took", "by")
    # A name is there to be copied, so it is never broken.
    table = Table(Column("run", no_wrap=True), *(Column(head, overflow="fold") for head in heads))
    for run in runs:
        state = Text(run.state, style=_STYLES[run.state])
        started = f"{run.started_at.astimezone():%Y-%m-%d %H:%M:%S}"
        table.add_row(run.name, _workflow(run), run.backend, state, started, _took(run), run.started_by)
    return table


def _workflow(run: RecordedRun) -> str:
    return f"{run.project}/{run.domain}/{run.workflow}@{run.version}" if run.version else run.workflow


def _took(run: RecordedRun) -> str:
    return "" if run.ended_at is None else f"{(run.ended_at - run.started_at).total_seconds():.1f} s"
