"""A database that SQLAlchemy reaches, in a task's `custom` under flytekit's keys and in a query's options."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from google.protobuf.json_format import MessageToDict

from jetbridge.idl import TaskTemplate
from jetbridge.secret import Secret
from jetbridge_plugins.sql.connection import secret_from_dict
from jetbridge_plugins.sql.query import Query
from jetbridge_plugins.sql.statement import parse

URI, CONNECT_ARGS, SECRETS = "uri", "connect_args", "secret_connect_args"


def query_of(template: TaskTemplate) -> Query:
    """The query of a task: FlyteIDL's sql target, or flytekit's `query_template` in the custom.

    Raises:
        StatementError: the statement cannot be run as it stands.
    """
    custom = MessageToDict(template.custom)
    statement = template.sql.statement or custom.get("query_template") or ""
    return Query(
        name=template.id.name,
        statement=parse(statement, template.interface.inputs.variables),
        interface=template.interface,
        options=options_of(custom),
    )


def options_of(custom: Mapping[str, Any]) -> dict[str, Any]:
    """The database of a `custom`, without what is not given."""
    secrets: Mapping[str, Mapping[str, Any]] = custom.get(SECRETS) or {}
    return {
        URI: custom.get(URI) or "",
        CONNECT_ARGS: custom.get(CONNECT_ARGS) or {},
        SECRETS: {name: {key: value for key, value in entry.items() if value} for name, entry in secrets.items()},
    }


def secrets_of(query: Query) -> dict[str, Secret]:
    """What the driver is told that nobody else may read."""
    return {name: secret_from_dict(entry) for name, entry in query.options.get(SECRETS, {}).items()}
