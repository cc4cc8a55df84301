"""What Alembic runs: it gets an open connection, and changes the tables in that connection's transaction."""

from __future__ import annotations

from alembic import context

from jetbridge.registry.tables import METADATA

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=METADATA,
    transactional_ddl=True,
)
context.run_migrations()
