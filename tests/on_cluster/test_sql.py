"""Statements on a PostgreSQL of this machine, which pods reach by the address of the bridge; Airflow's worker too."""

from __future__ import annotations

import json
from collections.abc import Generator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from jetbridge.errors import JetbridgeError
from jetbridge.types.json_codec import to_json
from jetbridge_translators.cli.execution import Execution
from tests.cluster.settings import NETWORK
from tests.on_cluster.airflow_helpers import airflow, watched
from tests.on_cluster.launch import Launcher
from tests.on_cluster.outputs import equal_outputs
from tests.on_cluster.site import Site
from tests.postgresql import PostgreSQL, postgresql

pytestmark = pytest.mark.cluster
SECRET = "jetbridge-test-warehouse"  # noqa: S105 -- the name of a Kubernetes Secret
HOSTILE = "it's; {{ x }} {{=1}} :y %s $(HOME)"
FLOW = """
from typing import Annotated

import pandas as pd

from jetbridge import Secret, StructuredDataset, kwtypes, task, workflow
from jetbridge_plugins.sql import SQLConfig, SQLTask

WAREHOUSE = SQLConfig(
    uri="{uri}",
    secret_connect_args={{"password": Secret(group="{secret}", key="password")}},
    connection="warehouse",
)
insert = SQLTask(
    name="birds.insert",
    query_template=(
        "INSERT INTO birds (run, name, mass) "
        "VALUES ({{{{ .inputs.run }}}}, {{{{ .inputs.name }}}}, {{{{ .inputs.mass }}}})"
    ),
    task_config=WAREHOUSE,
    inputs=kwtypes(run=str, name=str, mass=float),
)
heavy = SQLTask(
    name="birds.heavy",
    query_template=(
        "SELECT name, mass, CAST('2024-02-29 12:00+00' AS timestamptz) AS seen, CAST(NULL AS integer) AS nothing "
        "FROM birds WHERE run = {{{{ .inputs.run }}}} AND mass > {{{{ .inputs.least }}}} ORDER BY id"
    ),
    task_config=WAREHOUSE,
    inputs=kwtypes(run=str, least=float),
    outputs=kwtypes(results=Annotated[StructuredDataset, kwtypes(name=str, mass=float)]),
)
count = SQLTask(
    name="birds.count",
    query_template="SELECT count(*) AS n, max(name) AS last FROM birds WHERE run = {{{{ .inputs.run }}}}",
    task_config=WAREHOUSE,
    inputs=kwtypes(run=str),
    outputs=kwtypes(n=int, last=str),
)
wrong = SQLTask(
    name="birds.wrong", query_template="SELECT nme FROM birds", task_config=WAREHOUSE, outputs=kwtypes(n=int)
)


@task
def least(n: int) -> float:
    return n / 2


@task
def total(table: StructuredDataset) -> float:
    return float(table.open(pd.DataFrame).all()["mass"].sum())


@workflow
def flow(run: str, name: str = "Gentoo") -> tuple[StructuredDataset, float, int, str]:
    one = insert(run=run, name="Adelie", mass=0.5)
    two = insert(run=run, name=name, mass=5.5)
    rows = heavy(run=run, least=least(n=2))
    one >> two
    two >> rows
    counted = count(run=run)
    two >> counted
    return rows, total(table=rows), counted.n, counted.last


@workflow
def fails() -> int:
    return wrong()
"""


@dataclass(frozen=True, slots=True)
class Warehouse:
    """The database with its workflows."""

    server: PostgreSQL
    file: Path

    def connection(self) -> str:
        """What Airflow is told."""
        server = self.server
        address = {"host": server.host, "port": server.port, "login": server.user, "password": server.password}
        return json.dumps({"conn_type": "postgres", "schema": "postgres", **address})


@pytest.fixture(scope="module")
def warehouse(own_site: Site, tmp_path_factory: pytest.TempPathFactory) -> Generator[Warehouse]:
    folder = tmp_path_factory.mktemp("warehouse")
    with postgresql(NETWORK.gateway) as server:
        server.run("CREATE TABLE birds (id SERIAL, run TEXT, name TEXT, mass DOUBLE PRECISION)")
        uri = f"postgresql+psycopg://{server.user}@{server.host}:{server.port}/postgres"
        file = folder / "birds.py"
        file.write_text(FLOW.format(uri=uri, secret=SECRET))
        own_site.kubectl("create", "secret", "generic", SECRET, f"--from-literal=password={server.password}")
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv(f"_FSEC_{SECRET}_PASSWORD".upper(), server.password)
            yield Warehouse(server, file)
        own_site.kubectl("delete", "secret", SECRET)


@pytest.fixture(scope="module")
def local(warehouse: Warehouse, launcher: Launcher, tmp_path_factory: pytest.TempPathFactory) -> Execution:
    store = str(tmp_path_factory.mktemp("store"))
    inputs = ("run=local", f"name={HOSTILE}")
    return launcher.start(f"{warehouse.file}:flow", inputs, backend="local", store=store).done()


@pytest.fixture(scope="module")
def on_argo(warehouse: Warehouse, launcher: Launcher, _as_submitter: None) -> Execution:
    return launcher.start(f"{warehouse.file}:flow", ("run=argo", f"name={HOSTILE}")).done()


def plain(execution: Execution) -> Mapping[str, Any]:
    return {name: to_json(value) for name, value in execution.outputs.items() if name != "o0"}


def test_argos_outputs_equal_those_of_this_machine(local: Execution, on_argo: Execution) -> None:
    assert plain(local) == {"o1": 5.5, "o2": 2, "o3": HOSTILE}
    assert equal_outputs(local, on_argo) == dict.fromkeys(("o0", "o1", "o2", "o3"), True)


def test_a_statement_is_one_pod_and_its_password_only_named(site: Site, on_argo: Execution) -> None:
    pods = site.pods(on_argo.result.run_id)
    assert len(pods) == len(on_argo.plan.steps)
    assert "not-a-secret" not in json.dumps([pod["spec"] for pod in pods])


def test_a_wrong_statement_says_so(warehouse: Warehouse, launcher: Launcher, on_argo: Execution) -> None:
    error: JetbridgeError = launcher.start(f"{warehouse.file}:fails").error()
    assert 'column "nme" does not exist' in str(error)
    assert "line 1, column 8:" in str(error)


def test_airflow_runs_statements_in_the_worker(
    site: Site, warehouse: Warehouse, local: Execution, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """On the connection, without pods: only the two Python tasks have one."""
    monkeypatch.setenv("AIRFLOW_CONN_WAREHOUSE", warehouse.connection())
    user = airflow(site, tmp_path)
    with watched(site, tmp_path / "pods") as seen:
        target = f"{warehouse.file}:flow"
        given = ("--on", "airflow", "--json", "--input", "run=airflow", "--input", f"name={HOSTILE}")
        ended = user.command("run", target, *given).ended()
    assert ended.code == 0, ended.said
    outputs = {name: value for name, value in ended.record["outputs"].items() if name != "o0"}
    assert outputs == plain(local)
    assert len(seen.pods("birds.flow")) == 2
