"""`jetbridge run`: a workflow on a back end, with its outputs."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from jetbridge.cli.console import messages, print_json, results
from jetbridge.cli.inputs import read_inputs
from jetbridge.cli.options import image_option, json_option, serialization_settings, target_argument
from jetbridge.cli.target import load_target
from jetbridge.store import normalize_uri
from jetbridge.types.json_codec import to_json
from jetbridge_translators.cli.code import NONE, code_of, copy_mode, local_root, publish
from jetbridge_translators.cli.execution import Execution, execute
from jetbridge_translators.cli.options import (
    BackendCommand,
    backend_settings,
    complete_backends,
    copy_option,
    default_store,
    parse_target_version,
    reject_foreign,
)
from jetbridge_translators.cli.record import origin_of
from jetbridge_translators.cli.tables import outputs_table


@click.command("run", cls=BackendCommand, short_help="Run a workflow on a back end and print its outputs.")
@target_argument
@click.option(
    "--on",
    "backend_name",
    shell_complete=complete_backends,
    default="local",
    show_default=True,
    metavar="BACKEND",
    help="The back end.",
)
@click.option("-i", "--input", "inputs", multiple=True, metavar="NAME=VALUE", help="A workflow input, by its type.")
@click.option("--inputs-file", type=click.Path(path_type=Path), help="A JSON object of workflow inputs.")
@click.option("--target", "version", default="", metavar="BACKEND=VERSION", help="The engine's version.")
@click.option("--store", default="", metavar="URI", help="Where the run keeps its data (JETBRIDGE_STORE).")
@click.option("--overwrite-cache", is_flag=True, help="Run cached tasks too, and replace their cached outputs.")
@copy_option(f"auto where tasks run on another machine, else {NONE}")
@image_option
@json_option
def command(
    target: str,
    backend_name: str,
    inputs: tuple[str, ...],
    inputs_file: Path | None,
    version: str,
    store: str,
    images: tuple[str, ...],
    as_json: bool,
    **values: Any,
) -> None:
    """Run TARGET on a back end, wait, and print its outputs. `--on local` needs nothing set up.

    \b
    Example:
      jetbridge run examples/penguins.py:pipeline --input min_mass=3000
    """
    reject_foreign([backend_name], values)
    where = normalize_uri(store) if store else default_store()
    settings = backend_settings(backend_name, where, parse_target_version(version, backend_name), values)
    loaded = load_target(target, images)
    code = code_of(loaded, copy_mode(values["copy"], backend_name, settings, loaded), where)
    closure = loaded.close(serialization_settings(images, loaded.source_root, code.uri))
    literals = read_inputs(closure, inputs, inputs_file)
    publish(code)
    origin = origin_of(target, images)
    overwrite = bool(values["overwrite_cache"])
    root = local_root(loaded, backend_name, settings)
    execution = execute(closure, backend_name, literals, settings, root, origin, overwrite_cache=overwrite)
    show(execution, as_json)


def show(execution: Execution, as_json: bool) -> None:
    """A finished run for machines, or for people."""
    if as_json:
        print_json(as_record(execution))
        return
    messages().print(f"{execution.result.run_id} on {execution.backend}: done in {execution.result.seconds:.1f} s")
    messages().print(f"Data: {execution.result.run_root}")
    results().print(outputs_table(execution))


def as_record(execution: Execution) -> dict[str, object]:
    """The run for machines."""
    return {
        "run": execution.result.run_id,
        "backend": execution.backend,
        "workflow": execution.plan.name,
        "run_root": execution.result.run_root,
        "seconds": round(execution.result.seconds, 3),
        "outputs": {name: to_json(literal) for name, literal in execution.outputs.items()},
        "steps": [
            {"name": step.step, "state": step.state, "seconds": round(step.seconds, 3)}
            for step in execution.result.steps
        ],
    }
