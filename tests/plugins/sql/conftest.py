"""The databases that statements run on: SQLite and DuckDB as files, and a PostgreSQL of the tests' own."""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass
from pathlib import Path

import pytest

from jetbridge import Secret
from jetbridge_plugins.sql import SQLConfig
from tests.postgresql import PostgreSQL, postgresql

DATABASES = ("sqlite", "duckdb", "postgresql")


@dataclass(frozen=True, slots=True)
class Database:
    """A database by its dialect, and how a task reaches it."""

    dialect: str
    config: SQLConfig


@pytest.fixture(scope="session")
def server() -> Generator[PostgreSQL]:
    with postgresql() as started:
        yield started


@pytest.fixture(params=DATABASES)
def database(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Database:
    dialect = str(request.param)
    if dialect != "postgresql":
        return Database(dialect, SQLConfig(uri=f"{dialect}:///{tmp_path}/birds.{dialect}"))
    server: PostgreSQL = request.getfixturevalue("server")
    monkeypatch.setenv("_FSEC_WAREHOUSE_PASSWORD", server.password)
    secret = Secret(group="warehouse", key="password")
    uri = f"postgresql+psycopg://{server.user}@{server.host}:{server.port}/postgres"
    return Database(dialect, SQLConfig(uri=uri, secret_connect_args={"password": secret}))
