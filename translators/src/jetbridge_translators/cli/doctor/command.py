"""The verb."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from typing import Any

import click
from rich.table import Column, Table
from rich.text import Text

from jetbridge.cli.console import messages, print_json, results
from jetbridge.cli.options import json_option
from jetbridge.errors import JetbridgeError, UsageError
from jetbridge.store import normalize_uri
from jetbridge.suggest import did_you_mean
from jetbridge_translators import registry
from jetbridge_translators.api import complete_settings
from jetbridge_translators.cli.doctor.installed import installed_checks
from jetbridge_translators.cli.doctor.places import registry_checks, store_checks
from jetbridge_translators.cli.options import (
    BackendCommand,
    backend_settings,
    complete_backends,
    default_store,
    reject_foreign,
)
from jetbridge_translators.diagnosis import FAILED, OK, UNKNOWN, WARNING, Check, guarded

_STYLES = {OK: "green", WARNING: "yellow", FAILED: "bold red", UNKNOWN: "dim"}
Parts = Mapping[str, Sequence[Check]]


@click.command("doctor", cls=BackendCommand, short_help="Check what runs need, and say how to mend it.")
@click.option(
    "--on",
    "backend_names",
    shell_complete=complete_backends,
    default="",
    metavar="A,B",
    help="Back ends that must be usable. [default: none]",
)
@click.option("--store", default="", metavar="URI", help="Where runs keep their data (JETBRIDGE_STORE).")
@json_option
def command(backend_names: str, store: str, as_json: bool, **values: Any) -> None:
    """Check what runs need: what is installed, the store, the registry, and the engine of each back end.

    Every back end is looked at. The exit code is 1 when something fails that does not belong to a back end, or to one
    that --on names; a back end that nobody asked for may be without its engine.

    \b
    Example:
      jetbridge doctor --on argo --namespace team --store s3://bucket/runs
    """
    asked = _names(backend_names)
    known = registry.backend_names()
    reject_foreign(asked or known, values)
    where = normalize_uri(store) if store else default_store()
    with messages().status("Looking …"):
        own = {
            "installed": [*installed_checks()],
            "store": [*guarded("store", lambda: store_checks(where))],
            "registry": [*guarded("registry", registry_checks)],
        }
        engines = {name: [*_engine_checks(name, where, values)] for name in known if not asked or name in asked}
    parts = {**own, **{name: checks for name, checks in engines.items() if checks}}
    failed = any(check.state == FAILED for name in (*own, *asked) for check in parts.get(name, ()))
    if as_json:
        print_json({"ok": not failed, "parts": {name: [asdict(each) for each in parts[name]] for name in parts}})
    else:
        _print(parts, failed=failed)
    sys.exit(1 if failed else 0)


def _names(text: str) -> tuple[str, ...]:
    names = tuple(dict.fromkeys(name.strip() for name in text.split(",") if name.strip()))
    known = registry.backend_names()
    for name in names:
        if name not in known:
            raise UsageError(f"there is no back end {name!r}", hint=did_you_mean(name, known))
    return names


def _engine_checks(name: str, store: str, values: Mapping[str, Any]) -> Iterator[Check]:
    try:
        backend = registry.backend(name)
        if backend.diagnose is not None:
            settings = complete_settings(backend, backend_settings(name, store, "", values))
            look = backend.diagnose
            yield from guarded(name, lambda: look(settings))
    except JetbridgeError as error:
        yield Check(name, FAILED, error.message, error.hint)


def _print(parts: Parts, *, failed: bool) -> None:
    table = Table(*(Column(head, overflow="fold") for head in ("", "what", "state", "found")))
    for name, checks in parts.items():
        for number, check in enumerate(checks):
            state = Text(check.state, style=_STYLES[check.state])
            table.add_row("" if number else name, check.what, state, Text(check.found))
        table.add_section()
    results().print(table)
    for name, check in ((name, check) for name, checks in parts.items() for check in checks if check.mend):
        head = Text(f"{name}, {check.what}: ", style=_STYLES[check.state])
        messages().print(head + Text(check.mend, style="default"))
    messages().print("Something that runs need is not right." if failed else "Nothing that was asked for is wrong.")
