"""The tables of the registry. `migrations/versions` makes them; a test demands that both agree."""

from __future__ import annotations

from sqlalchemy import Column, DateTime, Integer, LargeBinary, MetaData, String, Table, UniqueConstraint

METADATA = MetaData()

ENTITIES = Table(
    "entities",
    METADATA,
    Column("id", Integer, primary_key=True),
    Column("kind", Integer, nullable=False),
    Column("project", String, nullable=False),
    Column("domain", String, nullable=False),
    Column("name", String, nullable=False),
    Column("version", String, nullable=False),
    Column("position", Integer, nullable=False),
    Column("digest", String(64), nullable=False),
    Column("content", LargeBinary, nullable=False),
    Column("created_at", DateTime(timezone=True), nullable=False),
    UniqueConstraint("project", "domain", "kind", "name", "version", name="one_content_a_version"),
)
"""Each registered version: the FlyteIDL message (`content`), its SHA-256, and its place in the package."""

ACTIVE_LAUNCH_PLANS = Table(
    "active_launch_plans",
    METADATA,
    Column("project", String, primary_key=True),
    Column("domain", String, primary_key=True),
    Column("name", String, primary_key=True),
    Column("version", String, nullable=False),
    Column("activated_at", DateTime(timezone=True), nullable=False),
)
"""Flyte's rule: of each launch plan at most one version is active."""

RUNS = Table(
    "runs",
    METADATA,
    Column("id", Integer, primary_key=True),
    Column("name", String, nullable=False, unique=True),
    Column("workflow", String, nullable=False),
    Column("project", String, nullable=False),
    Column("domain", String, nullable=False),
    Column("version", String, nullable=False),
    Column("target", String, nullable=False),
    Column("backend", String, nullable=False),
    Column("run_root", String, nullable=False),
    Column("recovers", String, nullable=False),
    Column("state", String, nullable=False),
    Column("error", String, nullable=False),
    Column("started_by", String, nullable=False),
    Column("started_at", DateTime(timezone=True), nullable=False),
    Column("ended_at", DateTime(timezone=True), nullable=True),
)
"""Each run that a verb has started, by its name. Its data, its plan and its settings lie below `run_root`."""
