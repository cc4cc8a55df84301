"""What an entity refers to, and everything that it reaches in the registry."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from sqlalchemy import Connection

from jetbridge.idl import LAUNCH_PLAN, TASK, WORKFLOW, Identifier
from jetbridge.idl_admin import LaunchPlan, TaskSpec, WorkflowSpec
from jetbridge.package import Entity, Package
from jetbridge.registry.entity_id import EntityId, Scope, entity_id
from jetbridge.registry.identifiers import identifiers
from jetbridge.registry.read import find

KNOWN_KINDS = (TASK, WORKFLOW, LAUNCH_PLAN)


def references(entity: Entity) -> Iterator[EntityId]:
    """What else an entity with complete identifiers names; sub-workflows that it holds itself do not count."""
    held = {_id(each.id) for each in entity.sub_workflows} if isinstance(entity, WorkflowSpec) else set[EntityId]()
    for identifier in identifiers(entity):
        named = _id(identifier)
        if named not in held and named != entity_id(entity) and named.kind in KNOWN_KINDS:
            yield named


def _id(identifier: Identifier) -> EntityId:
    scope = Scope(identifier.project, identifier.domain)
    return EntityId(identifier.resource_type, scope, identifier.name, identifier.version)


def reached(connection: Connection, entities: Iterable[Entity]) -> tuple[tuple[Entity, ...], tuple[EntityId, ...]]:
    """All that the entities refer to, at any depth, from the registry; and what is not registered.

    What is among the entities themselves is not looked for.
    """
    known: dict[EntityId, Entity] = {entity_id(entity): entity for entity in entities}
    own, missing = set(known), set[EntityId]()
    waiting = set(_open(known.values(), known, missing))
    while waiting:
        found = {each: held.entity for each, held in find(connection, waiting).items()}
        missing |= waiting - found.keys()
        known |= found
        waiting = set(_open(found.values(), known, missing))
    others = tuple(entity for each, entity in sorted(known.items(), key=lambda item: item[0]) if each not in own)
    return others, tuple(sorted(missing))


def _open(entities: Iterable[Entity], known: dict[EntityId, Entity], missing: set[EntityId]) -> Iterator[EntityId]:
    for entity in entities:
        yield from (each for each in references(entity) if each not in known and each not in missing)


def package_of(entities: Iterable[Entity]) -> Package:
    """Entities as a package holds them."""
    held = tuple(entities)
    return Package(
        tuple(each for each in held if isinstance(each, TaskSpec)),
        tuple(each for each in held if isinstance(each, WorkflowSpec)),
        tuple(each for each in held if isinstance(each, LaunchPlan)),
    )
