"""`jetbridge list`: what is registered."""

from __future__ import annotations

import click
from rich.table import Column, Table

from jetbridge.cli.console import messages, print_json, results
from jetbridge.cli.options import json_option
from jetbridge.cli.registry.options import reading, registry_option
from jetbridge.registry.entity_id import KINDS
from jetbridge.registry.read import Listed, listed


@click.command("list", short_help="List what is registered.")
@click.option("-p", "--project", default="", help="Only of this project.")
@click.option("-d", "--domain", default="", help="Only of this domain.")
@click.option("--kind", type=click.Choice(sorted(KINDS.values())), help="Only tasks, workflows or launch plans.")
@registry_option
@json_option
def command(project: str, domain: str, kind: str | None, url: str, as_json: bool) -> None:
    """List the registered workflows, launch plans and tasks with their versions, newest first.

    \b
    Example:
      jetbridge list --project shop --kind workflow
    """
    with reading(url) as connection:
        entries = [each for each in listed(connection, project=project, domain=domain) if _is(each, kind)]
    if as_json:
        print_json([_record(each) for each in entries])
    elif entries:
        results().print(_table(entries))
    else:
        messages().print("Nothing is registered. `jetbridge register PACKAGE --version V` registers a package.")


def _is(entry: Listed, kind: str | None) -> bool:
    return kind is None or KINDS[entry.kind] == kind


def _record(entry: Listed) -> dict[str, object]:
    return {
        "kind": KINDS[entry.kind],
        "project": entry.scope.project,
        "domain": entry.scope.domain,
        "name": entry.name,
        "versions": list(entry.versions),
        "latest_at": entry.latest_at.isoformat(),
        "active": entry.active or None,
    }


def _table(entries: list[Listed]) -> Table:
    table = Table(*(Column(head, overflow="fold") for head in ("kind", "project/domain", "name", "versions", "latest")))
    for entry in entries:
        versions = [f"{each} (active)" if each == entry.active else each for each in entry.versions]
        when = f"{entry.latest_at:%Y-%m-%d %H:%M}"
        table.add_row(KINDS[entry.kind], str(entry.scope), entry.name, ", ".join(versions), when)
    return table
