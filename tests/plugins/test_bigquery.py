"""BigQuery by its real client, against a server of ours that looks at what the client sends (`bigquery_server`)."""

from __future__ import annotations

import importlib
from collections.abc import Generator
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Any

import pytest

from jetbridge import FlyteRecoverableException, StructuredDataset, kwtypes, task, workflow
from jetbridge.errors import JetbridgeError
from jetbridge.runtime.context import ExecutionContext, executing
from jetbridge_plugins.bigquery import BigQueryConfig, BigQueryTask
from jetbridge_plugins.bigquery.run import query_of, run_query
from jetbridge_plugins.bigquery.statement import parse_named
from jetbridge_plugins.sql.failure import QueryError
from jetbridge_plugins.sql.statement import StatementError
from tests.plugins.bigquery_server import BigQuery, bigquery
from tests.plugins.planned import airflow_source, task_message, works

# The client and pyarrow have no type stubs.
QueryJobConfig: Any = importlib.import_module("google.cloud.bigquery").QueryJobConfig
pa: Any = importlib.import_module("pyarrow")

SCHEMA = (
    ("name", "STRING"),
    ("n", "INTEGER"),
    ("mass", "FLOAT"),
    ("alive", "BOOLEAN"),
    ("born", "DATE"),
    ("seen", "TIMESTAMP"),
    ("price", "NUMERIC"),
)
ROW = ("it's", "1", "3.5", "true", "2024-02-29", "1709209815250000", "1.5")
CONFIG = BigQueryConfig(
    ProjectID="zoo-123",
    Location="EU",
    QueryJobConfig=QueryJobConfig(use_query_cache=False, maximum_bytes_billed=10**9, labels={"team": "birds"}),
)


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Generator[BigQuery]:
    with bigquery() as started, executing(ExecutionContext(working_directory=tmp_path)):
        monkeypatch.setenv("BIGQUERY_EMULATOR_HOST", started.url)
        yield started


def heavy(output: Any = StructuredDataset) -> BigQueryTask:
    return BigQueryTask(
        name="birds.heavy",
        query_template="""SELECT * FROM zoo.birds
            WHERE mass > @mass AND name <> {{ .inputs.name }} AND n = '{{ .inputs.n }}'""",
        task_config=CONFIG,
        inputs=kwtypes(mass=float, name=str, n=int),
        output_structured_dataset_type=output,
    )


def run(task: BigQueryTask, **values: Any) -> Any:
    """The task's own function in the context of the test: a call of the task would make another one."""
    return task.function(**values)


def table(dataset: StructuredDataset) -> Any:
    return dataset.dataframe.read_all()  # type: ignore[union-attr] -- a reader


VALUES: dict[str, Any] = {"mass": 2.5, "name": "it's @n", "n": 7}


def test_what_the_client_sends(server: BigQuery) -> None:
    server.schema, server.rows = SCHEMA, (ROW,)
    run(heavy(), **VALUES)
    (job,) = server.inserted()
    asked = job["configuration"]["query"]
    assert job["jobReference"]["projectId"] == "zoo-123"
    assert job["jobReference"]["location"] == "EU"
    assert asked["query"] == "SELECT * FROM zoo.birds WHERE mass > @mass AND name <> @name AND n = @n_text"
    assert (asked["useLegacySql"], asked["useQueryCache"], asked["maximumBytesBilled"]) == (False, False, "1000000000")
    assert asked["parameterMode"] == "NAMED"
    given = {each["name"]: _typed(each) for each in asked["queryParameters"]}
    assert given == {
        "mass": ("FLOAT64", "2.5"),
        "n": ("INT64", "7"),
        "n_text": ("STRING", "7"),
        "name": ("STRING", "it's @n"),
    }


def _typed(parameter: dict[str, Any]) -> tuple[str, str]:
    return parameter["parameterType"]["type"], parameter["parameterValue"]["value"]


def test_rows_are_typed_and_come_page_by_page(server: BigQuery) -> None:
    server.schema, server.rows, server.polls = SCHEMA, (ROW, *((None,) * 7,) * 4), 2
    found = table(run(heavy(), **VALUES))
    assert found.num_rows == 5
    assert found.slice(0, 2).to_pylist() == [
        {
            "name": "it's",
            "n": 1,
            "mass": 3.5,
            "alive": True,
            "born": date(2024, 2, 29),
            "seen": datetime(2024, 2, 29, 12, 30, 15, 250_000, tzinfo=UTC),
            "price": Decimal("1.5"),
        },
        dict.fromkeys(name for name, _ in SCHEMA),
    ]
    pages = [path for method, path, _ in server.requests if method == "GET" and "/queries/" in path]
    assert len(pages) >= 3


def test_no_rows_keep_their_columns(server: BigQuery) -> None:
    server.schema = SCHEMA
    found = table(run(heavy(), **VALUES))
    assert (found.num_rows, found.schema.names) == (0, [name for name, _ in SCHEMA])


def test_single_values_and_declared_columns(server: BigQuery) -> None:
    server.schema, server.rows = (("n", "INTEGER"),), (("7",),)
    assert run(heavy(int), **VALUES) == 7
    declared = heavy(Annotated[StructuredDataset, kwtypes(n=float)])
    assert table(run(declared, **VALUES))["n"].to_pylist() == [7.0]


def test_none_and_times_are_parameters(server: BigQuery) -> None:
    server.schema, server.rows = (("n", "INTEGER"),), (("1",),)
    asked = BigQueryTask(
        name="birds.when",
        query_template="SELECT @at, @maybe, @alive",
        task_config=BigQueryConfig(ProjectID="zoo"),
        inputs=kwtypes(at=datetime, maybe=int | None, alive=bool),
        output_structured_dataset_type=int,
    )
    assert run(asked, at=datetime(2024, 2, 29, 12, tzinfo=UTC), maybe=None, alive=True) == 1
    given = {each["name"]: each for each in server.inserted()[0]["configuration"]["query"]["queryParameters"]}
    assert given["at"]["parameterValue"]["value"] == "2024-02-29 12:00:00.000000+00:00"
    assert given["maybe"]["parameterType"]["type"] == "INT64"
    assert given["maybe"]["parameterValue"].get("value") is None
    assert given["alive"]["parameterValue"]["value"] == "true"


def test_an_error_shows_the_statement_and_the_place(server: BigQuery) -> None:
    server.error = "Unrecognized name: mas at [1:31]"
    with pytest.raises(QueryError) as caught:
        run(heavy(), **VALUES)
    assert "'birds.heavy' failed:" in caught.value.message
    assert "line 1, column 31:" in caught.value.message
    assert "it's @n" not in caught.value.message


def test_a_job_that_the_engine_has_started_is_only_read(server: BigQuery) -> None:
    server.schema, server.rows = (("n", "INTEGER"),), (("7",),)
    run(heavy(int), **VALUES)
    (job,) = server.jobs
    assert run_query(query_of(task_message(heavy(int))), job) == 7
    assert len(server.inserted()) == 1


def test_a_service_that_is_away_may_come_back(monkeypatch: pytest.MonkeyPatch, server: BigQuery) -> None:
    server.unavailable = True
    monkeypatch.setattr("jetbridge_plugins.bigquery.run.PATIENCE_SECONDS", 0.1)
    with pytest.raises(FlyteRecoverableException, match="does not reach BigQuery"):
        run(heavy(), **VALUES)


def test_statements_are_read_as_bigquery_means_them() -> None:
    script = "DECLARE x INT64; SET x = @n; SELECT 'it\\'s', \"a\";"
    assert parse_named(script, ["n"]).pieces == (script,)
    with pytest.raises(StatementError, match="does not use the input m"):
        parse_named("SELECT @n", ["n", "m"])
    with pytest.raises(StatementError, match="no input 'z'"):
        parse_named("SELECT {{ .inputs.z }}", ["n"])


def test_an_input_that_is_no_parameter_is_refused() -> None:
    bad = BigQueryTask(
        name="birds.bad",
        query_template="SELECT @xs",
        task_config=BigQueryConfig(ProjectID="zoo"),
        inputs=kwtypes(xs=list[int]),
    )
    with pytest.raises(JetbridgeError, match=r"input 'xs' is list\[int\]"):
        task_message(bad)


load = BigQueryTask(
    name="birds.load",
    query_template="INSERT zoo.birds VALUES (@name, @n, {{ .inputs.alive }}, '{{ .inputs.name }}')",
    task_config=CONFIG,
    inputs=kwtypes(name=str, n=int, alive=bool),
)
count = BigQueryTask(
    name="birds.count",
    query_template="SELECT count(*) FROM zoo.birds WHERE n > @n",
    task_config=BigQueryConfig(ProjectID="zoo-123"),
    inputs=kwtypes(n=int),
    output_structured_dataset_type=int,
)


@task
def more(n: int) -> int:
    return n + 1


@workflow
def flow(name: str = "{{ x }}", alive: bool = True) -> int:
    loaded = load(name=name, n=5, alive=alive)
    counted = count(n=3)
    _ = loaded >> counted
    return count(n=more(n=counted))


def test_the_plan_is_a_statement_with_a_runner() -> None:
    first, *_ = works(flow)
    assert (first.dialect, first.runner.image) == ("bigquery", "me/tasks:1")
    assert "--resolver=jetbridge_plugins.bigquery.run.resolver" in first.runner.args


def test_airflows_operator_has_what_airflow_knows() -> None:
    source = airflow_source(flow, **{"sql-conn-id": "google"})
    assert "load = BigQueryInsertJobOperator(" in source
    assert '"query": "INSERT zoo.birds VALUES (@name, @n, @alive, @name_text)"' in source
    assert '"parameterValue": {"value": "{{ params[\'name\'] }}"}' in source
    assert '"parameterValue": {"value": "{{ params[\'alive\'] | lower }}"}' in source
    assert '"parameterValue": {"value": "5"}' in source
    assert 'gcp_conn_id="google"' in source
    assert "count = BigQueryResultOperator(" in source or "count_n1 = BigQueryResultOperator(" in source
    assert "execute(*self.command, job_id)" in source


def test_a_value_of_another_task_goes_to_the_runner() -> None:
    assert airflow_source(flow).count("PythonOperator(") == 2
