"""Statements on real databases: what is bound, what comes back, and what a mistake looks like."""

from __future__ import annotations

import importlib
import subprocess
import sys
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import GenericAlias
from typing import Annotated, Any

import pytest

from jetbridge import FlyteRecoverableException, Secret, StructuredDataset, kwtypes
from jetbridge.errors import TypeTransformError, UsageError
from jetbridge_plugins.sql import SQLConfig, SQLTask
from jetbridge_plugins.sql.failure import QueryError
from tests.plugins.sql.conftest import DATABASES, Database

# pyarrow has no type stubs.
pa: Any = importlib.import_module("pyarrow")
HOSTILE = ("it's", "'; DROP TABLE birds; --", "{{ .inputs.x }}", ":x %s %(x)s $1 ?", 'é\n"`\\', "")


def run(database: Database, query: str, outputs: Mapping[str, Any] | None = None, **values: Any) -> Any:
    """Runs a statement whose inputs have the types of their values."""
    inputs: dict[str, Any] = {name: type(value) for name, value in values.items()}
    task = SQLTask(
        name="birds.query", query_template=query, task_config=database.config, inputs=inputs, outputs=outputs
    )
    return task(**values)


def table(dataset: StructuredDataset) -> Any:
    return dataset.open(pa.Table).all()


@pytest.fixture
def birds(database: Database) -> Database:
    run(database, "DROP TABLE IF EXISTS birds")
    run(database, "CREATE TABLE birds (id INTEGER, name VARCHAR(40), mass DOUBLE PRECISION)")
    insert = "INSERT INTO birds VALUES ({{ .inputs.i }}, {{ .inputs.n }}, {{ .inputs.m }})"
    for number, (name, mass) in enumerate((("Adelie", 3.7), ("Gentoo", 5.1), ("Chinstrap", 3.8))):
        run(database, insert, i=number, n=name, m=mass)
    return database


@pytest.mark.parametrize("text", HOSTILE)
def test_a_hostile_text_is_a_value(birds: Database, text: str) -> None:
    run(birds, "INSERT INTO birds VALUES (9, {{ .inputs.n }}, 1.0)", n=text)
    found = run(birds, "SELECT name FROM birds WHERE name = {{ .inputs.n }}", {"name": str}, n=text)
    quoted = run(birds, "SELECT name FROM birds WHERE name = '{{ .inputs.n }}'", {"name": str}, n=text)
    count = run(birds, "SELECT count(*) FROM birds", {"n": int})
    assert (found, quoted, count) == (text, text, 4)


def test_colons_percents_and_casts_stay_as_they_are(birds: Database) -> None:
    query = "SELECT '12:30 :x 5% %s' || CAST({{ .inputs.x }} AS VARCHAR(10)) FROM birds WHERE name LIKE 'A%'"
    assert run(birds, query, {"o": str}, x=7) == "12:30 :x 5% %s7"


@pytest.mark.parametrize(
    ("value", "sql"),
    [
        (3, "BIGINT"),
        (2**62, "BIGINT"),
        (2.5, "DOUBLE PRECISION"),
        ("five", "VARCHAR(20)"),
        (True, "BOOLEAN"),
        (datetime(2024, 2, 29, 12, 30, 15, 250, tzinfo=UTC), "TIMESTAMP"),
    ],
)
def test_values_keep_their_types(birds: Database, value: object, sql: str) -> None:
    run(birds, "DROP TABLE IF EXISTS kept")
    run(birds, f"CREATE TABLE kept (v {sql})")
    run(birds, "INSERT INTO kept VALUES ({{ .inputs.v }})", v=value)
    found = run(birds, "SELECT v FROM kept", {"v": type(value)})
    assert found == value
    assert type(found) is type(value)


def test_none_is_null(birds: Database) -> None:
    task = SQLTask(
        name="birds.none",
        query_template="INSERT INTO birds VALUES (7, {{ .inputs.name }}, {{ .inputs.mass }})",
        task_config=birds.config,
        inputs={"name": str | None, "mass": float | None},
    )
    task(name=None, mass=None)
    found = run(birds, "SELECT name, mass FROM birds WHERE id = 7", {"name": str | None, "mass": float | None})
    assert found == (None, None)


def test_a_name_is_checked_and_quoted(birds: Database) -> None:
    query = "SELECT count(*) FROM {{ .inputs.t | identifier }}"
    assert run(birds, query, {"n": int}, t="birds") == 3
    for text in ("birds; DROP TABLE birds", 'birds"', "", "a.b.c.d", "1birds"):
        with pytest.raises(UsageError, match="is to be the name of a table"):
            run(birds, query, {"n": int}, t=text)


def test_rows_come_as_a_typed_table(birds: Database) -> None:
    query = "SELECT id, name, mass FROM birds WHERE mass > {{ .inputs.least }} ORDER BY id"
    found = table(run(birds, query, {"results": StructuredDataset}, least=3.75))
    assert found.to_pylist() == [
        {"id": 1, "name": "Gentoo", "mass": 5.1},
        {"id": 2, "name": "Chinstrap", "mass": 3.8},
    ]
    assert found.schema.types == [pa.int64(), pa.string(), pa.float64()]


def test_declared_columns_have_their_types_even_without_rows(birds: Database) -> None:
    declared = Annotated[StructuredDataset, kwtypes(id=float, name=str)]
    found = table(run(birds, "SELECT id, name FROM birds WHERE 1 = 0", {"results": declared}))
    assert (found.num_rows, found.schema.types) == (0, [pa.float64(), pa.string()])
    whole = table(run(birds, "SELECT id, name FROM birds ORDER BY id", {"results": declared}))
    assert whole["id"].to_pylist() == [0.0, 1.0, 2.0]


def test_a_missing_column_is_told(birds: Database) -> None:
    declared = Annotated[StructuredDataset, kwtypes(wing=float)]
    with pytest.raises(TypeTransformError, match="lacks the declared column 'wing'"):
        run(birds, "SELECT id FROM birds", {"results": declared})


def test_rows_and_values_as_python(birds: Database) -> None:
    names = run(birds, "SELECT name FROM birds ORDER BY id", {"names": list[str]})
    assert names == ["Adelie", "Gentoo", "Chinstrap"]
    rows = run(birds, "SELECT id, name FROM birds ORDER BY id", {"rows": GenericAlias(list, (dict,))})
    assert rows[1] == {"id": 1, "name": "Gentoo"}
    several = run(birds, "SELECT sum(id) AS total, avg(mass) AS mean FROM birds", {"mean": float, "total": int})
    assert several == (pytest.approx(4.2), 3)
    assert run(birds, "SELECT name FROM birds WHERE id = 99", {"name": str | None}) is None


def test_values_of_a_row_need_one_row(birds: Database) -> None:
    with pytest.raises(TypeTransformError, match="more than one row"):
        run(birds, "SELECT id FROM birds", {"id": int})
    with pytest.raises(TypeTransformError, match="no row"):
        run(birds, "SELECT id FROM birds WHERE id = 99", {"id": int})
    with pytest.raises(TypeTransformError, match="gives 2 columns"):
        run(birds, "SELECT id, name FROM birds WHERE id = 1", {"id": int})
    with pytest.raises(TypeTransformError, match="no column 'wing'"):
        run(birds, "SELECT id FROM birds WHERE id = 1", {"id": int, "wing": int})
    with pytest.raises(TypeTransformError, match="two columns called 'id'"):
        run(birds, "SELECT id, id FROM birds", {"results": StructuredDataset})


def test_a_statement_without_rows_has_no_outputs(birds: Database) -> None:
    if birds.dialect == "duckdb":
        return  # It answers every statement with a table, and this one with the column `Count`.
    with pytest.raises(TypeTransformError, match="gives no rows"):
        run(birds, "CREATE TABLE eggs (id INTEGER)", {"results": StructuredDataset})
    # The transaction was taken back: SQLite's and PostgreSQL's tables, too.
    run(birds, "CREATE TABLE IF NOT EXISTS eggs (id INTEGER)")


def test_returning_gives_rows_and_is_committed(birds: Database) -> None:
    query = "INSERT INTO birds VALUES (5, 'Emperor', 30.0) RETURNING id, name"
    found = run(birds, query, {"results": StructuredDataset})
    assert table(found).to_pylist() == [{"id": 5, "name": "Emperor"}]
    assert run(birds, "SELECT count(*) FROM birds", {"n": int}) == 4


def test_an_error_shows_the_statement_and_the_place(birds: Database) -> None:
    with pytest.raises(QueryError) as caught:
        run(birds, "SELECT nme\n FROM birds\n WHERE id = {{ .inputs.secret }}", {"n": str}, secret=424242)
    assert "'birds.query' failed" in caught.value.message
    assert "nme" in caught.value.message
    lines = caught.value.message.splitlines()
    mark = next(index for index, line in enumerate(lines) if line.strip() == "^")
    assert lines[mark - 1][lines[mark].index("^") :].startswith("nme FROM birds")
    assert "line 1, column 8:" in lines[mark - 2]
    assert "424242" not in caught.value.message


def test_a_failed_statement_changes_nothing(birds: Database) -> None:
    with pytest.raises(TypeTransformError):
        run(birds, "INSERT INTO birds VALUES (5, 'Emperor', 30.0) RETURNING id, name", {"id": int})
    assert run(birds, "SELECT count(*) FROM birds", {"n": int}) == 3


@pytest.mark.parametrize("database", ["postgresql"], indirect=True)
def test_postgresqls_own_types(database: Database) -> None:
    query = """SELECT CAST('2024-02-29' AS date) AS d, CAST('2024-02-29 12:00+02' AS timestamptz) AS z,
        CAST(NULL AS integer) AS i, CAST('{"a": 1}' AS jsonb) AS j, CAST(1.50 AS numeric(6, 2)) AS n,
        CAST('00000000-0000-0000-0000-000000000007' AS uuid) AS u, CAST('1 day' AS interval) AS t,
        CAST('\\x00ff' AS bytea) AS b"""
    found = table(run(database, query, {"results": StructuredDataset}))
    row = found.to_pylist()[0]
    assert row["z"] == datetime(2024, 2, 29, 10, tzinfo=UTC)
    assert (row["d"].isoformat(), row["i"], row["j"]) == ("2024-02-29", None, '{"a": 1}')
    assert (str(row["n"]), row["t"], row["b"]) == ("1.50", timedelta(days=1), b"\x00\xff")
    assert found.schema.field("i").type == pa.int64()
    assert found.schema.field("z").type == pa.timestamp("us", "UTC")


@pytest.mark.parametrize("database", ["postgresql"], indirect=True)
def test_a_database_that_is_away_may_come_back(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    gone = Database("postgresql", SQLConfig(uri="postgresql+psycopg://birds@127.0.0.1:1/none"))
    with pytest.raises(FlyteRecoverableException, match="does not reach its database postgresql"):
        run(gone, "SELECT 1", {"n": int})
    monkeypatch.setenv("_FSEC_WAREHOUSE_PASSWORD", "wrong")
    with pytest.raises(FlyteRecoverableException) as caught:
        run(database, "SELECT 1", {"n": int})
    assert "wrong" not in str(caught.value)


def test_mixed_values_of_a_column_need_a_type(tmp_path: Path) -> None:
    lite = Database("sqlite", SQLConfig(uri=f"sqlite:///{tmp_path}/a.db"))
    with pytest.raises(TypeTransformError, match=r"column 'v' holds values that are not all of one type"):
        run(lite, "SELECT 1 AS v UNION ALL SELECT 'a'", {"results": StructuredDataset})
    found = run(lite, "SELECT NULL AS v UNION ALL SELECT 1 UNION ALL SELECT 2.5", {"results": StructuredDataset})
    assert table(found)["v"].to_pylist() == [None, 1.0, 2.5]


def test_credentials_stay_out_of_tasks() -> None:
    for uri in ("postgresql://u:pw@h/d", "mysql://h/d?password=pw"):
        with pytest.raises(UsageError, match="credential for all to read") as caught:
            run(Database("postgresql", SQLConfig(uri=uri)), "SELECT 1", {"n": int})
        assert "pw" not in caught.value.message
    with pytest.raises(UsageError, match=r"connect_args\['password'\]"):
        run(Database("sqlite", SQLConfig(uri="sqlite://", connect_args={"password": "pw"})), "SELECT 1", {"n": int})
    with pytest.raises(UsageError, match="is no SQLAlchemy URL"):
        run(Database("sqlite", SQLConfig(uri="birds.db")), "SELECT 1", {"n": int})
    with pytest.raises(UsageError, match=r"not installed|cannot use the URI"):
        run(Database("oracle", SQLConfig(uri="oracle://h/d")), "SELECT 1", {"n": int})


LARGE = """
import resource, sys
import pyarrow as pa
from jetbridge import Secret, StructuredDataset
from jetbridge_plugins.sql import SQLConfig, SQLTask

uri, rows = sys.argv[1], int(sys.argv[2])
secrets = {"password": Secret(group="warehouse", key="password")} if uri.startswith("postgresql") else None
series = "SELECT n, 'row number ' || n || ' of many, with some text' AS text, n / 7.0 AS part FROM "
numbers = (
    f"generate_series(1, {rows}) AS s(n)" if uri.startswith("postgresql")
    else f"(WITH RECURSIVE s(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM s WHERE n < {rows}) SELECT n FROM s) AS t"
)
task = SQLTask(
    name="large",
    query_template=series + numbers,
    task_config=SQLConfig(uri=uri, secret_connect_args=secrets),
    outputs={"results": StructuredDataset},
)
dataset = task()
count = sum(piece.num_rows for piece in dataset.open(pa.Table).iter())
assert count == rows, count
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024)
"""


@pytest.mark.parametrize("database", [DATABASES[0], DATABASES[2]], indirect=True)
def test_a_large_result_takes_constant_memory(database: Database) -> None:
    """Four times the rows (200 MiB of Python objects) take at most 40 MiB more."""

    def peak(rows: int) -> int:
        command = [sys.executable, "-W", "error", "-c", LARGE, database.config.uri, str(rows)]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        return int(done.stdout)

    small, large = peak(200_000), peak(800_000)
    assert large < small + 40, (small, large)


def test_secrets_are_read_where_the_statement_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("_FSEC_LITE_WAIT", "3")
    config = SQLConfig(
        uri=f"sqlite:///{tmp_path}/a.db", secret_connect_args={"timeout": Secret(group="lite", key="wait")}
    )
    with pytest.raises(TypeError, match="must be real number"):
        run(Database("sqlite", config), "SELECT 1", {"n": int})
