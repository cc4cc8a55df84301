"""A Spark task as a SparkApplication of the Spark operator (flyteplugins `spark.go`)."""

from __future__ import annotations

from flyteidl.plugins.spark_pb2 import SparkJob

from jetbridge.idl import K8sPod, TaskTemplate
from jetbridge_plugins.spark.job import TYPES, number, spark_conf
from jetbridge_plugins.spark.pods import DRIVER, EXECUTOR, Pod, Side, pod_of
from jetbridge_translators.plan.placement import service_account
from jetbridge_translators.work import ContainerWork, JsonTree, PodPlace, ResourceWork

SERVICE_ACCOUNT = "spark"
_SPARK_VERSION = "4.0.0"
"""Not the image's: the oldest that this plugin works with. From 3.0.0 on the operator leaves pod templates alone."""
_RESTART: dict[str, JsonTree] = {
    "type": "OnFailure",
    "onSubmissionFailureRetries": 14,
    "onSubmissionFailureRetryInterval": 5,
    "onFailureRetryInterval": 5,
}
"""Flyte's policy. The intervals are the operator's defaults, which only its webhook fills in: without them it never
tries again (operator 2.4)."""
_STATE = "status.applicationState.state"


def application(template: TaskTemplate, job: SparkJob, work: ContainerWork, command: tuple[str, ...]) -> ResourceWork:
    """The SparkApplication.

    Args:
        template: The task.
        job: Its SparkJob.
        work: Its container: image, arguments, environment and secrets.
        command: What starts the containers of driver and executors; the image's own entrypoint when empty.
    """
    pods = {side: pod_of(side, template, work, _given(job, side), command) for side in (DRIVER, EXECUTOR)}
    return ResourceWork(
        manifest={
            "apiVersion": "sparkoperator.k8s.io/v1beta2",
            "kind": "SparkApplication",
            "metadata": {},
            "spec": _spec(template, job, work, pods),
        },
        success=f"{_STATE} == COMPLETED",
        # SUBMISSION_FAILED is not final: the operator submits again, and says FAILED when it gives up.
        failure=f"{_STATE} == FAILED",
        name_hint="spark",
        pods=tuple(PodPlace(f"spec.{side.name}.template", side.container) for side in pods),
        main_pod="status.driverInfo.podName",
        main_container=DRIVER.container,
        reason="status.applicationState.errorMessage",
    )


def _given(job: SparkJob, side: Side) -> K8sPod:
    return job.driverPod if side is DRIVER else job.executorPod


def _spec(template: TaskTemplate, job: SparkJob, work: ContainerWork, pods: dict[Side, Pod]) -> dict[str, JsonTree]:
    conf = spark_conf(job)
    spec: dict[str, JsonTree] = {
        "type": TYPES[job.applicationType],
        "sparkVersion": _SPARK_VERSION,
        "mode": "cluster",
        "image": work.image,
        "mainApplicationFile": job.mainApplicationFile or None,
        "mainClass": job.mainClass or None,
        "arguments": list(work.args),
        "sparkConf": dict(conf),
        "hadoopConf": dict(sorted(job.hadoopConf.items())),
        "restartPolicy": dict(_RESTART),
        "batchScheduler": conf.get("spark.batchScheduler"),
        "driver": {
            **_side(DRIVER, conf, pods[DRIVER]),
            "serviceAccount": service_account(template) or SERVICE_ACCOUNT,
        },
        "executor": {**_side(EXECUTOR, conf, pods[EXECUTOR]), **_instances(conf)},
    }
    return {key: value for key, value in spec.items() if value is not None and value != {}}


def _side(side: Side, conf: dict[str, str], pod: Pod) -> dict[str, JsonTree]:
    found: dict[str, JsonTree] = {
        "cores": number(conf, f"spark.{side.name}.cores"),
        "memory": conf.get(f"spark.{side.name}.memory"),
        "labels": dict(pod.labels),
        "annotations": dict(pod.annotations),
        "template": {"spec": dict(pod.spec)},
    }
    return {key: value for key, value in found.items() if value}


def _instances(conf: dict[str, str]) -> dict[str, JsonTree]:
    instances = number(conf, "spark.executor.instances")
    return {} if instances is None else {"instances": instances}
