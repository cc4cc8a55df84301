"""The run that RUN names, for verbs that ask its engine: by its record, or by what its user knows of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any, TypeVar

import click

from jetbridge.cli.options import serialization_settings
from jetbridge.cli.target import load_target
from jetbridge.errors import UsageError
from jetbridge.store import Store
from jetbridge_translators import registry
from jetbridge_translators.api import Engine, complete_settings
from jetbridge_translators.base import Backend, StartedRun
from jetbridge_translators.cli.options import backend_settings, connection_of
from jetbridge_translators.cli.record import Record, read_record, run_root_of

F = TypeVar("F", bound=Callable[..., Any])


def where_options(function: F) -> F:
    """`--store`, `--workflow` and `--on`: where a run is that neither the usual store nor the registry knows."""
    store = click.option("--store", default="", metavar="URI", help="Where the run keeps its data (JETBRIDGE_STORE).")
    workflow = click.option(
        "--workflow", default="", metavar="TARGET", help="What runs, where the engine has started it by itself."
    )
    on = click.option("--on", "backend_name", default="", metavar="BACKEND", help="Where it runs; with --workflow.")
    return store(workflow(on(function)))


def started_run(store: Store, run: str, where: Mapping[str, str]) -> tuple[StartedRun, Backend]:
    """The run with its plan and settings, and its back end.

    Args:
        store: The store.
        run: RUN of the command line.
        where: The values of `where_options`.

    Raises:
        UsageError: there is no such run.
    """
    run_root = run_root_of(run, where["store"])
    record = _given(where) if where["workflow"] else read_record(store, run_root)
    backend = registry.backend(record.backend)
    plan = Engine().plan(record.closure, record.backend, record.settings.planning)
    settings = complete_settings(backend, replace(record.settings, connection=connection_of(backend)))
    run_id = run_root.rpartition("/")[2]
    return StartedRun(run_id=run_id, run_root=run_root, plan=plan, settings=settings), backend


def _given(where: Mapping[str, str]) -> Record:
    """The record of a run that no verb of ours has started, from what its user knows."""
    if not where["backend_name"]:
        raise UsageError("--workflow needs to know where it runs", hint="Give the back end too: --on BACKEND.")
    loaded = load_target(where["workflow"])
    closure = loaded.close(serialization_settings((), loaded.source_root))
    settings = backend_settings(where["backend_name"], where["store"], "", {})
    return Record(backend=where["backend_name"], settings=settings, closure=closure)
