"""Databases for the tests: every test of the registry runs on SQLite and on a real PostgreSQL."""

from __future__ import annotations

from collections.abc import Generator, Iterator
from itertools import count
from pathlib import Path

import pytest
from sqlalchemy import Engine

from jetbridge.registry.database import open_registry
from tests.postgresql import PostgreSQL, postgresql


@pytest.fixture(scope="session")
def server() -> Iterator[PostgreSQL]:
    with postgresql() as running:
        yield running


_NUMBERS = count()


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The URL of an empty database."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'registry.db'}"
    server: PostgreSQL = request.getfixturevalue("server")
    return server.database(f"registry{next(_NUMBERS)}")


@pytest.fixture
def engine(url: str) -> Generator[Engine]:
    with open_registry(url) as opened:
        yield opened
