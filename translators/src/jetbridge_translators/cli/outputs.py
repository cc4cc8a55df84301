"""`jetbridge outputs`: the outputs of a run that has ended, from its data alone."""

from __future__ import annotations

import click
from rich.table import Table
from rich.text import Text

from jetbridge.cli.console import print_json, results
from jetbridge.cli.options import json_option, run_argument
from jetbridge.errors import RunError
from jetbridge.runtime.run_data import MissingOutputsError
from jetbridge.store import open_store
from jetbridge.types.describe import describe
from jetbridge.types.json_codec import to_json
from jetbridge_translators.api import Engine, read_outputs
from jetbridge_translators.cli.record import read_record, run_root_of
from jetbridge_translators.report.outputs import shown


@click.command("outputs", short_help="Print the outputs of a run.")
@run_argument
@click.option("--store", default="", metavar="URI", help="Where the run keeps its data (JETBRIDGE_STORE).")
@json_option
def command(run: str, store: str, as_json: bool) -> None:
    """Print the outputs of RUN: a run's id, or the URI of its data. It is read from the store; no engine is asked.

    \b
    Example:
      jetbridge outputs my-flow-1a2b3c4d --store s3://bucket/runs
    """
    run_root = run_root_of(run, store)
    record = read_record(open_store(), run_root)
    plan = Engine().plan(record.closure, record.backend)
    try:
        outputs = read_outputs(plan, run_root)
    except MissingOutputsError as error:
        raise RunError(
            f"the run at {run_root!r} has no outputs: {error.message}",
            hint="`jetbridge status` shows which nodes have ended.",
        ) from error
    if as_json:
        print_json({"run_root": run_root, "outputs": {name: to_json(value) for name, value in outputs.items()}})
        return
    table = Table("output", "type", "value", title=f"Outputs of {plan.name}", title_justify="left")
    for output in plan.outputs:
        table.add_row(output.name, describe(output.type), Text(shown(outputs[output.name])))
    results().print(table)
