"""Tasks that are no Python functions."""

from flytekit import ContainerTask, kwtypes, task, workflow
from flytekit.extras.sqlite3.task import SQLite3Config, SQLite3Task
from flytekit.extras.tasks.shell import OutputLocation, ShellTask
from flytekit.types.file import FlyteFile
from flytekitplugins.athena import AthenaConfig, AthenaTask
from flytekitplugins.bigquery import BigQueryConfig, BigQueryTask
from flytekitplugins.spark import Spark
from flytekitplugins.sqlalchemy import SQLAlchemyConfig, SQLAlchemyTask

container = ContainerTask(
    name="flows.programs.container",
    image="docker.io/library/busybox:1.36",
    input_data_dir="/var/inputs",
    output_data_dir="/var/outputs",
    inputs=kwtypes(n=int, text=str),
    outputs=kwtypes(out=str),
    command=["/bin/sh", "-c", "cat /var/inputs/text > /var/outputs/out; echo {{.inputs.n}} >> /var/outputs/out"],
)

shell = ShellTask(
    name="flows.programs.shell",
    script="set -e\nprintf '%s\\n' '{inputs.text}' > {outputs.out}\n",
    inputs=kwtypes(text=str),
    output_locs=[OutputLocation(var="out", var_type=FlyteFile, location="/tmp/flows-programs-shell.txt")],
)

sqlite = SQLite3Task(
    name="flows.programs.sqlite",
    query_template="select 1 as a, {{ .inputs.n }} as b",
    inputs=kwtypes(n=int),
    task_config=SQLite3Config(uri="https://example.org/none.sqlite"),
)

alchemy = SQLAlchemyTask(
    name="flows.programs.alchemy",
    query_template="select 1 as a, {{ .inputs.n }} as b",
    inputs=kwtypes(n=int),
    task_config=SQLAlchemyConfig(uri="sqlite://"),
)

athena = AthenaTask(
    name="flows.programs.athena",
    query_template="select * from penguins where mass > {{ .inputs.mass }}",
    inputs=kwtypes(mass=int),
    task_config=AthenaConfig(database="birds", workgroup="primary"),
)

bigquery = BigQueryTask(
    name="flows.programs.bigquery",
    query_template="select * from birds.penguins where mass > @mass",
    inputs=kwtypes(mass=int),
    task_config=BigQueryConfig(ProjectID="birds"),
)


@task
def read(file: FlyteFile) -> str:
    with open(file) as opened:
        return opened.read()


@task(task_config=Spark(spark_conf={"spark.executor.instances": "1", "spark.driver.memory": "600M"}))
def with_spark(n: int) -> int:
    from flytekit import current_context

    return current_context().spark_session.range(n).count()


@workflow
def containers(n: int = 3, text: str = "a\n") -> str:
    return container(n=n, text=text)


@workflow
def shells(text: str = "hello") -> str:
    return read(file=shell(text=text))


@workflow
def sqlites(n: int = 3) -> None:
    sqlite(n=n)


@workflow
def alchemies(n: int = 3) -> None:
    alchemy(n=n)


@workflow
def athenas(mass: int = 3000) -> None:
    athena(mass=mass)


@workflow
def bigqueries(mass: int = 3000) -> None:
    bigquery(mass=mass)


@workflow
def sparks(n: int = 5) -> int:
    return with_spark(n=n)
