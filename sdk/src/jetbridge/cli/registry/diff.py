"""`jetbridge diff`: what changed between two registered versions."""

from __future__ import annotations

from dataclasses import dataclass

import click
from rich.text import Text
from sqlalchemy import Connection

from jetbridge.cli.console import messages, print_json, results
from jetbridge.cli.options import json_option
from jetbridge.cli.registry.options import reading, registry_option, scope_options
from jetbridge.package import Entity
from jetbridge.registry.differences import Difference, differences
from jetbridge.registry.entity_id import KINDS, EntityId, Scope, entity_id
from jetbridge.registry.identifiers import opened
from jetbridge.registry.read import find, resolve
from jetbridge.registry.references import reached


@dataclass(frozen=True, slots=True)
class Changed:
    """An entity that two versions have differently; `only_in` is set where one of them lacks it."""

    name: str
    only_in: str = ""
    fields: tuple[Difference, ...] = ()


@click.command("diff", short_help="Show what changed between two registered versions.")
@click.argument("name")
@click.argument("before", metavar="VERSION1")
@click.argument("after", metavar="VERSION2")
@scope_options
@registry_option
@json_option
def command(name: str, before: str, after: str, project: str, domain: str, url: str, as_json: bool) -> None:
    """Show what differs between two versions of NAME, and of all that it refers to.

    \b
    Example:
      jetbridge diff shop.sell v1 v2
    """
    scope = Scope(project, domain)
    with reading(url) as connection:
        one, other = (_whole(connection, resolve(connection, scope, name, version)) for version in (before, after))
    changed = [*_changed(one, other, before, after)]
    if as_json:
        print_json([_record(each) for each in changed])
    elif changed:
        results().print(Text("\n").join(_text(each) for each in changed))
    else:
        messages().print(f"{name}: {before} and {after} are the same.")


def _whole(connection: Connection, own: EntityId) -> dict[str, Entity]:
    """The entity and all that it refers to, by kind and name, without the version that they share."""
    entity = find(connection, [own])[own].entity
    others, _ = reached(connection, [entity])
    return {_name(each): opened(each, own.scope, own.version) for each in (entity, *others)}


def _name(entity: Entity) -> str:
    own = entity_id(entity)
    return f"{KINDS[own.kind]} {own.name}"


def _changed(one: dict[str, Entity], other: dict[str, Entity], before: str, after: str) -> list[Changed]:
    names = dict.fromkeys([*one, *other])
    both = (Changed(name, "", differences(one[name], other[name])) for name in names if name in one and name in other)
    alone = (Changed(name, before if name in one else after) for name in names if (name in one) != (name in other))
    return [*(each for each in both if each.fields), *alone]


def _text(changed: Changed) -> Text:
    head = f"{changed.name}: only in {changed.only_in}" if changed.only_in else changed.name
    return Text("\n").join([Text(head, style="bold"), *(Text(f"  {field}") for field in changed.fields)])


def _record(changed: Changed) -> dict[str, object]:
    fields = [{"field": each.path, "before": each.before, "after": each.after} for each in changed.fields]
    return {"entity": changed.name, "only_in": changed.only_in or None, "fields": fields}
