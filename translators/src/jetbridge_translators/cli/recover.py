"""`jetbridge recover`: what is left of a run, as a new run on the same or another back end."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import click

from jetbridge.cli.console import messages
from jetbridge.cli.options import image_option, json_option, run_argument, serialization_settings
from jetbridge.cli.target import Target, load_target
from jetbridge.errors import UsageError
from jetbridge.idl import LiteralMap
from jetbridge.runtime.run_data import RunData
from jetbridge.store import open_store
from jetbridge_translators import registry
from jetbridge_translators.api import Engine
from jetbridge_translators.base import Settings
from jetbridge_translators.cli.code import NONE, code_of, copy_mode, local_root, publish
from jetbridge_translators.cli.execution import execute
from jetbridge_translators.cli.options import (
    BackendCommand,
    backend_settings,
    complete_backends,
    copy_option,
    given_options,
    parse_target_version,
    reject_foreign,
)
from jetbridge_translators.cli.record import Origin, Record, read_record, run_root_of
from jetbridge_translators.cli.run import show
from jetbridge_translators.recovery import check_unchanged, committed_paths


@click.command("recover", cls=BackendCommand, short_help="Go on with a run: nodes that have their outputs are skipped.")
@run_argument
@click.option(
    "--on",
    "backend_name",
    shell_complete=complete_backends,
    default="",
    metavar="BACKEND",
    help="The back end; by default the run's own.",
)
@click.option("--target", "version", default="", metavar="BACKEND=VERSION", help="The engine's version.")
@click.option("--store", default="", metavar="URI", help="Where the run keeps its data (JETBRIDGE_STORE).")
@copy_option(f"auto where tasks run on another machine, else {NONE}")
@image_option
@json_option
def command(
    run: str, backend_name: str, version: str, store: str, images: tuple[str, ...], as_json: bool, **values: Any
) -> None:
    """Start a new run with the inputs of RUN (an id, or the URI of its data), and take over what succeeded there.

    The workflow is loaded again from where RUN had it, so a mended task runs as it is now. Options of RUN's own back
    end are those of RUN unless they are given.

    \b
    Example:
      jetbridge recover my-flow-1a2b3c4d --on argo --store s3://bucket/runs
    """
    old_root = run_root_of(run, store)
    record = read_record(open_store(), old_root)
    name = backend_name or record.backend
    reject_foreign([name], values)
    _check(name)
    origin = replace(record.origin, images=images or record.origin.images)
    loaded = _load(origin, old_root)
    settings = _settings(record, name, version, values)
    code = code_of(loaded, copy_mode(values["copy"], name, settings, loaded), settings.store)
    closure = loaded.close(serialization_settings(origin.images, loaded.source_root, code.uri))
    paths = committed_paths(open_store(), old_root)
    engine = Engine()
    old = engine.plan(record.closure, record.backend, record.settings.planning)
    check_unchanged(old, engine.plan(closure, name, settings.planning), paths)
    inputs = LiteralMap(literals=RunData(open_store(), old_root).inputs)
    publish(code)
    messages().print(f"Taken over from {old_root}: {len(paths)} outputs")
    root = local_root(loaded, name, settings)
    show(execute(closure, name, inputs, settings, root, origin, earlier=(old_root, paths)), as_json)


def _check(name: str) -> None:
    if not registry.backend(name).recovers:
        raise UsageError(
            f"back end {name!r} cannot start from the outputs of another run",
            hint="Recover on one that can: `--on local` or `--on argo`.",
        )


def _load(origin: Origin, old_root: str) -> Target:
    if not origin.target:
        raise UsageError(
            f"the record of {old_root!r} does not say where its workflow came from",
            hint="Only a run that `jetbridge run` or `jetbridge recover` started can be recovered.",
        )
    return load_target(origin.target, origin.images)


def _settings(record: Record, name: str, version: str, values: dict[str, Any]) -> Settings:
    given = backend_settings(name, record.settings.store, parse_target_version(version, name), values)
    given = replace(given, planning=given.planning.over(record.settings.planning))
    if name != record.backend:
        return given
    return replace(
        given,
        target=given.target or record.settings.target,
        options={**record.settings.options, **given_options(registry.backend(name), values)},
    )
