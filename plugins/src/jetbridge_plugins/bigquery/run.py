"""Running a statement on Google BigQuery by its client: named parameters, the result as the task's outputs."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from typing import Any, NoReturn

from google.protobuf.json_format import MessageToDict

from jetbridge.errors import FlyteRecoverableException
from jetbridge.idl import TaskTemplate
from jetbridge.runtime.context import current_context
from jetbridge.types.structured_dataset.libraries import load
from jetbridge_plugins.bigquery.parameters import check_inputs, kind_of, parameter, whole
from jetbridge_plugins.bigquery.statement import parse_named
from jetbridge_plugins.sql.binding import identifier, parameter_name
from jetbridge_plugins.sql.clients import load_client
from jetbridge_plugins.sql.failure import QueryError
from jetbridge_plugins.sql.query import Query
from jetbridge_plugins.sql.resolver import StatementResolver
from jetbridge_plugins.sql.results import outputs_of
from jetbridge_plugins.sql.rows import ArrowRows
from jetbridge_plugins.sql.statement import excerpt

RESOLVER = "jetbridge_plugins.bigquery.run.resolver"
EMULATOR = "BIGQUERY_EMULATOR_HOST"
"""The client's own variable for a server that is not Google's."""
PATIENCE_SECONDS = 120.0
"""How long the client tries to start a job; after that the attempt has failed, and another one may follow."""
_BIGQUERY, _EXCEPTIONS = "google.cloud.bigquery", "google.api_core.exceptions"
_OWN = frozenset(("Location", "ProjectID", "Domain"))
_PLACE = re.compile(r"\bat \[(\d+):(\d+)\]")


def query_of(template: TaskTemplate) -> Query:
    """The query of a task. Raises `StatementError` for a statement that cannot be run as it stands."""
    return Query(
        name=template.id.name,
        statement=parse_named(template.sql.statement, template.interface.inputs.variables),
        interface=template.interface,
        options=whole(MessageToDict(template.custom)),
    )


def run_query(query: Query, started: str = "", **values: Any) -> Any:
    """Runs a statement, and gives the task's outputs.

    Args:
        query: The statement.
        started: The id of a job that an engine has started and seen through; empty to start one.
        values: The inputs.

    Raises:
        QueryError: BigQuery refused the statement, or it failed.
        FlyteRecoverableException: BigQuery cannot be reached.
    """
    exceptions = load_client(_EXCEPTIONS, "bigquery")
    client = _client(query.options)
    try:
        job = client.get_job(started) if started else _start(client, query, values)
        rows = _ended(job)
        return outputs_of(ArrowRows(_reader(rows)), query.interface, current_context().working_directory)
    except (exceptions.ServerError, exceptions.RetryError, ConnectionError) as error:
        raise FlyteRecoverableException(f"{query.name!r} does not reach BigQuery: {error}") from None
    except exceptions.GoogleAPICallError as error:
        _refuse(query, error.message or str(error))
    finally:
        client.close()


def _client(options: Mapping[str, Any]) -> Any:
    bigquery = load_client(_BIGQUERY, "bigquery")
    anonymous = load_client("google.auth.credentials", "bigquery").AnonymousCredentials
    given = {"credentials": anonymous()} if os.environ.get(EMULATOR) else {}
    return bigquery.Client(project=options.get("ProjectID") or None, location=options.get("Location") or None, **given)


def _start(client: Any, query: Query, values: Mapping[str, Any]) -> Any:
    config = load_client(_BIGQUERY, "bigquery").QueryJobConfig.from_api_repr(configuration(query, values))
    patience = load_client("google.cloud.bigquery.retry", "bigquery").DEFAULT_RETRY.with_timeout(PATIENCE_SECONDS)
    return client.query(_text(query, values), job_config=config, retry=patience, job_retry=None)


def configuration(query: Query, values: Mapping[str, Any]) -> dict[str, Any]:
    """The job's configuration without its text: what the author set, and the parameters."""
    check_inputs(query.interface)
    asked = {name: value for name, value in query.options.items() if name not in _OWN}
    types = {name: kind_of(each.type) or "" for name, each in query.interface.inputs.variables.items()}
    statement = query.statement
    texts = {each.name: parameter_name(each, statement.inputs) for each in statement.parameters if each.as_text}
    parameters = [
        *(parameter(name, types[name], value) for name, value in sorted(values.items())),
        *(parameter(shown, "STRING", values[name], text=True) for name, shown in sorted(texts.items())),
    ]
    return {"query": {**asked, **({"parameterMode": "NAMED", "queryParameters": parameters} if parameters else {})}}


def _text(query: Query, values: Mapping[str, Any]) -> str:
    return query.statement.render(
        parameter=lambda each: f"@{parameter_name(each, query.statement.inputs)}",
        identifier=lambda each: identifier(each, values[each.name], "`{}`".format),
    )


def _ended(job: Any) -> Any:
    """The rows of a job that has ended; who stops the task stops the statement, which costs money."""
    try:
        return job.result()
    except load_client(_EXCEPTIONS, "bigquery").GoogleAPICallError:
        raise
    except BaseException:
        job.cancel()
        raise


def _reader(rows: Any) -> Any:
    """The rows as a pyarrow.RecordBatchReader, fetched page by page; None for a statement that gives none."""
    if not rows.schema:
        return None
    batches = iter(rows.to_arrow_iterable())
    first = next(batches, None)
    if first is None:
        return rows.to_arrow(create_bqstorage_client=False).to_reader()
    return load("pyarrow").RecordBatchReader.from_batches(first.schema, _chained(first, batches))


def _chained(first: Any, rest: Any) -> Any:
    yield first
    yield from rest


def _refuse(query: Query, said: str) -> NoReturn:
    text = query.statement.render(lambda each: f"@{each.name}", lambda each: f"`{each.name}`")
    place = _PLACE.search(said)
    shown = f"  {text}"
    if place is not None:
        lines = text.splitlines(keepends=True)
        shown = excerpt(text, sum(map(len, lines[: int(place[1]) - 1])) + int(place[2]) - 1)
    message = f"the statement of {query.name!r} failed: {said}\n{shown}"
    raise QueryError(message, hint="Change the statement, or the data.")


resolver = StatementResolver(run_query, query_of)
