"""Spark tasks as a SparkApplication of the Spark operator: Flyte's BuildResource (flyteplugins `spark.go`)."""

from __future__ import annotations

from flyteidl.plugins.spark_pb2 import SparkApplication, SparkJob
from google.protobuf.json_format import MessageToDict, ParseDict, ParseError

from jetbridge.errors import JetbridgeError
from jetbridge.idl import TaskTemplate
from jetbridge_translators.handler import BuildContext, TaskHandler
from jetbridge_translators.plan.cache_options import cache_options
from jetbridge_translators.plan.macros import ENTRYPOINT, entrypoint_args
from jetbridge_translators.plan.placement import service_account
from jetbridge_translators.work import JsonTree, ResourceWork

_TYPES = {
    SparkApplication.PYTHON: "Python",
    SparkApplication.JAVA: "Java",
    SparkApplication.SCALA: "Scala",
    SparkApplication.R: "R",
}
_SUBMISSION_RETRIES = 14
_SERVICE_ACCOUNT = "spark"


def build_resource(template: TaskTemplate, context: BuildContext) -> ResourceWork:
    """The SparkApplication of a task. Raises `JetbridgeError` when `custom` is no SparkJob or names no application."""
    job = parse_job(template)
    return ResourceWork(
        manifest={
            "apiVersion": "sparkoperator.k8s.io/v1beta2",
            "kind": "SparkApplication",
            "metadata": {},
            "spec": _spec(job, template, context),
        },
        success="status.applicationState.state == COMPLETED",
        # SUBMISSION_FAILED is not final: the operator submits again, and says FAILED when it gives up.
        failure="status.applicationState.state == FAILED",
        name_hint="spark",
    )


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
    _refuse_unsupported(template, job)
    return job


def _refuse_unsupported(template: TaskTemplate, job: SparkJob) -> None:
    """What Flyte would honour and this handler does not must not be lost in silence."""
    asked = {
        f"application type {job.applicationType}": job.applicationType not in _TYPES,
        "a driver pod of its own": job.HasField("driverPod"),
        "an executor pod of its own": job.HasField("executorPod"),
        "secrets": bool(template.security_context.secrets),
        "a kind of accelerator": template.extended_resources.HasField("gpu_accelerator"),
        "shared memory": template.extended_resources.HasField("shared_memory"),
    }
    for what, is_asked in asked.items():
        if is_asked:
            raise JetbridgeError(
                f"Spark task {template.id.name!r} asks for {what}, which is not supported yet",
                hint="Remove it from the task, or run the task on Flyte.",
            )


def _spec(job: SparkJob, template: TaskTemplate, context: BuildContext) -> dict[str, JsonTree]:
    conf = spark_conf(job)
    spec: dict[str, JsonTree] = {
        "type": _TYPES[job.applicationType],
        # Required by the CRD, and left empty by Flyte: the image decides.
        "sparkVersion": "",
        "mode": "cluster",
        "image": template.container.image,
        "mainApplicationFile": job.mainApplicationFile or None,
        "mainClass": job.mainClass or None,
        "arguments": list(_arguments(template, context)),
        "sparkConf": dict(conf),
        "hadoopConf": dict(sorted(job.hadoopConf.items())),
        "restartPolicy": {"type": "OnFailure", "onSubmissionFailureRetries": _SUBMISSION_RETRIES},
        "batchScheduler": conf.get("spark.batchScheduler"),
        "driver": _pod(conf, "driver", template) | {"serviceAccount": service_account(template) or _SERVICE_ACCOUNT},
        "executor": _pod(conf, "executor", template) | _instances(conf),
    }
    return {key: value for key, value in spec.items() if value is not None and value != {}}


def _arguments(template: TaskTemplate, context: BuildContext) -> tuple[JsonTree, ...]:
    args = [*template.container.args]
    if args[:1] != [ENTRYPOINT]:
        raise JetbridgeError(
            f"task {template.id.name!r} does not run {ENTRYPOINT!r}",
            hint="Only tasks authored with Jetbridge's SDK run so far; images built with flytekit come later.",
        )
    return (ENTRYPOINT, *entrypoint_args(args, context.inputs, cache_options(template, args)))


def spark_conf(job: SparkJob) -> dict[str, str]:
    """Spark's properties as Flyte completes them, sorted."""
    python = {"spark.pyspark.python": job.executorPath, "spark.pyspark.driver.python": job.executorPath}
    conf = (python if job.executorPath else {}) | dict(job.sparkConf)
    for side in ("driver", "executor"):
        cores = conf.get(f"spark.kubernetes.{side}.request.cores") or conf.get(f"spark.{side}.cores")
        if cores:
            conf.setdefault(f"spark.kubernetes.{side}.limit.cores", cores)
    return dict(sorted(conf.items()))


def _pod(conf: dict[str, str], side: str, template: TaskTemplate) -> dict[str, JsonTree]:
    cores, memory = conf.get(f"spark.{side}.cores", ""), conf.get(f"spark.{side}.memory")
    env: list[JsonTree] = [{"name": pair.key, "value": pair.value} for pair in template.container.env]
    metadata = template.metadata.metadata
    pod: dict[str, JsonTree] = {
        "cores": int(cores) if cores.isdigit() else None,
        "memory": memory,
        "env": env,
        "labels": {**metadata.labels},
        "annotations": {**metadata.annotations},
    }
    return {key: value for key, value in pod.items() if value}


def _instances(conf: dict[str, str]) -> dict[str, JsonTree]:
    instances = conf.get("spark.executor.instances", "")
    return {"instances": int(instances)} if instances.isdigit() else {}


HANDLER = TaskHandler(
    build_resource=build_resource,
    shapes=(ResourceWork,),
    summary="Python functions in the driver of a Spark application",
)
