"""`jetbridge compare`: the same workflow with the same inputs on several back ends, or runs that have ended."""

from __future__ import annotations

import sys
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import click

from jetbridge.cli.console import messages, print_json, results
from jetbridge.cli.options import image_option, json_option
from jetbridge.errors import UsageError
from jetbridge.store import open_store
from jetbridge_translators.cli.code import NONE
from jetbridge_translators.cli.compare_runs import Asked, run_all, stored_runs
from jetbridge_translators.cli.compare_tables import print_report
from jetbridge_translators.cli.options import BackendCommand, complete_backends, copy_option, reject_foreign
from jetbridge_translators.report.model import Report
from jetbridge_translators.report.page import PLOTS, report_page
from jetbridge_translators.report.tree import report_tree


@click.command("compare", cls=BackendCommand, short_help="Run a workflow on several back ends and compare them.")
@click.argument("targets", metavar="TARGET | RUN RUN…", nargs=-1, required=True)
@click.option(
    "--on",
    "backend_names",
    shell_complete=complete_backends,
    default="",
    metavar="A,B",
    help="The back ends, such as local,airflow.",
)
@click.option("-i", "--input", "inputs", multiple=True, metavar="NAME=VALUE", help="A workflow input, by its type.")
@click.option("--inputs-file", type=click.Path(path_type=Path), help="A JSON object of workflow inputs.")
@click.option("--repeat", type=click.IntRange(1), default=1, show_default=True, help="How often each back end runs it.")
@click.option("-o", "--output", type=click.Path(path_type=Path), help="A folder for report.html and report.json.")
@click.option("--store", default="", metavar="URI", help="Where the runs keep their data (JETBRIDGE_STORE).")
@copy_option(f"auto where tasks run on another machine, else {NONE}")
@image_option
@json_option
def command(targets: tuple[str, ...], output: Path | None, as_json: bool, **values: Any) -> None:
    """Run TARGET on several back ends, one after the other, and compare outputs by content, times and pods.

    With --repeat the back ends take turns, and the report has the middle and the spread of each figure. Cached outputs
    are made anew. Given two or more RUNs (names, or URIs of their data) instead of a TARGET, nothing runs.

    The exit code is 1 when an output differs, or a run has not succeeded.

    \b
    Example:
      jetbridge compare examples/penguins.py:pipeline --on local,airflow --containers process -o report
      jetbridge compare penguins-pipeline-1a2b3c4d penguins-pipeline-5e6f7a8b -o report
    """
    if output is not None and find_spec(PLOTS) is None:
        raise UsageError(
            f"report.html needs {PLOTS}, which is not installed",
            hint="pip install 'jetbridge[report]', or leave out -o: --json has the whole report too.",
        )
    report = _report(targets, values)
    if output is not None:
        _write(report, output)
    if as_json:
        print_json(report_tree(report))
    else:
        print_report(results(), report)
        messages().print(f"{report.workflow}: {_verdict(report)}")
    sys.exit(0 if report.equal else 1)


def _report(targets: tuple[str, ...], values: dict[str, Any]) -> Report:
    names = [name.strip() for name in values["backend_names"].split(",") if name.strip()]
    if len(targets) > 1 and not names:
        return stored_runs(open_store(), targets, values["store"])
    if len(targets) > 1:
        raise UsageError(
            "one TARGET runs on back ends, or several RUNs are compared", hint="Leave out --on, or all but one."
        )
    if len(names) * values["repeat"] < 2:
        raise UsageError(
            "a comparison needs two runs", hint="Give `--on local,airflow`, or the names of two or more runs."
        )
    reject_foreign(names, values)
    return run_all(Asked(target=next(iter(targets)), backends=names, values=values))


def _write(report: Report, folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    page = report_page(report)
    (folder / "report.html").write_text(page, encoding="utf-8")
    with (folder / "report.json").open("w", encoding="utf-8") as file:
        print_json(report_tree(report), file)
    messages().print(f"Report: {folder / 'report.html'}")


def _verdict(report: Report) -> str:
    bad = [f"{run.group} {run.state}" for run in report.runs if run.state != "succeeded"]
    if bad:
        return ", ".join(dict.fromkeys(bad))
    return "all outputs are equal" if report.equal else "outputs differ"
