"""Statements as a real DAG run: on a connection of Airflow's, and without one."""

from __future__ import annotations

import json
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

FLOW = """
from jetbridge import conditional, kwtypes, workflow
from jetbridge_plugins.sql import SQLConfig, SQLTask

# The connection knows the file; the URI names a folder that is not there.
DATABASE = SQLConfig(uri="sqlite:////nowhere/birds.db", connection="birds")
insert = SQLTask(
    name="insert",
    query_template="INSERT INTO birds VALUES "
    "({{ .inputs.name }}, {{ .inputs.mass }}, {{ .inputs.n }}, {{ .inputs.alive }})",
    task_config=DATABASE,
    inputs=kwtypes(name=str, mass=float, n=int, alive=bool),
)
count = SQLTask(
    name="count",
    query_template="SELECT count(*) FROM birds WHERE mass > {{ .inputs.least }}",
    task_config=DATABASE,
    inputs=kwtypes(least=float),
    outputs=kwtypes(n=int),
)
own = SQLTask(
    name="own",
    query_template="SELECT {{ .inputs.n }} * 10",
    task_config=SQLConfig(uri="sqlite://"),
    inputs=kwtypes(n=int),
    outputs=kwtypes(n=int),
)


@workflow
def flow(name: str, mass: float = 3.0) -> tuple[int, int]:
    inserted = insert(name=name, mass=mass, n=7, alive=True)
    n = count(least=1.0)
    inserted >> n
    return n, conditional("some").if_(n > 1).then(own(n=n)).else_().then(count(least=99.0))
"""


@pytest.mark.airflow
def test_statements_on_a_connection(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "flow.py").write_text(FLOW)
    database = tmp_path / "birds.db"
    with closing(sqlite3.connect(database)) as connection:
        connection.executescript("CREATE TABLE birds (name, mass, n, alive); INSERT INTO birds VALUES ('a', 2, 1, 0);")
    monkeypatch.setenv("AIRFLOW_CONN_BIRDS", json.dumps({"conn_type": "sqlite", "host": str(database)}))
    name = "it's; {{ x }} :y %s"
    command = [str(Path(sys.executable).with_name("jetbridge")), "run", f"{tmp_path}/flow.py:flow", "--on", "airflow"]
    options = ["--containers", "process", "--store", str(tmp_path / "store"), "--input", f"name={name}", "--json"]
    done = subprocess.run([*command, *options], capture_output=True, text=True, check=False, cwd=tmp_path)
    assert done.returncode == 0, done.stdout + done.stderr
    assert json.loads(done.stdout)["outputs"] == {"o0": 2, "o1": 20}
    with closing(sqlite3.connect(database)) as connection:
        rows = connection.execute("SELECT name, mass, n, alive, typeof(mass), typeof(n) FROM birds").fetchall()
    assert rows[1] == (name, 3.0, 7, 1, "real", "integer")
