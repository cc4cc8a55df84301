"""Which version of a launch plan is active: at most one, as on Flyte."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, delete
from sqlalchemy.dialects import postgresql, sqlite

from jetbridge.registry.entity_id import EntityId
from jetbridge.registry.tables import ACTIVE_LAUNCH_PLANS

_INSERTS = {"sqlite": sqlite.insert, "postgresql": postgresql.insert}


def activate(connection: Connection, launch_plan: EntityId, now: datetime) -> None:
    """Makes this version of a launch plan the active one, in place of any other."""
    values = {"version": launch_plan.version, "activated_at": now}
    key = {"project": launch_plan.scope.project, "domain": launch_plan.scope.domain, "name": launch_plan.name}
    insert = _INSERTS[connection.dialect.name](ACTIVE_LAUNCH_PLANS).values(key | values)
    connection.execute(insert.on_conflict_do_update(index_elements=list(key), set_=values))


def deactivate(connection: Connection, launch_plan: EntityId) -> bool:
    """Takes the launch plan's active version away; False where that was another one or none."""
    columns = ACTIVE_LAUNCH_PLANS.columns
    done = connection.execute(
        delete(ACTIVE_LAUNCH_PLANS).where(
            columns.project == launch_plan.scope.project,
            columns.domain == launch_plan.scope.domain,
            columns.name == launch_plan.name,
            columns.version == launch_plan.version,
        )
    )
    return done.rowcount > 0
