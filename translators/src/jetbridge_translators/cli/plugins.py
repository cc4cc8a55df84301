"""`jetbridge plugins`: the task types that are installed, and what each back end makes of them."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import asdict

import click

from jetbridge.cli.console import print_json, results
from jetbridge.cli.options import json_option
from jetbridge_translators.catalog import BROKEN, Support, TaskType, catalog


@click.command("plugins", short_help="Show the installed task types and what each back end makes of them.")
@json_option
def command(as_json: bool) -> None:
    """Show the installed task types, who provides them, and what each back end makes of them.

    A back end runs a task type by an operator that the plugin brings for it (own operator), or by the shape of the work
    that the task asks for: native, emulated, or refused with the reason. The exit code is 1 when a plugin is broken.

    \b
    Example:
      jetbridge plugins --json
    """
    found = catalog()
    if as_json:
        print_json({"task_types": [asdict(each) for each in found]})
    else:
        results().print("\n".join(line for each in found for line in _lines(each)), markup=False)
    sys.exit(1 if any(map(_is_broken, found)) else 0)


def _is_broken(found: TaskType) -> bool:
    levels = [support.level for supports in found.backends.values() for support in supports]
    return bool(found.error) or BROKEN in levels


def _lines(found: TaskType) -> Iterator[str]:
    yield f"{found.name}: {found.summary or found.error} ({found.owner} {found.version})"
    if found.error:
        yield f"  {found.hint}"
    for name, supports in found.backends.items():
        for support in supports:
            yield f"  {name:<10}{_support(support)}"


def _support(support: Support) -> str:
    told = ": ".join(part for part in (support.level, support.how) if part)
    shape = f"{support.shape} " if support.shape else ""
    return f"{shape}{told}" + (f". {support.hint}" if support.hint else "")
