"""`jetbridge config`: what is settled, and where."""

from __future__ import annotations

import re
from collections.abc import Iterator

import click
from rich.table import Column, Table

from jetbridge.cli.console import messages, print_json, results
from jetbridge.cli.options import json_option
from jetbridge.cli.settings import config, profile_option
from jetbridge.config.resolve import DEFAULT, Setting

_IN_URL = re.compile(r"://([^/@:\s]*):[^/@\s]+@")
"""A password in an address, as the environment may hold one."""
PRECEDENCE = ("option", "environment", "profile", "file", "default")


@click.group("config", short_help="Show what jetbridge.toml and the environment settle.")
def command() -> None:
    """What jetbridge.toml, its profiles and the environment settle.

    The nearest jetbridge.toml in the current folder or above is read, or the one that JETBRIDGE_CONFIG names.
    """


@command.command("show", short_help="Show every setting and where it comes from.")
@click.option("--all", "whole", is_flag=True, help="Also those that nobody has set.")
@json_option
def show(whole: bool, as_json: bool) -> None:
    """Show the settings and where each comes from: an option stands over the environment, that over the profile, that
    over the rest of the file, that over the default. Of a secret only the place is shown.

    \b
    Example:
      jetbridge config show --profile team --json
    """
    held = config()
    found = [held.get(each.name, each.owner) for each in held.known]
    shown = [each for each in found if whole or as_json or each.source != DEFAULT]
    if as_json:
        file = None if held.file is None else str(held.file.path)
        profiles = [] if held.file is None else sorted(held.file.profiles)
        head = {"file": file, "profile": held.profile or None, "profiles": profiles, "precedence": PRECEDENCE}
        print_json({**head, "settings": [_record(each) for each in shown]})
        return
    results().print(_table(shown))
    for line in _told(shown):
        messages().print(line, markup=False)


show.params.append(profile_option())


def _record(each: Setting) -> dict[str, object]:
    known = each.known
    place = {"source": each.source, "place": each.place or None, "reference": each.reference or None}
    names = {"option": known.option or None, "variable": known.variable}
    return {"name": known.name, "of": known.owner or None, "value": _value(each), **place, **names}


def _value(each: Setting) -> str | None:
    if each.known.is_secret and each.value:
        return None
    return _IN_URL.sub("://\\1:***@", each.value) or None


def _table(shown: list[Setting]) -> Table:
    table = Table(*(Column(head, overflow="fold") for head in ("setting", "value", "from")))
    for each in shown:
        name = f"{each.known.owner}.{each.known.name}" if each.known.owner else each.known.name
        secret = "(a secret)" if each.known.is_secret and each.value else ""
        table.add_row(name, each.reference or secret or _value(each), f"{each.source} {each.place}".strip())
    return table


def _told(shown: list[Setting]) -> Iterator[str]:
    held = config()
    if held.file is None:
        yield "There is no jetbridge.toml in this folder or above."
    elif held.file.profiles:
        yield f"Profiles: {', '.join(sorted(held.file.profiles))}; in use: {held.profile or 'none'}."
    if not shown:
        yield "Nothing is set; --all shows what can be."
