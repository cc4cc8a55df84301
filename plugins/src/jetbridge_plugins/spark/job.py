"""FlyteIDL's SparkJob in a task, and Spark's properties as Flyte completes them (flyteplugins `spark.go`)."""

from __future__ import annotations

from flyteidl.plugins.spark_pb2 import SparkApplication, SparkJob
from google.protobuf.json_format import MessageToDict, ParseDict, ParseError

from jetbridge.errors import JetbridgeError
from jetbridge.idl import TaskTemplate

TYPES = {
    SparkApplication.PYTHON: "Python",
    SparkApplication.JAVA: "Java",
    SparkApplication.SCALA: "Scala",
    SparkApplication.R: "R",
}


def parse_job(template: TaskTemplate) -> SparkJob:
    """The SparkJob in a task's `custom`. Raises `JetbridgeError`."""
    try:
        job = ParseDict(MessageToDict(template.custom), SparkJob(), ignore_unknown_fields=True)
    except ParseError as error:
        raise JetbridgeError(
            f"the custom of task {template.id.name!r} is no SparkJob: {error}", hint="Package the task again."
        ) from error
    if not (job.mainApplicationFile or job.mainClass):
        raise JetbridgeError(
            f"task {template.id.name!r} names neither an application file nor a main class",
            hint="Give `applications_path=` in Spark(…).",
        )
    if job.applicationType not in TYPES:
        raise JetbridgeError(
            f"Spark task {template.id.name!r} has the unknown application type {job.applicationType}",
            hint=f"The types are {', '.join(TYPES.values())}.",
        )
    if job.databricksConf.fields or job.databricksToken or job.databricksInstance:
        raise refuse_databricks(template)
    return job


def refuse_databricks(template: TaskTemplate) -> JetbridgeError:
    """The error of a task that asks for Databricks."""
    return JetbridgeError(
        f"task {template.id.name!r} asks for Databricks, a service that no back end here uses",
        hint="Use Spark(…) with the same spark_conf: it runs in your own Kubernetes.",
    )


def spark_conf(job: SparkJob) -> dict[str, str]:
    """Spark's properties as Flyte completes them, sorted."""
    python = {"spark.pyspark.python": job.executorPath, "spark.pyspark.driver.python": job.executorPath}
    conf = (python if job.executorPath else {}) | dict(job.sparkConf)
    for side in ("driver", "executor"):
        cores = conf.get(f"spark.kubernetes.{side}.request.cores") or conf.get(f"spark.{side}.cores")
        if cores:
            conf.setdefault(f"spark.kubernetes.{side}.limit.cores", cores)
    return dict(sorted(conf.items()))


def number(conf: dict[str, str], name: str) -> int | None:
    """A property as a number; what is none Flyte leaves out."""
    text = conf.get(name, "")
    return int(text) if text.isdecimal() else None
