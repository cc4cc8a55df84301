"""The database: made on first use, the same tables by migration and by definition, clear errors."""

from __future__ import annotations

from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Engine, text

from jetbridge.errors import DatabaseError, UsageError
from jetbridge.registry.database import default_url, open_registry
from jetbridge.registry.tables import METADATA


def test_migrations_make_the_defined_tables(engine: Engine) -> None:
    with engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), METADATA) == []


def test_a_newer_database_is_refused(url: str) -> None:
    with open_registry(url) as engine, engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(DatabaseError, match="not of this version") as caught, open_registry(url):
        pass
    assert "Upgrade" in caught.value.hint


@pytest.mark.parametrize("url", ["nonsense", "mysterysql://host/x"])
def test_a_url_of_no_database_is_refused(url: str) -> None:
    with pytest.raises(UsageError), open_registry(url):
        pass


def test_a_server_that_is_away_is_said_without_its_password() -> None:
    with pytest.raises(DatabaseError, match="failed") as caught, open_registry("postgresql://me:hidden@127.0.0.1:1/x"):
        pass
    assert "hidden" not in str(caught.value)


def test_a_file_that_is_no_database_is_refused(tmp_path: Path) -> None:
    (tmp_path / "registry.db").write_text("not a database, " * 100)
    with pytest.raises(DatabaseError, match="not a database"), open_registry(f"sqlite:///{tmp_path}/registry.db"):
        pass


def test_the_default_is_a_file_of_the_user(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv("JETBRIDGE_REGISTRY", raising=False)
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    assert default_url() == f"sqlite:///{tmp_path}/jetbridge/registry.db"
    with open_registry(default_url()):
        assert (tmp_path / "jetbridge" / "registry.db").is_file()
    monkeypatch.setenv("JETBRIDGE_REGISTRY", "sqlite:///elsewhere.db")
    assert default_url() == "sqlite:///elsewhere.db"
