"""Athena against moto's server: its real API on a socket, but moto runs no SQL, so results are laid out beforehand."""

from __future__ import annotations

import importlib
import json
import subprocess
import sys
from collections.abc import Generator
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from http.client import HTTPConnection
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import urlsplit

import pytest

from jetbridge import FlyteRecoverableException, StructuredDataset, kwtypes, workflow
from jetbridge.runtime.context import ExecutionContext, executing
from jetbridge_plugins.athena import AthenaConfig, AthenaTask
from jetbridge_plugins.athena.run import _explained, literal, query_of  # pyright: ignore[reportPrivateUsage]
from jetbridge_plugins.sql.failure import QueryError
from jetbridge_plugins.sql.statement import Parameter
from tests.plugins.planned import airflow_source, task_message, works

# boto3, moto and pyarrow have no type stubs.
boto3: Any = importlib.import_module("boto3")
moto: Any = importlib.import_module("moto.server")
pa: Any = importlib.import_module("pyarrow")

COLUMNS = (
    ("name", "varchar"),
    ("n", "bigint"),
    ("mass", "double"),
    ("alive", "boolean"),
    ("born", "date"),
    ("seen", "timestamp"),
    ("price", "decimal"),
    ("tags", "array"),
)
ROWS = (
    ("it's, so", "1", "3.5", "true", "2024-02-29", "2024-02-29 12:30:15.250", "1.50", "[a, b]"),
    ("", None, None, "false", None, None, "-2.00", None),
)


@dataclass(frozen=True, slots=True)
class Moto:
    """moto's server, with the clients of this process pointed at it."""

    url: str

    def result(self, columns: tuple[tuple[str, str], ...], rows: tuple[tuple[str | None, ...], ...]) -> None:
        """Lays out the result of the next statement, the names of the columns first, as Athena has it."""
        cells = [[{"VarCharValue": each} if each is not None else {} for each in row] for row in rows]
        header = [{"VarCharValue": name} for name, _ in columns]
        info = [{"Name": name, "Type": kind, "Precision": 10, "Scale": 2} for name, kind in columns]
        body = {"results": [{"rows": [{"Data": row} for row in (header, *cells)], "column_info": info}]}
        self._post("/moto-api/static/athena/query-results", body)

    def reset(self) -> None:
        self._post("/moto-api/reset", {})

    def slow(self) -> None:
        """Statements take some looks to end."""
        transition = {"progression": "manual", "times": 3}
        self._post(
            "/moto-api/state-manager/set-transition", {"model_name": "athena::execution", "transition": transition}
        )

    def _post(self, path: str, body: object) -> None:
        with closing(HTTPConnection(urlsplit(self.url).netloc)) as connection:
            connection.request("POST", path, json.dumps(body), {"Content-Type": "application/json"})
            assert connection.getresponse().status in (200, 201)

    @staticmethod
    def executions() -> list[dict[str, Any]]:
        athena = boto3.client("athena")
        ids = athena.list_query_executions()["QueryExecutionIds"]
        return [athena.get_query_execution(QueryExecutionId=each)["QueryExecution"] for each in ids]


@pytest.fixture(scope="module")
def server() -> Generator[Moto]:
    started = moto.ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    started.start()
    host, port = started.get_host_and_port()
    yield Moto(f"http://{host}:{port}")
    started.stop()


@pytest.fixture
def aws(server: Moto, monkeypatch: pytest.MonkeyPatch) -> Generator[Moto]:
    for name, value in {
        "AWS_ENDPOINT_URL": server.url,
        "AWS_ACCESS_KEY_ID": "someone",
        "AWS_SECRET_ACCESS_KEY": "something",
        "AWS_DEFAULT_REGION": "us-east-1",
    }.items():
        monkeypatch.setenv(name, value)
    server.reset()
    boto3.client("s3").create_bucket(Bucket="runs")
    with executing(ExecutionContext(raw_output_prefix="s3://runs/a/n0/attempts/0")):
        yield server


CONFIG = AthenaConfig(database="zoo", catalog="AwsDataCatalog", workgroup="primary")


def heavy(output: Any = StructuredDataset) -> AthenaTask:
    return AthenaTask(
        name="birds.heavy",
        query_template="SELECT * FROM birds WHERE mass > {{ .inputs.mass }} AND name <> '{{ .inputs.name }}'",
        task_config=CONFIG,
        inputs=kwtypes(mass=float, name=str),
        output_schema_type=output,
    )


def run(task: AthenaTask, **values: Any) -> Any:
    """The task's own function in the context of the test: a call of the task would make another one."""
    return task.function(**values)


def table(dataset: StructuredDataset) -> Any:
    return dataset.dataframe.read_all()  # type: ignore[union-attr] -- a reader


def test_values_are_bound_and_rows_are_typed(aws: Moto) -> None:
    aws.result(COLUMNS, ROWS)
    found = table(run(heavy(), mass=2.5, name="it's"))
    assert found.to_pylist() == [
        {
            "name": "it's, so",
            "n": 1,
            "mass": 3.5,
            "alive": True,
            "born": date(2024, 2, 29),
            "seen": datetime(2024, 2, 29, 12, 30, 15, 250_000),
            "price": pytest.approx(1.5),
            "tags": "[a, b]",
        },
        {
            **dict.fromkeys(("n", "mass", "born", "seen", "tags")),
            "name": "",
            "alive": False,
            "price": pytest.approx(-2),
        },
    ]
    assert found.schema.field("price").type == pa.decimal128(10, 2)
    (execution,) = aws.executions()
    assert execution["Query"] == "SELECT * FROM birds WHERE mass > ? AND name <> ?"
    assert execution["ExecutionParameters"] == ["DOUBLE '2.5'", "'it''s'"]
    assert execution["QueryExecutionContext"] == {"Database": "zoo", "Catalog": "AwsDataCatalog"}
    assert execution["WorkGroup"] == "primary"
    assert execution["ResultConfiguration"]["OutputLocation"].startswith("s3://runs/a/n0/attempts/0/athena/")


def test_single_values_and_declared_columns(aws: Moto) -> None:
    aws.result((("n", "bigint"),), (("7",),))
    assert run(heavy(int), mass=1.0, name="") == 7
    aws.result((("n", "bigint"),), (("7",),))
    assert table(run(heavy(Annotated[StructuredDataset, kwtypes(n=float)]), mass=1.0, name=""))["n"].to_pylist() == [
        7.0
    ]


def test_a_statement_without_outputs_reads_no_result(aws: Moto) -> None:
    task = AthenaTask(
        name="birds.drop", query_template="DROP TABLE {{ .inputs.t | identifier }}", inputs=kwtypes(t=str)
    )
    assert run(task, t="zoo.birds") is None
    assert aws.executions()[0]["Query"] == 'DROP TABLE "zoo"."birds"'


def test_an_execution_that_the_engine_has_started_is_only_read(aws: Moto) -> None:
    athena = boto3.client("athena")
    started = athena.start_query_execution(
        QueryString="SELECT 1", ResultConfiguration={"OutputLocation": "s3://runs/elsewhere/"}
    )["QueryExecutionId"]
    aws.result((("n", "integer"),), (("1",),))
    from jetbridge_plugins.athena.run import run_query

    assert run_query(query_of(task_message(heavy(int))), started) == 1
    assert len(aws.executions()) == 1


def test_who_stops_the_task_stops_the_statement(aws: Moto, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupt(seconds: float) -> None:
        raise KeyboardInterrupt

    aws.slow()
    monkeypatch.setattr("time.sleep", interrupt)
    with pytest.raises(KeyboardInterrupt):
        run(heavy(), mass=1.0, name="")
    assert aws.executions()[0]["Status"]["State"] == "CANCELLED"


def test_a_cancelled_statement_is_an_error_with_the_statement(aws: Moto, monkeypatch: pytest.MonkeyPatch) -> None:
    def cancel(seconds: float) -> None:
        (execution,) = boto3.client("athena").list_query_executions()["QueryExecutionIds"]
        boto3.client("athena").stop_query_execution(QueryExecutionId=execution)

    aws.slow()
    monkeypatch.setattr("time.sleep", cancel)
    with pytest.raises(QueryError, match=r"'birds.heavy' failed: CANCELLED") as caught:
        run(heavy(), mass=1.0, name="secret")
    assert "SELECT * FROM birds WHERE mass > ?" in caught.value.message
    assert "secret" not in caught.value.message


def test_what_athena_says_of_a_place_is_shown() -> None:
    query = query_of(task_message(heavy()))
    said = "SYNTAX_ERROR: line 1:15: Table 'birds' does not exist"
    assert _explained(query, said).endswith(
        "  line 1, column 15:\n    SELECT * FROM birds WHERE mass > ? AND name <> ?\n                  ^"
    )


def test_a_refused_workgroup_and_a_missing_service(aws: Moto, monkeypatch: pytest.MonkeyPatch) -> None:
    task = AthenaTask(name="birds.lost", query_template="SELECT 1", task_config=AthenaConfig(workgroup="none"))
    with pytest.raises(QueryError, match=r"'birds.lost' failed"):
        run(task)
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:1")
    monkeypatch.setenv("AWS_MAX_ATTEMPTS", "1")
    with pytest.raises(FlyteRecoverableException, match="does not reach Athena"):
        run(task)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (True, "true"),
        (-5, "-5"),
        (1e21, "DOUBLE '1e+21'"),
        ("a'b\\", "'a''b\\'"),
        (datetime(2024, 2, 29, 12, tzinfo=UTC), "TIMESTAMP '2024-02-29 12:00:00.000000'"),
        (timedelta(minutes=1, milliseconds=5), "INTERVAL '60.005000' SECOND"),
        (None, "NULL"),
    ],
)
def test_execution_parameters_are_literals(value: object, text: str) -> None:
    assert literal(Parameter("x"), value) == text


def test_a_quoted_template_is_text() -> None:
    assert literal(Parameter("x", as_text=True), 5) == "'5'"


@workflow
def flow(mass: float = 3.0) -> StructuredDataset:
    return heavy()(mass=mass, name="x")


silent = AthenaTask(name="birds.repair", query_template="MSCK REPAIR TABLE birds", task_config=CONFIG)
count = AthenaTask(name="birds.count", query_template="SELECT count(*) FROM birds", output_schema_type=int)


@workflow
def plain() -> int:
    repaired = silent()
    counted = count()
    _ = repaired >> counted
    return counted


def test_the_plan_is_a_statement_with_a_runner() -> None:
    (work,) = works(flow)
    assert (work.dialect, work.runner.image) == ("athena", "me/tasks:1")
    assert "--resolver=jetbridge_plugins.athena.run.resolver" in work.runner.args


def test_airflows_operator_runs_what_has_no_values() -> None:
    source = airflow_source(plain, **{"sql-conn-id": "aws"})
    assert "repair = AthenaOperator(" in source
    assert 'query="MSCK REPAIR TABLE birds"' in source
    assert 'database="zoo"' in source
    assert 'aws_conn_id="aws"' in source
    assert "count = AthenaResultOperator(" in source
    assert "execute(*self.command, query_id)" in source
    assert "output_location=" in source


def test_airflows_operator_cannot_bind_so_values_go_to_the_runner() -> None:
    source = airflow_source(flow)
    assert "AthenaOperator" not in source
    assert "heavy = PythonOperator(" in source


FLOW = """
from jetbridge import task, workflow
from jetbridge_plugins.athena import AthenaConfig, AthenaTask

repair = AthenaTask(name="birds.repair", query_template="MSCK REPAIR TABLE birds", task_config=AthenaConfig("zoo"))
count = AthenaTask(name="birds.count", query_template="SELECT count(*) FROM birds", output_schema_type=int)


@task
def twice(n: int) -> int:
    return 2 * n


@workflow
def flow() -> int:
    repaired = repair()
    counted = count()
    repaired >> counted
    return twice(n=counted)
"""


@pytest.mark.airflow
def test_a_real_dag_run_of_airflows_operator(aws: Moto, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """moto is Athena and the store: the operator runs the statements, a process of the worker reads the result."""
    (tmp_path / "flow.py").write_text(FLOW)
    for _ in range(3):  # more than one, because a request of the operator's own takes one from moto's queue
        aws.result((("n", "bigint"),), (("21",),))
    monkeypatch.setenv("AWS_ALLOW_HTTP", "true")
    monkeypatch.setenv("AIRFLOW_CONN_AWS_DEFAULT", json.dumps({"conn_type": "aws"}))
    command = [str(Path(sys.executable).with_name("jetbridge")), "run", f"{tmp_path}/flow.py:flow", "--on", "airflow"]
    options = ["--containers", "process", "--store", "s3://runs/airflow", "--json"]
    done = subprocess.run([*command, *options], capture_output=True, text=True, check=False, cwd=tmp_path)
    assert done.returncode == 0, done.stdout + done.stderr
    assert json.loads(done.stdout)["outputs"] == {"o0": 42}
    queries = {each["Query"]: each["ResultConfiguration"]["OutputLocation"] for each in aws.executions()}
    assert set(queries) == {"MSCK REPAIR TABLE birds", "SELECT count(*) FROM birds"}
    assert all(place.startswith("s3://runs/airflow/flow-flow-") for place in queries.values())
