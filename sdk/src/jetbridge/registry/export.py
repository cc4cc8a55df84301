"""Back from the registry: packages, and closures to run."""

from __future__ import annotations

from sqlalchemy import Connection

from jetbridge.errors import UsageError
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


def closure_of(connection: Connection, launchable: EntityId) -> Closure:
    """The checked closure of a registered workflow or launch plan, with all that it refers to.

    Raises:
        CompileError: what is registered does not fit together.
    """
    entity = find(connection, [launchable])[launchable].entity
    others, _ = reached(connection, [entity])
    return closure_from_package(package_of([entity, *others]), launchable.name)
