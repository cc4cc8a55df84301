"""Statements on a database that SQLAlchemy reaches: FlyteIDL's sql target, and flytekit's SQLAlchemy tasks."""

from __future__ import annotations

from jetbridge.idl import TaskTemplate
from jetbridge_plugins.sql.connection import check_connection, dialect_of
from jetbridge_plugins.sql.database import CONNECT_ARGS, URI, query_of, secrets_of
from jetbridge_plugins.sql.interface import check_inputs, interface_of
from jetbridge_plugins.sql.resolver import STATEMENT
from jetbridge_plugins.sql.run import RESOLVER, URI_VARIABLE
from jetbridge_plugins.sql.work import pieces, runner
from jetbridge_translators.handler import BuildContext, TaskHandler
from jetbridge_translators.work import SqlWork


def build_resource(template: TaskTemplate, context: BuildContext) -> SqlWork:
    """The statement of a task. Raises `JetbridgeError` for a statement, types or a connection that cannot be used."""
    query = query_of(template)
    uri, secrets = query.options[URI], secrets_of(query)
    check_connection(f"task {query.name!r}", uri, query.options[CONNECT_ARGS])
    check_inputs(query.interface)
    interface_of(query.interface)
    loader_args = [STATEMENT, query.name, query.to_json()]
    return SqlWork(
        dialect=dialect_of(uri),
        statement=pieces(query.statement),
        connection=template.custom.fields["connection"].string_value if "connection" in template.custom.fields else "",
        uri_variable=URI_VARIABLE,
        needs_secret=bool(secrets),
        runner=runner(template, context, RESOLVER, loader_args, secrets.values()),
    )


HANDLER = TaskHandler(
    build_resource=build_resource, shapes=(SqlWork,), summary="statements on any database that SQLAlchemy reaches"
)
