# flytekit has no type information.
# pyright: basic, reportMissingTypeStubs=false
"""Statements with both SDKs: the protobufs are equal, except for what names the SDK itself; flytekit's run here."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from flytekit import StructuredDataset as TheirDataset
from flytekit import kwtypes as their_kwtypes
from flytekit.models.security import Secret as TheirSecret
from flytekitplugins.athena import AthenaConfig as TheirAthenaConfig
from flytekitplugins.athena import AthenaTask as TheirAthenaTask
from flytekitplugins.bigquery import BigQueryConfig as TheirBigQueryConfig
from flytekitplugins.bigquery import BigQueryTask as TheirBigQueryTask
from flytekitplugins.sqlalchemy import SQLAlchemyConfig as TheirSQLAlchemyConfig
from flytekitplugins.sqlalchemy import SQLAlchemyTask as TheirSQLAlchemyTask
from google.cloud.bigquery import QueryJobConfig

from jetbridge import Resources, Secret, StructuredDataset, kwtypes
from jetbridge.idl_admin import TaskSpec
from jetbridge.runtime.execute import run
from jetbridge.serialize.task import task_spec
from jetbridge_plugins.athena import AthenaConfig, AthenaTask
from jetbridge_plugins.bigquery import BigQueryConfig, BigQueryTask
from jetbridge_plugins.sqlalchemy import SQLAlchemyConfig, SQLAlchemyTask
from jetbridge_translators.api import Engine
from jetbridge_translators.work import SqlWork
from tests.compat.test_nodes_flytekit import lines, without_sdk
from tests.compat.test_package_flytekit import SETTINGS, their_message

QUERY = "SELECT a,\n\t b FROM t WHERE a > {{ .inputs.a }} AND s = '{{ .inputs.s }}'"
JOB = QueryJobConfig(use_query_cache=False, maximum_bytes_billed=10**9)


def sqlalchemy(task: Any, config: Any, secret: Any, types: Any, dataset: Any, resources: Any) -> Any:
    return task(
        name="birds.sqlalchemy",
        query_template=QUERY,
        task_config=config(
            uri="postgresql://db/birds",
            connect_args={"connect_timeout": 3},
            secret_connect_args={"password": secret(group="warehouse", key="password")},
        ),
        inputs=types(a=int, s=str),
        output_schema_type=dataset,
        container_image="img:1",
        requests=resources(cpu="1"),
    )


def silent(task: Any, config: Any, types: Any) -> Any:
    return task(
        name="birds.silent",
        query_template="DELETE FROM t",
        task_config=config(uri="sqlite:///birds.db"),
        inputs=types(),
        output_schema_type=None,
        container_image="img:1",
    )


def athena(task: Any, config: Any, types: Any, dataset: Any) -> Any:
    given = config(database="zoo", workgroup="primary")
    return task(
        name="birds.athena",
        query_template=QUERY,
        task_config=given,
        inputs=types(a=int, s=str),
        output_schema_type=dataset,
    )


def bigquery(task: Any, config: Any, types: Any, dataset: Any) -> Any:
    return task(
        name="birds.bigquery",
        query_template="SELECT a FROM t WHERE a > @a",
        task_config=config(ProjectID="zoo-123", Location="EU", QueryJobConfig=JOB),
        inputs=types(a=int),
        output_structured_dataset_type=dataset,
    )


def their_resources(**given: str) -> Any:
    from flytekit import Resources as TheirResources

    return TheirResources(**given)


PAIRS: dict[str, tuple[Callable[[], Any], Callable[[], Any]]] = {
    "sqlalchemy": (
        lambda: sqlalchemy(SQLAlchemyTask, SQLAlchemyConfig, Secret, kwtypes, StructuredDataset, Resources),
        lambda: sqlalchemy(
            TheirSQLAlchemyTask, TheirSQLAlchemyConfig, TheirSecret, their_kwtypes, TheirDataset, their_resources
        ),
    ),
    "silent": (
        lambda: silent(SQLAlchemyTask, SQLAlchemyConfig, kwtypes),
        lambda: silent(TheirSQLAlchemyTask, TheirSQLAlchemyConfig, their_kwtypes),
    ),
    "athena": (
        lambda: athena(AthenaTask, AthenaConfig, kwtypes, StructuredDataset),
        lambda: athena(TheirAthenaTask, TheirAthenaConfig, their_kwtypes, TheirDataset),
    ),
    "bigquery": (
        lambda: bigquery(BigQueryTask, BigQueryConfig, kwtypes, StructuredDataset),
        lambda: bigquery(TheirBigQueryTask, TheirBigQueryConfig, their_kwtypes, TheirDataset),
    ),
}


def normal(spec: TaskSpec) -> TaskSpec:
    """Without names of the SDK: beside those of every task the image of a task that has no container in FlyteIDL."""
    copy = without_sdk(spec)
    copy.template.config.pop("jetbridge.image", None)
    for index, arg in enumerate(copy.template.container.args):
        if index > 0 and copy.template.container.args[index - 1] in ("--resolver", "{{.taskTemplatePath}}"):
            copy.template.container.args[index] = "a name"
        del arg
    return copy


@pytest.mark.parametrize("name", PAIRS)
def test_the_message_is_flytekits(name: str) -> None:
    ours, theirs = PAIRS[name]
    assert lines(normal(task_spec(ours(), SETTINGS))) == lines(normal(their_message(theirs())))


FLYTEKIT_FILE = """
from flytekit import kwtypes, workflow
from flytekit.types.schema import FlyteSchema
from flytekit.types.structured import StructuredDataset
from flytekitplugins.athena import AthenaConfig, AthenaTask
from flytekitplugins.bigquery import BigQueryConfig, BigQueryTask
from flytekitplugins.sqlalchemy import SQLAlchemyConfig, SQLAlchemyTask

heavy = SQLAlchemyTask(
    name="birds.heavy",
    query_template="SELECT name, mass FROM birds WHERE mass > {{{{ .inputs.mass }}}}",
    task_config=SQLAlchemyConfig(uri="sqlite:///{database}"),
    inputs=kwtypes(mass=float),
)
typed = SQLAlchemyTask(
    name="birds.typed",
    query_template="SELECT name FROM birds WHERE name = '{{{{ .inputs.name }}}}'",
    task_config=SQLAlchemyConfig(uri="sqlite:///{database}"),
    inputs=kwtypes(name=str),
    output_schema_type=StructuredDataset,
)
cloud = AthenaTask(
    name="birds.cloud",
    query_template="SELECT 1 WHERE 1 = {{{{ .inputs.n }}}}",
    task_config=AthenaConfig(database="zoo"),
    inputs=kwtypes(n=int),
    output_schema_type=FlyteSchema,
)
query = BigQueryTask(
    name="birds.query",
    query_template="SELECT @n",
    task_config=BigQueryConfig(ProjectID="zoo"),
    inputs=kwtypes(n=int),
    output_structured_dataset_type=StructuredDataset,
)


@workflow
def birds(mass: float = 4.0, name: str = "Gentoo") -> tuple[FlyteSchema, StructuredDataset]:
    return heavy(mass=mass), typed(name=name)


@workflow
def clouds(n: int = 1) -> tuple[FlyteSchema, StructuredDataset]:
    return cloud(n=n), query(n=n)
"""


@pytest.fixture(scope="module")
def package(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What the real `pyflyte package` writes, with a database beside it."""
    folder = tmp_path_factory.mktemp("theirs")
    fill = "import sqlite3, sys; c = sqlite3.connect(sys.argv[1]); c.executescript(sys.argv[2])"
    script = "CREATE TABLE birds (name TEXT, mass REAL); INSERT INTO birds VALUES ('Adelie', 3.7), ('Gentoo', 5.1);"
    subprocess.run([sys.executable, "-c", fill, str(folder / "birds.db"), script], check=True)
    (folder / "same.py").write_text(FLYTEKIT_FILE.format(database=folder / "birds.db"))
    command = [str(Path(sys.executable).with_name("pyflyte")), "--pkgs", "same", "package", "--image", "img:1"]
    subprocess.run([*command, "--output", "theirs.tgz"], cwd=folder, check=True, capture_output=True)
    return folder / "theirs.tgz"


def jetbridge(*words: str) -> str:
    command = [str(Path(sys.executable).with_name("jetbridge")), *words]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_flytekits_package_runs_here(package: Path, tmp_path: Path) -> None:
    import json

    target = f"{package}:same.birds"
    result = json.loads(jetbridge("run", target, "--on", "local", "--store", str(tmp_path), "--json"))
    tables = [StructuredDataset(uri=value).open(pa.Table).all() for value in result["outputs"].values()]
    assert [table.to_pylist() for table in tables] == [[{"name": "Gentoo", "mass": 5.1}], [{"name": "Gentoo"}]]


def test_flytekits_package_becomes_pods_of_a_runners_image(package: Path, tmp_path: Path) -> None:
    words = ("translate", f"{package}:same.birds", "--to", "argo", "--store", "s3://bucket/runs", "-o", str(tmp_path))
    done = subprocess.run(
        [str(Path(sys.executable).with_name("jetbridge")), *words], capture_output=True, text=True, check=False
    )
    assert done.returncode != 0
    assert "--runner-image" in done.stderr
    jetbridge(*words, "--runner-image", "me/runner:1")
    manifest = next(path for path in tmp_path.iterdir() if not path.name.startswith("run-")).read_text()
    assert manifest.count("image: me/runner:1") == 2
    assert "flytekit" not in manifest


def test_flytekits_cloud_tasks_are_planned(package: Path) -> None:
    from jetbridge.package import parse_package
    from jetbridge.package_closure import closure_from_package

    closure = closure_from_package(parse_package(package.read_bytes(), package.name), "same.clouds")
    works = [step.work for step in Engine().plan(closure, "local").steps]
    assert [work.dialect for work in works if isinstance(work, SqlWork)] == ["athena", "bigquery"]


def test_on_flyte_the_entrypoint_reads_the_tasks_message(tmp_path: Path) -> None:
    """As propeller starts it: the message in the store, inputs and outputs as files."""
    from jetbridge.idl import Literal, LiteralMap, Primitive, Scalar

    task = SQLAlchemyTask(
        name="birds.plus",
        query_template="SELECT {{ .inputs.n }} + 1",
        task_config=SQLAlchemyConfig(uri="sqlite://"),
        inputs=kwtypes(n=int),
        output_schema_type=int,
    )
    template = task_spec(task, SETTINGS).template
    (tmp_path / "task.pb").write_bytes(template.SerializeToString())
    inputs = LiteralMap(literals={"n": Literal(scalar=Scalar(primitive=Primitive(integer=4)))})
    (tmp_path / "inputs.pb").write_bytes(inputs.SerializeToString())
    values = {
        "{{.input}}": f"{tmp_path}/inputs.pb",
        "{{.outputPrefix}}": f"{tmp_path}/out",
        "{{.rawOutputDataPrefix}}": f"{tmp_path}/raw",
        "{{.taskTemplatePath}}": f"{tmp_path}/task.pb",
    }
    assert run([values.get(arg, arg) for arg in template.container.args[1:]]) == 0
    outputs = LiteralMap.FromString((tmp_path / "out/outputs.pb").read_bytes())
    assert outputs.literals["results"].scalar.primitive.integer == 5
