"""Statements as work, and what each back end makes of them."""

from __future__ import annotations

from typing import Any

import pytest

from jetbridge import Secret, TaskMetadata, conditional, kwtypes, map_task, task, workflow
from jetbridge.errors import CompileError, JetbridgeError, TranslationError, UsageError
from jetbridge_plugins.sql import SQLConfig, SQLTask
from jetbridge_plugins.sqlalchemy import SQLAlchemyConfig, SQLAlchemyTask
from jetbridge_translators.argo.translate import translate as translate_argo
from jetbridge_translators.base import Settings
from jetbridge_translators.work import SecretRef, SqlName, SqlParameter
from tests.plugins.planned import airflow_source, plan, task_message, works

WAREHOUSE = SQLConfig(
    uri="postgresql+psycopg://reader@db:5432/birds",
    secret_connect_args={"password": Secret(group="warehouse", key="password")},
)
CONNECTED = SQLConfig(uri="postgresql+psycopg://reader@db:5432/birds", connection="warehouse")


def statement(name: str, query: str, config: SQLConfig = CONNECTED, **given: Any) -> SQLTask:
    return SQLTask(name=f"birds.{name}", query_template=query, task_config=config, **given)


insert = statement(
    "insert",
    "INSERT INTO birds VALUES ({{ .inputs.name }}, {{ .inputs.mass }}, '100%')",
    inputs=kwtypes(name=str, mass=float),
)
secret = statement("secret", "SELECT count(*) FROM birds", WAREHOUSE, outputs=kwtypes(n=int), retries=2)
clean = statement("clean", "DELETE FROM {{ .inputs.table | identifier }}", inputs=kwtypes(table=str))
vacuum = statement("vacuum", "ANALYZE birds -- 5%")
count = statement("count", "SELECT count(*) FROM birds", outputs=kwtypes(n=int))
file = statement("file", "SELECT 1", SQLConfig(uri="sqlite:///birds.db"), outputs=kwtypes(n=int))


@task
def more(n: int) -> float:
    return n + 0.5


@workflow
def flow(name: str = "{{ x }}", mass: float = 3.5) -> int:
    """All that a connection knows."""
    a = insert(name=name, mass=mass)
    b = insert(name="it's 5%", mass=more(n=count()))
    _ = a >> b
    clean(table=name)
    vacuum()
    return file()


@workflow
def secretive() -> int:
    return secret()


def test_a_statement_becomes_work() -> None:
    work = next(work for work in works(flow) if len(work.statement) > 2)
    assert work.statement == (
        "INSERT INTO birds VALUES (",
        SqlParameter("name", "name"),
        ", ",
        SqlParameter("mass", "mass"),
        ", '100%')",
    )
    assert (work.dialect, work.connection, work.needs_secret) == ("postgresql", "warehouse", False)
    assert work.runner.image == "me/tasks:1"
    names = [piece for work in works(flow) for piece in work.statement if isinstance(piece, SqlName)]
    assert names == [SqlName("table")]


def test_a_secret_travels_by_reference() -> None:
    (work,) = works(secretive)
    assert work.needs_secret
    assert work.runner.secrets == (SecretRef("warehouse", "password"),)
    (data, *_) = translate_argo(plan(secretive, "argo"), Settings(store="s3://bucket/runs")).files.values()
    assert b"_FSEC_WAREHOUSE_PASSWORD" in data
    assert b"secretKeyRef" in data


def test_on_argo_a_statement_is_a_pod_of_the_tasks_image() -> None:
    files = translate_argo(plan(flow, "argo"), Settings(store="s3://bucket/runs")).files
    manifest = next(data.decode() for name, data in files.items() if not name.startswith("run-"))
    assert manifest.count("image: me/tasks:1") == 6
    assert manifest.count("--resolver=jetbridge_plugins.sql.run.resolver") == 5
    assert "{{ .inputs" not in manifest


def test_on_airflow_a_connection_runs_what_airflow_knows() -> None:
    source = airflow_source(flow)
    assert source.count("SQLExecuteQueryOperator(") == 2
    assert "sql=\"INSERT INTO birds VALUES (%(name)s, %(mass)s, '100%%')\"" in source
    assert 'parameters={"name": dag.param("name"), "mass": dag.param("mass")}' in source
    assert ") as dag:" in source
    # Without values the driver reads no marks, so that a percent sign is one.
    assert 'sql="ANALYZE birds"' in source


def test_on_airflow_the_worker_runs_what_needs_the_store() -> None:
    source = airflow_source(flow)
    assert source.count("python_callable=query,") == 3  # the insert of a made value, the name, the count
    assert source.count('op_kwargs={"conn_id": "warehouse", "variable": "JETBRIDGE_SQL_URI"}') == 3
    assert source.count("python_callable=execute,") == 2  # the file's statement and the Python task
    assert "KubernetesPodOperator" not in source


def test_on_airflow_a_credential_needs_a_connection() -> None:
    with pytest.raises(TranslationError, match="needs a credential") as caught:
        airflow_source(secretive)
    assert "--sql-conn-id" in caught.value.hint
    assert 'conn_id": "other"' in airflow_source(secretive, **{"sql-conn-id": "other"})


def test_a_branch_on_a_statement_is_told() -> None:
    @workflow
    def branched() -> int:
        n = count()
        return conditional("any").if_(n > 0).then(count()).else_().then(file())

    source = airflow_source(branched)
    assert "python_callable=query_and_tell," in source
    assert "def execute_and_tell(" in source


def test_constants_become_parameters() -> None:
    @workflow
    def constant() -> None:
        insert(name="{{ y }} 5%", mass=2.0)

    source = airflow_source(constant)
    assert 'parameters={"name": "{{ \'{{ y }} 5%\' }}", "mass": 2.0}' in source
    assert "as dag" not in source


def test_an_unknown_database_is_run_by_the_worker() -> None:
    oracle = SQLConfig(uri="oracle://db", connection="o")
    other = statement("other", "DELETE FROM t WHERE n = {{ .inputs.n }}", oracle, inputs=kwtypes(n=int))

    @workflow
    def elsewhere() -> None:
        other(n=1)

    assert "SQLExecuteQueryOperator" not in airflow_source(elsewhere)


def test_flytekits_metadata_and_our_options_are_the_same() -> None:
    metadata = TaskMetadata(cache=True, cache_version="3", retries=2, timeout=60)
    theirs = statement("one", "SELECT 1", outputs=kwtypes(n=int), metadata=metadata)
    ours = statement("one", "SELECT 1", outputs=kwtypes(n=int), cache=True, cache_version="3", retries=2, timeout=60)
    assert task_message(theirs) == task_message(ours)
    assert task_message(ours).metadata.discovery_version == "3"


def test_all_mistakes_of_a_workflow_come_with_their_lines() -> None:
    pasted = statement("pasted", "SELECT '%{{ .inputs.x }}'", inputs=kwtypes(x=str))
    clear = statement("clear", "SELECT 1", SQLConfig(uri="postgresql://a:b@c/d"))
    listed = statement("listed", "SELECT {{ .inputs.xs }}", inputs=kwtypes(xs=list[int]))

    @workflow
    def wrong() -> None:
        pasted(x="a")
        clear()
        listed(xs=[1])

    with pytest.raises(CompileError) as caught:
        plan(wrong)
    said = " ".join(problem.message for problem in caught.value.problems)
    assert "inside a string" in said
    assert "credential for all to read" in said
    assert "input 'xs' is list[int]" in said
    assert all("test_plan.py" in str(problem.location) for problem in caught.value.problems)


def test_what_flyteidl_has_no_place_for_is_refused() -> None:
    with pytest.raises(UsageError, match="takes no requests="):
        statement("asking", "SELECT 1", requests=object())
    with pytest.raises(UsageError, match="SQLTask"):
        statement("unknown", "SELECT 1", nonsense=True)
    with pytest.raises(JetbridgeError, match="takes a task"):
        map_task(insert)


def test_a_container_of_its_own_has_resources() -> None:
    from jetbridge import Resources

    asked = SQLAlchemyTask(
        name="birds.large",
        query_template="SELECT 1",
        task_config=SQLAlchemyConfig(uri="sqlite://"),
        output_schema_type=int,
        container_image="me/other:2",
        requests=Resources(mem="1Gi"),
        environment={"A": "1"},
    )

    @workflow
    def large() -> int:
        return asked()

    (work,) = works(large)
    assert (work.runner.image, work.runner.requests, work.runner.env) == (
        "me/other:2",
        (("memory", "1Gi"),),
        (("A", "1"),),
    )
