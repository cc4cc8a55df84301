"""Running a statement on the worker, by SQLAlchemy: parameters bound, the result as the task's outputs."""

from __future__ import annotations

import os
import re
from collections.abc import Generator, Mapping
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

from jetbridge.errors import FlyteRecoverableException, UsageError
from jetbridge.runtime.context import current_context
from jetbridge_plugins.sql.connection import dialect_of
from jetbridge_plugins.sql.database import CONNECT_ARGS, URI, query_of, secrets_of
from jetbridge_plugins.sql.interface import check_inputs, interface_of
from jetbridge_plugins.sql.query import Query
from jetbridge_plugins.sql.resolver import StatementResolver

if TYPE_CHECKING:
    from sqlalchemy import Connection, Engine

RESOLVER = "jetbridge_plugins.sql.run.resolver"
URI_VARIABLE = "JETBRIDGE_SQL_URI"
"""The environment variable with a URL that an engine knows, credentials and all, in place of the task's own."""

_SELECTS = re.compile(r"\s*(SELECT|VALUES|TABLE)\b", re.IGNORECASE)
_SPOOL = "sql-rows"


def run_query(query: Query, **values: Any) -> Any:
    """Runs a statement in a transaction, and gives the task's outputs.

    Raises:
        JetbridgeError: the statement, its values or its result are not what they must be.
        FlyteRecoverableException: the database cannot be reached.
    """
    from sqlalchemy.exc import DBAPIError

    from jetbridge_plugins.sql.binding import bound
    from jetbridge_plugins.sql.failure import explained
    from jetbridge_plugins.sql.results import outputs_of
    from jetbridge_plugins.sql.rows import CursorRows

    check_inputs(query.interface)
    types = {name: each.python_type for name, each in interface_of(query.interface).inputs.items()}
    with _connection(query) as connection:
        clause = bound(query.statement, values, types, connection.dialect)
        # A cursor on the server takes a plain SELECT alone; the others give few rows.
        streams = bool(_SELECTS.match(str(query.statement.pieces[0])))
        try:
            with closing(connection.execution_options(stream_results=streams).execute(clause)) as result:
                folder = Path(current_context().working_directory) / _SPOOL
                return outputs_of(CursorRows(result, connection.dialect.name), query.interface, folder)
        except DBAPIError as error:
            raise explained(query.name, error) from None


@contextmanager
def _connection(query: Query) -> Generator[Connection]:
    """A connection with a transaction, which is committed when the block ends, and taken back when it raises."""
    from sqlalchemy import event

    from jetbridge_plugins.sql.failure import note_cursor

    engine = _engine(query)
    event.listen(engine, "handle_error", note_cursor)
    try:
        connection = _connected(engine, query)
        with connection, connection.begin():
            yield connection
    finally:
        engine.dispose()


def _connected(engine: Engine, query: Query) -> Connection:
    from sqlalchemy.exc import DBAPIError

    try:
        return engine.connect()
    except DBAPIError as error:
        message = f"{query.name!r} does not reach its database {engine.url.render_as_string()}: {error.orig}"
        raise FlyteRecoverableException(message) from None


def _engine(query: Query) -> Engine:
    from sqlalchemy import create_engine
    from sqlalchemy.exc import ArgumentError, NoSuchModuleError
    from sqlalchemy.pool import NullPool

    uri = os.environ.get(URI_VARIABLE) or query.options[URI]
    arguments = {**query.options.get(CONNECT_ARGS, {}), **_secrets(query)}
    try:
        return create_engine(uri, connect_args=arguments, poolclass=NullPool)
    except ImportError as error:
        _refuse(f"the driver of {dialect_of(uri)!r} is not installed: {error}")
    except (ArgumentError, NoSuchModuleError) as error:
        _refuse(f"SQLAlchemy cannot use the URI of {query.name!r}: {error}")


def _refuse(message: str) -> NoReturn:
    hint = "Install the database's SQLAlchemy dialect and driver in the task's image, such as psycopg or duckdb-engine."
    raise UsageError(message, hint=hint) from None


def _secrets(query: Query) -> Mapping[str, str]:
    """The values of secrets; none where the engine's own URL holds them."""
    if os.environ.get(URI_VARIABLE):
        return {}
    secrets = current_context().secrets
    return {name: secrets.get(each.group, each.key, each.group_version) for name, each in secrets_of(query).items()}


resolver = StatementResolver(run_query, query_of)
