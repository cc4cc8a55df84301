"""Running a statement on Amazon Athena by boto3: parameters bound by Athena, the result as the task's outputs."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from google.protobuf.json_format import MessageToDict

from jetbridge.errors import FlyteRecoverableException
from jetbridge.idl import TaskTemplate
from jetbridge.runtime.context import current_context
from jetbridge_plugins.sql.binding import as_text, identifier
from jetbridge_plugins.sql.clients import load_client
from jetbridge_plugins.sql.failure import QueryError
from jetbridge_plugins.sql.interface import check_inputs
from jetbridge_plugins.sql.query import Query
from jetbridge_plugins.sql.resolver import StatementResolver
from jetbridge_plugins.sql.statement import Parameter, excerpt, parse

RESOLVER = "jetbridge_plugins.athena.run.resolver"
_LAST = ("SUCCEEDED", "FAILED", "CANCELLED")
_FIRST_WAIT, _LONGEST_WAIT = 0.25, 5.0
_PLACE = re.compile(r"\bline (\d+):(\d+)")


def query_of(template: TaskTemplate) -> Query:
    """The query of a task. Raises `StatementError` for a statement that cannot be run as it stands."""
    custom = MessageToDict(template.custom)
    statement = custom.pop("statement", "")
    return Query(
        name=template.id.name,
        statement=parse(statement, template.interface.inputs.variables),
        interface=template.interface,
        options=custom,
    )


def run_query(query: Query, started: str = "", **values: Any) -> Any:
    """Runs a statement, and gives the task's outputs.

    Args:
        query: The statement.
        started: The id of an execution that an engine has started and seen through; empty to start one.
        values: The inputs.

    Raises:
        QueryError: Athena refused the statement, or it failed.
        FlyteRecoverableException: Athena cannot be reached, or says that another attempt may succeed.
    """
    boto3, exceptions = load_client("boto3", "athena"), load_client("botocore.exceptions", "athena")
    from jetbridge_plugins.athena.results import outputs

    try:
        client = boto3.client("athena")
        execution = started or _start(client, query, values)
        done = _ended(client, query, execution)
        return outputs(client, boto3.client("s3"), done, query.interface)
    except exceptions.ClientError as error:
        raise QueryError(_explained(query, str(error)), hint="Change the statement, or the workgroup.") from None
    except exceptions.BotoCoreError as error:
        raise FlyteRecoverableException(f"{query.name!r} does not reach Athena: {error}") from None


def _start(client: Any, query: Query, values: Mapping[str, Any]) -> str:
    check_inputs(query.interface)
    parameters = [literal(each, values[each.name]) for each in query.statement.parameters]
    context = {"Database": query.options.get("schema"), "Catalog": query.options.get("catalog")}
    given = {
        "QueryString": _text(query, values),
        "QueryExecutionContext": {key: value for key, value in context.items() if value},
        "ResultConfiguration": _place_for_results(),
        "WorkGroup": query.options.get("routingGroup"),
        "ExecutionParameters": parameters,
    }
    started = client.start_query_execution(**{key: value for key, value in given.items() if value})
    return str(started["QueryExecutionId"])


def _text(query: Query, values: Mapping[str, Any]) -> str:
    return query.statement.render(
        parameter=lambda each: "?",
        identifier=lambda each: identifier(each, values[each.name], '"{}"'.format),
    )


def _place_for_results() -> dict[str, str]:
    """The attempt's own folder, where that is on S3; otherwise the workgroup must have one."""
    prefix = current_context().raw_output_prefix
    return {"OutputLocation": f"{prefix.rstrip('/')}/athena/"} if prefix.startswith("s3://") else {}


def literal(parameter: Parameter, value: Any) -> str:
    """A value as Athena's execution parameters are: an SQL literal, which Athena reads apart from the statement."""
    if value is None:
        return "NULL"
    meant = as_text(value) if parameter.as_text else value
    return next(write(meant) for kind, write in _LITERALS if isinstance(meant, kind))


def _timestamp(value: datetime) -> str:
    return f"TIMESTAMP '{value.astimezone(UTC):%Y-%m-%d %H:%M:%S.%f}'"


_LITERALS: tuple[tuple[type, Callable[[Any], str]], ...] = (
    (bool, lambda value: "true" if value else "false"),
    (int, str),
    (float, lambda value: f"DOUBLE '{value!r}'"),
    (datetime, _timestamp),
    (timedelta, lambda value: f"INTERVAL '{value.total_seconds():.6f}' SECOND"),
    (str, lambda value: "'" + value.replace("'", "''") + "'"),
)


def _ended(client: Any, query: Query, execution: str) -> Mapping[str, Any]:
    """Waits for the end; who stops the task stops the statement, which costs money."""
    try:
        return _waited(client, query, execution)
    except (QueryError, FlyteRecoverableException):
        raise
    except BaseException:
        client.stop_query_execution(QueryExecutionId=execution)
        raise


def _waited(client: Any, query: Query, execution: str) -> Mapping[str, Any]:
    wait = _FIRST_WAIT
    while True:
        found = client.get_query_execution(QueryExecutionId=execution)["QueryExecution"]
        if found["Status"]["State"] in _LAST:
            break
        time.sleep(wait)
        wait = min(2 * wait, _LONGEST_WAIT)
    if found["Status"]["State"] != "SUCCEEDED":
        _raise(query, found)
    return found


def _raise(query: Query, found: Mapping[str, Any]) -> None:
    status = found["Status"]
    said = f"{status.get('StateChangeReason') or status['State']} (execution {found['QueryExecutionId']})"
    message = _explained(query, said, found.get("Query", ""))
    if status.get("AthenaError", {}).get("Retryable"):
        raise FlyteRecoverableException(message)
    raise QueryError(message, hint="Change the statement, or the data.")


def _explained(query: Query, said: str, sent: str = "") -> str:
    """Athena's words, the statement, and the place that Athena names."""
    text = sent or query.statement.render(lambda each: "?", lambda each: f'"{each.name}"')
    place = _PLACE.search(said)
    if place is None:
        return f"the statement of {query.name!r} failed: {said}\n  {text}"
    lines = text.splitlines(keepends=True)
    at = sum(map(len, lines[: int(place[1]) - 1])) + int(place[2]) - 1
    return f"the statement of {query.name!r} failed: {said}\n{excerpt(text, at)}"


resolver = StatementResolver(run_query, query_of)
