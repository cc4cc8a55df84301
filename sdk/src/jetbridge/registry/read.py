"""What the registry holds."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, Select, and_, or_, select

from jetbridge.errors import UsageError
from jetbridge.idl import LAUNCH_PLAN, TASK, WORKFLOW
from jetbridge.registry.entity_id import KINDS, EntityId, Scope
from jetbridge.registry.rows import Registered, registered
from jetbridge.registry.tables import ACTIVE_LAUNCH_PLANS, ENTITIES
from jetbridge.suggest import did_you_mean

_COLUMNS = ENTITIES.columns
_AT_ONCE = 100
"""Entities asked for in one statement: databases limit its parameters."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """All versions of one entity, newest first.

    Attributes:
        active: The active version of a launch plan; empty where there is none.
        latest_at: When the newest version was registered.
    """

    kind: int
    scope: Scope
    name: str
    versions: tuple[str, ...]
    latest_at: datetime
    active: str = ""


def listed(connection: Connection, *, project: str = "", domain: str = "") -> tuple[Listed, ...]:
    """Every entity, by kind and name; of one project or domain where these are given."""
    query = (
        select(_COLUMNS.kind, _COLUMNS.project, _COLUMNS.domain, _COLUMNS.name, _COLUMNS.version, _COLUMNS.created_at)
        .order_by(_COLUMNS.kind, _COLUMNS.project, _COLUMNS.domain, _COLUMNS.name, _COLUMNS.id.desc())
        .where(*_conditions(project, domain))
    )
    active = active_versions(connection)
    groups: dict[tuple[int, Scope, str], list[tuple[str, datetime]]] = {}
    for kind, its_project, its_domain, name, version, created_at in connection.execute(query):
        groups.setdefault((kind, Scope(its_project, its_domain), name), []).append((version, created_at))
    return tuple(
        Listed(
            kind=kind,
            scope=scope,
            name=name,
            versions=tuple(version for version, _ in versions),
            latest_at=versions[0][1],
            active=active.get((scope, name), "") if kind == LAUNCH_PLAN else "",
        )
        for (kind, scope, name), versions in groups.items()
    )


def _conditions(project: str, domain: str) -> list[ColumnElement[bool]]:
    return [column == value for column, value in ((_COLUMNS.project, project), (_COLUMNS.domain, domain)) if value]


def active_versions(connection: Connection) -> Mapping[tuple[Scope, str], str]:
    """The active version of each launch plan that has one."""
    columns = ACTIVE_LAUNCH_PLANS.columns
    rows = connection.execute(select(columns.project, columns.domain, columns.name, columns.version))
    return {(Scope(project, domain), name): version for project, domain, name, version in rows}


def find(connection: Connection, ids: Iterable[EntityId]) -> Mapping[EntityId, Registered]:
    """Those of the entities that are registered."""
    wanted = sorted(set(ids))
    parts = [wanted[start : start + _AT_ONCE] for start in range(0, len(wanted), _AT_ONCE)]
    found = [registered(row) for part in parts for row in connection.execute(_query(part)).mappings()]
    return {each.id: each for each in found}


def _query(ids: Sequence[EntityId]) -> Select[tuple[object, ...]]:
    return select(ENTITIES).where(
        or_(
            *(
                and_(
                    _COLUMNS.project == each.scope.project,
                    _COLUMNS.domain == each.scope.domain,
                    _COLUMNS.kind == each.kind,
                    _COLUMNS.name == each.name,
                    _COLUMNS.version == each.version,
                )
                for each in ids
            )
        )
    )


def resolve(connection: Connection, scope: Scope, name: str, version: str = "", kinds: Sequence[int] = ()) -> EntityId:
    """The entity that a person means by a name: workflows before launch plans before tasks, the newest version.

    Args:
        connection: The registry.
        scope: Project and domain.
        name: The whole name, or its last part where that is enough.
        version: Empty for the active version of a launch plan, else the newest.
        kinds: The kinds to look for, the preferred one first; by default all.

    Raises:
        UsageError: nothing of that name or version is registered, or the short name means several.
    """
    entries = listed(connection, project=scope.project, domain=scope.domain)
    wanted = kinds or (WORKFLOW, LAUNCH_PLAN, TASK)
    matches = [each for kind in wanted for each in entries if each.kind == kind and _is_called(each.name, name)]
    names = sorted({each.name for each in matches})
    if len(names) > 1 and name not in names:
        raise UsageError(f"{name!r} means several in {scope}: {', '.join(names)}", hint="Give the whole name.")
    exact = [each for each in matches if each.name == name] or matches
    if not exact:
        known = sorted({each.name for each in entries if each.kind in wanted})
        raise UsageError(f"nothing called {name!r} is registered in {scope}", hint=did_you_mean(name, known))
    return _version(exact, scope, version)


def _is_called(registered_name: str, name: str) -> bool:
    return registered_name == name or registered_name.endswith(f".{name}")


def _version(entries: Sequence[Listed], scope: Scope, version: str) -> EntityId:
    if not version:
        chosen = entries[0]
        return EntityId(chosen.kind, scope, chosen.name, chosen.active or chosen.versions[0])
    for each in entries:
        if version in each.versions:
            return EntityId(each.kind, scope, each.name, version)
    first = entries[0]
    raise UsageError(
        f"{KINDS[first.kind]} {first.name!r} of {scope} has no version {version!r}",
        hint=did_you_mean(version, first.versions),
    )


def of_version(connection: Connection, scope: Scope, version: str) -> tuple[Registered, ...]:
    """All entities of one version, in the order of their packages."""
    query = (
        select(ENTITIES)
        .where(_COLUMNS.project == scope.project, _COLUMNS.domain == scope.domain, _COLUMNS.version == version)
        .order_by(_COLUMNS.id)
    )
    return tuple(registered(row) for row in connection.execute(query).mappings())
