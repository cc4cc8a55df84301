"""A Spark task without an operator: its own pod is the driver (Spark's client mode), and makes the executors.

So the task is one container as any other, with its log, its exit code and its end; the executors end with the pod,
which owns them.
"""

from __future__ import annotations

import math
import re

from flyteidl.plugins.spark_pb2 import SparkJob

from jetbridge.errors import JetbridgeError
from jetbridge.idl import TaskTemplate
from jetbridge_plugins.spark.job import spark_conf
from jetbridge_plugins.spark.operator import SERVICE_ACCOUNT
from jetbridge_plugins.spark.pods import EXECUTOR, pod_of
from jetbridge_translators.work import ContainerWork, JsonTree, OwnPod

_MASTER = "k8s://https://kubernetes.default.svc"
_FIELDS = (
    ("SPARK_DRIVER_POD", "metadata.name"),
    ("SPARK_DRIVER_NAMESPACE", "metadata.namespace"),
    ("SPARK_DRIVER_BIND_ADDRESS", "status.podIP"),
    ("SPARK_DRIVER_HOST", "status.podIP"),
)
"""What only the pod knows, and the launcher tells Spark (`jetbridge_plugins.spark.launcher`)."""
_SIZE = re.compile(r"(\d+)([kmgt]?)b?", re.IGNORECASE)
_MIB = {"k": 1 / 1024, "m": 1.0, "": 1.0, "g": 1024.0, "t": 1024.0 * 1024}
_MIN_OVERHEAD = 384
_OVERHEAD = 0.4
"""Spark's own defaults for what a Python driver takes beside the JVM's heap (`memoryOverheadFactor`)."""


def driver(template: TaskTemplate, job: SparkJob, work: ContainerWork, command: str) -> ContainerWork:
    """The driver's container.

    Args:
        template: The task.
        job: Its SparkJob.
        work: Its container: image, arguments, environment and secrets.
        command: Our console script.

    Raises:
        JetbridgeError: the task is no Python function, or asks for what only a pod of its own would have.
    """
    if not work.command:
        raise _refusal(template, "is an application of its own, not a Python function")
    if job.HasField("driverPod"):
        raise _refusal(template, "gives the driver a pod (driver_pod)")
    conf = spark_conf(job)
    pod = pod_of(EXECUTOR, template, work, job.executorPod, (command,))
    executors: dict[str, JsonTree] = {
        "metadata": {"labels": dict(pod.labels), "annotations": dict(pod.annotations)},
        "spec": dict(pod.spec),
    }
    return ContainerWork(
        image=work.image,
        command=(command, "driver"),
        args=("--master", _MASTER, *_settings(job, conf, work.image), job.mainApplicationFile, *work.args),
        env=work.env,
        requests=_resources(conf, "request"),
        limits=_resources(conf, "limit"),
        secrets=work.secrets,
        account=SERVICE_ACCOUNT,
        fields=_FIELDS,
        own_pods=(OwnPod("--executor-pod", EXECUTOR.container, executors),),
        image_user=True,
    )


def _refusal(template: TaskTemplate, why: str) -> JetbridgeError:
    return JetbridgeError(
        f"Spark task {template.id.name!r} {why}, and `--spark client` runs a driver in the task's own pod",
        hint="Run it with `--spark operator`.",
    )


def _settings(job: SparkJob, conf: dict[str, str], image: str) -> tuple[str, ...]:
    hadoop = {f"spark.hadoop.{name}": value for name, value in job.hadoopConf.items()}
    whole = {"spark.kubernetes.container.image": image, **conf, **hadoop}
    return tuple(text for name in sorted(whole) for text in ("--conf", f"{name}={whole[name]}"))


def _resources(conf: dict[str, str], kind: str) -> tuple[tuple[str, str], ...]:
    """What Spark asks for a driver's pod in cluster mode (Spark's `BasicDriverFeatureStep`)."""
    cores = conf.get(f"spark.kubernetes.driver.{kind}.cores") or (
        conf.get("spark.driver.cores", "1") if kind == "request" else ""
    )
    heap = _mebibytes(conf.get("spark.driver.memory", "1g"))
    overhead = conf.get("spark.driver.memoryOverhead", "")
    beside = _mebibytes(overhead) if overhead else max(_MIN_OVERHEAD, _OVERHEAD * heap)
    return ((("cpu", cores),) if cores else ()) + (("memory", f"{math.ceil(heap + beside)}Mi"),)


def _mebibytes(text: str) -> float:
    """A size as Spark reads it; one that Spark cannot read either is left to Spark's own error.

    Example:
        >>> _mebibytes("1g"), _mebibytes("1000M")
        (1024.0, 1000.0)
    """
    match = _SIZE.fullmatch(text.strip())
    return float(match[1]) * _MIB[match[2].lower()] if match else 1024.0
