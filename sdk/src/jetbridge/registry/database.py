"""The registry's database: an SQLAlchemy URL, SQLite by default, made and brought up to date when it is opened."""

from __future__ import annotations

import os
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import Connection, Engine, create_engine, event, inspect, make_url, text
from sqlalchemy.engine import URL
from sqlalchemy.exc import ArgumentError, DBAPIError, NoSuchModuleError

from jetbridge.errors import DatabaseError, UsageError

_MIGRATION_LOCK = 4_170_251_907
"""Any number that only the migrations of this registry take: PostgreSQL's advisory locks have no names."""
_BUSY_SECONDS = 60
REVISION = "0002"
"""The newest of `migrations/versions`; a test compares them."""


def default_url() -> str:
    """`JETBRIDGE_REGISTRY`, else a SQLite file among the user's data."""
    given = os.environ.get("JETBRIDGE_REGISTRY", "")
    base = Path(os.environ.get("XDG_DATA_HOME") or Path.home() / ".local/share")
    return given or f"sqlite:///{base / 'jetbridge' / 'registry.db'}"


@contextmanager
def open_registry(url: str) -> Generator[Engine]:
    """The database of a URL with today's tables; closed at the end.

    Raises:
        UsageError: the URL is none, or its driver is not installed.
        DatabaseError: the database cannot be reached, or a newer Jetbridge has changed it.
    """
    parsed = _parse(url)
    engine = _engine(parsed)
    try:
        _migrate(engine)
        yield engine
    except DBAPIError as error:
        raise _failed(parsed, error) from error
    finally:
        engine.dispose()


def _failed(parsed: URL, error: DBAPIError) -> DatabaseError:
    return DatabaseError(
        f"the registry {_shown(parsed)} failed: {str(error.orig).strip()}",
        hint="Check the URL in JETBRIDGE_REGISTRY, and that the database runs and lets you in.",
    )


def revision(url: str) -> str | None:
    """The revision of a database's tables; None where it has none. Nothing is made. Raises like `open_registry`."""
    parsed = _parse(url)
    if parsed.get_backend_name() == "sqlite" and parsed.database and not Path(parsed.database).exists():
        return None
    engine = _engine(parsed)
    try:
        with engine.connect() as connection:
            return _revision(connection)
    except DBAPIError as error:
        raise _failed(parsed, error) from error
    finally:
        engine.dispose()


def shown_url(url: str) -> str:
    """A URL without its password. Raises `UsageError` when it is none."""
    return _shown(_parse(url))


def _parse(url: str) -> URL:
    try:
        parsed = make_url(url)
    except ArgumentError as error:
        raise UsageError(
            f"the registry's URL cannot be read: {error}",
            hint="For example `sqlite:///registry.db` or `postgresql+psycopg://user@host/database`.",
        ) from error
    if parsed.drivername == "postgresql":
        return parsed.set(drivername="postgresql+psycopg")
    return parsed


def _engine(url: URL) -> Engine:
    if url.get_backend_name() == "sqlite" and url.database:
        Path(url.database).parent.mkdir(parents=True, exist_ok=True)
    try:
        engine = create_engine(url, connect_args=_ARGUMENTS.get(url.get_backend_name(), {}))
    except NoSuchModuleError as error:
        raise UsageError(f"there is no database {url.drivername!r}", hint="Use `sqlite` or `postgresql`.") from error
    except ModuleNotFoundError as error:
        raise UsageError(
            f"{url.drivername!r} needs the module {error.name!r}, which is not installed",
            hint="pip install 'jetbridge[postgresql]'",
        ) from error
    if engine.dialect.name == "sqlite":
        event.listen(engine, "begin", _begin_as_writer)
    return engine


_ARGUMENTS: dict[str, dict[str, object]] = {
    "sqlite": {"timeout": _BUSY_SECONDS, "isolation_level": None},
    "postgresql": {"connect_timeout": 10},
}


def _begin_as_writer(connection: Connection) -> None:
    """Writers of one SQLite file wait for each other from their first statement on, and never fail half way."""
    connection.exec_driver_sql("BEGIN IMMEDIATE")


def _migrate(engine: Engine) -> None:
    """Brings the tables up to date. Alembic is loaded only for tables that are not of today: it takes a while."""
    if _is_current(engine):
        return
    from alembic import command
    from alembic.config import Config
    from alembic.util.exc import CommandError

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    try:
        with engine.begin() as connection:
            if engine.dialect.name == "postgresql":
                connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _MIGRATION_LOCK})
            config.attributes["connection"] = connection
            command.upgrade(config, "head")
    except CommandError as error:
        raise DatabaseError(
            f"the registry's tables are not of this version of Jetbridge: {error}",
            hint="Upgrade Jetbridge: pip install --upgrade jetbridge",
        ) from error


def _is_current(engine: Engine) -> bool:
    with engine.connect() as connection:
        return _revision(connection) == REVISION


def _revision(connection: Connection) -> str | None:
    if not inspect(connection).has_table("alembic_version"):
        return None
    return connection.execute(text("SELECT version_num FROM alembic_version")).scalar()


def _shown(url: URL) -> str:
    return url.render_as_string(hide_password=True)
