"""Entities as rows, and back."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import RowMapping

from jetbridge.idl import LAUNCH_PLAN, TASK, WORKFLOW
from jetbridge.idl_admin import LaunchPlan, TaskSpec, WorkflowSpec
from jetbridge.package import Entity
from jetbridge.registry.entity_id import EntityId, Scope, entity_id

_TYPES: dict[int, type[Entity]] = {TASK: TaskSpec, WORKFLOW: WorkflowSpec, LAUNCH_PLAN: LaunchPlan}


@dataclass(frozen=True, slots=True)
class Registered:
    """An entity as it is registered.

    Attributes:
        id: Its full name.
        entity: The FlyteIDL message, with complete identifiers.
        position: Its place in the package that brought it.
        created_at: When it was registered; None before it is.
    """

    id: EntityId
    entity: Entity
    position: int = 0
    created_at: datetime | None = None


def row_of(entity: Entity, position: int, now: datetime) -> dict[str, Any]:
    """The columns of an entity whose identifiers are complete."""
    own = entity_id(entity)
    content = entity.SerializeToString(deterministic=True)
    return {
        "kind": own.kind,
        "project": own.scope.project,
        "domain": own.scope.domain,
        "name": own.name,
        "version": own.version,
        "position": position,
        "digest": hashlib.sha256(content).hexdigest(),
        "content": content,
        "created_at": now,
    }


def registered(columns: RowMapping) -> Registered:
    """The entity of a row."""
    own = EntityId(columns["kind"], Scope(columns["project"], columns["domain"]), columns["name"], columns["version"])
    entity = _TYPES[own.kind].FromString(columns["content"])
    return Registered(own, entity, columns["position"], columns["created_at"])
