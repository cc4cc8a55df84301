"""`jetbridge compare`: the same workflow with the same inputs on several back ends."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import click

from jetbridge.cli.console import messages, print_json, results
from jetbridge.cli.inputs import read_inputs
from jetbridge.cli.options import image_option, json_option, serialization_settings, target_argument
from jetbridge.cli.target import load_target
from jetbridge.errors import UsageError
from jetbridge.store import normalize_uri, open_store
from jetbridge_translators.cli.code import NONE, code_of, copy_mode, local_root, publish
from jetbridge_translators.cli.comparison import compare
from jetbridge_translators.cli.execution import execute
from jetbridge_translators.cli.options import (
    BackendCommand,
    backend_settings,
    copy_option,
    default_store,
    reject_foreign,
)
from jetbridge_translators.cli.run import as_record
from jetbridge_translators.cli.tables import comparison_table


@click.command("compare", cls=BackendCommand, short_help="Run a workflow on several back ends and compare the outputs.")
@target_argument
@click.option("--on", "backend_names", required=True, metavar="A,B", help="The back ends, such as local,airflow.")
@click.option("-i", "--input", "inputs", multiple=True, metavar="NAME=VALUE", help="A workflow input, by its type.")
@click.option("--inputs-file", type=click.Path(path_type=Path), help="A JSON object of workflow inputs.")
@click.option("--store", default="", metavar="URI", help="Where the runs keep their data (JETBRIDGE_STORE).")
@copy_option(f"auto where tasks run on another machine, else {NONE}")
@image_option
@json_option
def command(
    target: str,
    backend_names: str,
    inputs: tuple[str, ...],
    inputs_file: Path | None,
    store: str,
    images: tuple[str, ...],
    as_json: bool,
    **values: Any,
) -> None:
    """Run TARGET on several back ends, one after the other, and compare every output by its content.

    The exit code is 1 when an output differs.

    \b
    Example:
      jetbridge compare examples/penguins.py:pipeline --on local,airflow --containers process
    """
    names = [name.strip() for name in backend_names.split(",") if name.strip()]
    if len(names) < 2:
        raise UsageError("a comparison needs two back ends", hint="Give `--on local,airflow`.")
    reject_foreign(names, values)
    where = normalize_uri(store) if store else default_store()
    loaded = load_target(target, images)
    settings = {name: backend_settings(name, where, "", values) for name in names}
    modes = {name: copy_mode(values["copy"], name, settings[name], loaded) for name in names}
    codes = {mode: code_of(loaded, mode, where) for mode in dict.fromkeys(modes.values())}
    closures = {
        mode: loaded.close(serialization_settings(images, loaded.source_root, code.uri)) for mode, code in codes.items()
    }
    literals = read_inputs(closures[modes[names[0]]], inputs, inputs_file)
    for code in codes.values():
        publish(code)
    # Else a cached task would give the second back end what the first one has made.
    roots = {name: local_root(loaded, name, settings[name]) for name in names}
    executions = [
        execute(closures[modes[name]], name, literals, settings[name], roots[name], overwrite_cache=True)
        for name in names
    ]
    comparison = compare(open_store(), executions)
    if as_json:
        runs = [as_record(execution) for execution in executions]
        print_json({"equal": comparison.equal, "digests": comparison.digests, "runs": runs})
    else:
        results().print(comparison_table(executions, comparison))
        verdict = "all outputs are equal" if comparison.all_equal else "outputs differ"
        messages().print(f"{executions[0].plan.name}: {verdict}")
    sys.exit(0 if comparison.all_equal else 1)
