"""Registration: all of a package or nothing, and a version never changes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, Engine
from sqlalchemy.dialects import postgresql, sqlite

from jetbridge.errors import CompileError, Problem, RegistrationError
from jetbridge.package import Entity, Package, entity_name
from jetbridge.package_closure import closure_from_package, launchable_names
from jetbridge.registry.differences import differences
from jetbridge.registry.entity_id import EntityId, Scope, entity_id
from jetbridge.registry.identifiers import completed
from jetbridge.registry.read import find
from jetbridge.registry.references import package_of, reached
from jetbridge.registry.rows import row_of
from jetbridge.registry.tables import ENTITIES

_INSERTS = {"sqlite": sqlite.insert, "postgresql": postgresql.insert}
_MOST_DIFFERENCES = 10


@dataclass(frozen=True, slots=True)
class Registration:
    """What a registration did.

    Attributes:
        new: What is registered now and was not before.
        unchanged: What was registered before with the same content.
    """

    new: tuple[EntityId, ...]
    unchanged: tuple[EntityId, ...]


def register(engine: Engine, package: Package, scope: Scope, version: str, now: datetime) -> Registration:
    """Registers a package under a project, a domain and a version.

    Args:
        engine: The registry's database (`open_registry`).
        package: What to register.
        scope: Project and domain.
        version: The version of everything in the package that has none of its own.
        now: The time that is written down.

    Raises:
        RegistrationError: the version holds something else, a reference leads nowhere, or a workflow has errors
            beside what is registered. Nothing is registered then.
    """
    entities = tuple(completed(each, scope, version) for each in _entities(package))
    with engine.begin() as connection:
        others, missing = reached(connection, entities)
        problems = [*_missing(missing)] or [*_broken(entities, others)]
        if problems:
            raise RegistrationError(f"version {version!r} cannot be registered in {scope}:", problems)
        return _write(connection, entities, scope, version, now)


def _entities(package: Package) -> Iterator[Entity]:
    yield from package.tasks
    yield from package.workflows
    yield from package.launch_plans


def _missing(missing: Iterable[EntityId]) -> Iterator[Problem]:
    for each in missing:
        yield Problem(
            code="ReferenceNotFound",
            message=f"{each} is referred to, and is not registered",
            hint="Register it first, or correct the reference.",
        )


def _broken(entities: Sequence[Entity], others: Sequence[Entity]) -> Iterator[Problem]:
    """Problems of the workflows beside what they refer to."""
    together = package_of([*entities, *others])
    names = Counter((type(each), entity_name(each)) for each in (*entities, *others))
    twice = sorted(name for (_, name), number in names.items() if number > 1)
    if twice:
        message = f"two versions of {twice[0]!r} would run in one workflow"
        yield Problem(code="TwoVersions", message=message, hint="Refer to one version of it.")
        return
    found = [problem for name in launchable_names(package_of(entities)) for problem in _problems(together, name)]
    yield from dict.fromkeys(found)


def _problems(package: Package, name: str) -> tuple[Problem, ...]:
    try:
        closure_from_package(package, name)
    except CompileError as error:
        return error.problems
    return ()


def _write(
    connection: Connection, entities: Sequence[Entity], scope: Scope, version: str, now: datetime
) -> Registration:
    """Inserts what is not there, in one order for all writers, so that two of them wait and never lock each other."""
    positions = {entity_id(entity): (index, entity) for index, entity in enumerate(entities)}
    rows = ((own, row_of(entity, index, now)) for own, (index, entity) in sorted(positions.items(), key=_own))
    new = {own for own, row in rows if _insert(connection, row)}
    after = find(connection, positions)
    problems = [
        problem
        for own, (_, entity) in positions.items()
        if after[own].entity != entity
        for problem in _changes(own, after[own].entity, entity)
    ]
    if problems:
        raise RegistrationError(f"version {version!r} of {scope} holds something else:", problems)
    return Registration(
        tuple(own for own in positions if own in new), tuple(own for own in positions if own not in new)
    )


def _own(item: tuple[EntityId, object]) -> EntityId:
    return item[0]


def _insert(connection: Connection, row: Mapping[str, object]) -> bool:
    """Whether the row is new. A writer that meets another one's waits until that one has ended."""
    insert = _INSERTS[connection.dialect.name](ENTITIES).values(row)
    return connection.execute(insert.on_conflict_do_nothing().returning(ENTITIES.columns.id)).first() is not None


def _changes(own: EntityId, before: Entity, after: Entity) -> Iterator[Problem]:
    found = differences(before, after)
    for each in found[:_MOST_DIFFERENCES]:
        yield Problem(
            code="VersionExists",
            message=str(each),
            where=str(own),
            hint="A version never changes: register under another one (`--version`).",
        )
    if len(found) > _MOST_DIFFERENCES:
        yield Problem(code="VersionExists", message=f"{len(found) - _MOST_DIFFERENCES} more", where=str(own))
