"""Spark tasks: a SparkApplication of the Spark operator, or a driver in the task's own pod."""

from __future__ import annotations

from flyteidl.plugins.spark_pb2 import SparkJob

from jetbridge.errors import JetbridgeError
from jetbridge.idl import TaskTemplate
from jetbridge_plugins.container.plan import container_work, secret_ref
from jetbridge_plugins.spark.client import driver
from jetbridge_plugins.spark.job import parse_job, refuse_databricks
from jetbridge_plugins.spark.operator import application
from jetbridge_translators.handler import BuildContext, TaskHandler
from jetbridge_translators.option import Option
from jetbridge_translators.work import ContainerWork, ResourceWork

COMMAND = "jetbridge-spark"
"""Our console script (`jetbridge_plugins.spark.launcher`), in place of the entrypoint of Spark's own images."""


MODE = Option(
    name="spark",
    help="What runs Spark tasks on a cluster: the Spark operator, which must be installed there, or the task's own pod "
    "as the driver (Spark's client mode), which makes the executors itself.",
    default="operator",
    choices=("operator", "client"),
)


def build_resource(template: TaskTemplate, context: BuildContext) -> ResourceWork | ContainerWork:
    """The application of a task, or its driver.

    Raises:
        JetbridgeError: `custom` is no SparkJob or names no application, or the driver's pod cannot be the task's own.
    """
    job = parse_job(template)
    work = _container(template, job, context)
    if context.option(MODE) == "client":
        return driver(template, job, work, COMMAND)
    return application(template, job, work, (COMMAND,) if work.command else ())


def _container(template: TaskTemplate, job: SparkJob, context: BuildContext) -> ContainerWork:
    """The container of a Python task, with the name of our entrypoint as first argument; Spark starts it."""
    if job.mainClass:
        return _foreign(template)
    if template.HasField("k8s_pod"):
        raise JetbridgeError(
            f"Spark task {template.id.name!r} has a pod template, and Spark makes pods of its own",
            hint="Give `driver_pod=` and `executor_pod=` in Spark(…) instead.",
        )
    work = container_work(template, context)
    return ContainerWork(
        image=work.image,
        command=work.command,
        args=(*work.command, *work.args),
        env=work.env,
        requests=work.requests,
        limits=work.limits,
        secrets=work.secrets,
    )


def _foreign(template: TaskTemplate) -> ContainerWork:
    """A class of the user's, which is called with the arguments as they are."""
    container = template.container
    return ContainerWork(
        image=container.image,
        command=(),
        args=tuple(container.args),
        env=tuple((pair.key, pair.value) for pair in container.env),
        secrets=tuple(map(secret_ref, template.security_context.secrets)),
    )


def build_databricks(template: TaskTemplate, context: BuildContext) -> ContainerWork:
    """Raises `JetbridgeError`: flytekit's tasks on Databricks are refused by name."""
    raise refuse_databricks(template)


HANDLER = TaskHandler(
    build_resource=build_resource,
    shapes=(ResourceWork, ContainerWork),
    summary="Python functions in the driver of a Spark application",
    options=(MODE,),
)
DATABRICKS = TaskHandler(
    build_resource=build_databricks, shapes=(ContainerWork,), summary="Refused: tasks on Databricks"
)
