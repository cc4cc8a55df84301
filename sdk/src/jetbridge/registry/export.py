"""Back from the registry: packages, and closures to run."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection

from jetbridge.errors import CompileError, Problem, UsageError
from jetbridge.package import Entity
from jetbridge.package_closure import closure_from_package
from jetbridge.registry.entity_id import EntityId, Scope
from jetbridge.registry.identifiers import opened
from jetbridge.registry.read import find, of_version
from jetbridge.registry.references import package_of, reached
from jetbridge.serialize.closure import Closure


def exported(connection: Connection, scope: Scope, version: str) -> list[Entity]:
    """What was registered under a version, as a package holds it. Raises `UsageError` where there is nothing."""
    held = of_version(connection, scope, version)
    if not held:
        raise UsageError(
            f"nothing of version {version!r} is registered in {scope}", hint="`jetbridge list` shows what is."
        )
    in_order = sorted(held, key=lambda each: (each.id.kind, each.position))
    return [opened(each.entity, scope, version) for each in in_order]


def closure_with_references(connection: Connection, entities: Sequence[Entity], name: str) -> Closure:
    """The checked closure of a workflow that is not registered itself, with the registered entities it refers to.

    Args:
        connection: The registry.
        entities: The workflow and all that it holds, as a package would.
        name: The workflow or launch plan among them.

    Raises:
        CompileError: what it refers to is not registered or does not fit; all at once.
    """
    others, missing = reached(connection, entities)
    if missing:
        raise CompileError(f"{name!r} refers to what is not registered:", [_missing(each) for each in missing])
    return closure_from_package(package_of([*entities, *others]), name)


def _missing(named: EntityId) -> Problem:
    return Problem(
        code="ReferenceNotFound",
        message=f"{named} is not registered",
        hint="Register it (`jetbridge register`), set JETBRIDGE_REGISTRY to where it is, or correct the reference.",
    )


def closure_of(connection: Connection, launchable: EntityId) -> Closure:
    """The checked closure of a registered workflow or launch plan, with all that it refers to.

    Raises:
        CompileError: what is registered does not fit together.
    """
    entity = find(connection, [launchable])[launchable].entity
    others, _ = reached(connection, [entity])
    return closure_from_package(package_of([entity, *others]), launchable.name)
