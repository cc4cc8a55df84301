"""`jetbridge activate`: which version of a launch plan is the active one."""

from __future__ import annotations

from datetime import UTC, datetime

import click

from jetbridge.cli.console import messages, print_json
from jetbridge.cli.options import json_option
from jetbridge.cli.registry.options import reading, registry_option, scope_options
from jetbridge.errors import UsageError
from jetbridge.idl import LAUNCH_PLAN
from jetbridge.registry.activate import activate, deactivate
from jetbridge.registry.entity_id import Scope, parse_reference
from jetbridge.registry.read import resolve


@click.command("activate", short_help="Make one version of a launch plan the active one.")
@click.argument("name", metavar="NAME@VERSION")
@scope_options
@click.option("--off", is_flag=True, help="Take the activity away: no version is active then.")
@registry_option
@json_option
def command(name: str, project: str, domain: str, off: bool, url: str, as_json: bool) -> None:
    """Make a version of a launch plan the active one: the one that is meant where no version is given.

    At most one version is active, as on Flyte; the one before is not any more.

    \b
    Example:
      jetbridge activate shop.nightly@v2 --project shop --domain production
    """
    reference = parse_reference(name, Scope(project, domain))
    if not reference.version:
        raise UsageError(f"{name!r} has no version", hint="Give NAME@VERSION; `jetbridge list` shows the versions.")
    with reading(url) as connection:
        plan = resolve(connection, reference.scope, reference.name, reference.version, (LAUNCH_PLAN,))
        if not off:
            activate(connection, plan, datetime.now(UTC))
        elif not deactivate(connection, plan):
            raise UsageError(f"{plan} is not active", hint="`jetbridge list` shows which version is.")
    if as_json:
        print_json({"launch_plan": plan.name, "version": plan.version, "active": not off})
        return
    messages().print(f"{plan} is {'not active any more' if off else 'active'}.")
