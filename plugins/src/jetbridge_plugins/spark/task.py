"""Authoring a Spark task: `@task(task_config=Spark(…))`."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any

from jetbridge.errors import UsageError
from jetbridge.pod_template import PodTemplate

TASK_TYPE = "spark"
# flytekit's defaults (flytekitplugins-spark `task.py`): where its images have the entrypoint and Python.
APPLICATIONS_PATH = "local:///opt/venv/bin/entrypoint.py"
EXECUTOR_PATH = "/opt/venv/bin/python3"


@dataclass(frozen=True, slots=True)
class Spark:
    """A task whose function runs in the driver of a Spark application.

    The session is made before the function is called: `current_context().spark_session`.

    Attributes:
        spark_conf: Spark's properties. Cores, memory and instances are read from here, not from `requests=`.
        hadoop_conf: Hadoop's properties.
        executor_path: The Python of driver and executors; flytekit's when not given.
        applications_path: The application's main file; flytekit's when not given.
        driver_pod: What the driver's pod has beside what Spark itself puts there.
        executor_pod: What the executors' pods have beside it.

    Example:
        >>> Spark(spark_conf={"spark.executor.instances": "2"}).custom()["sparkConf"]
        {'spark.executor.instances': '2'}
    """

    spark_conf: Mapping[str, str] | None = None
    hadoop_conf: Mapping[str, str] | None = None
    executor_path: str | None = None
    applications_path: str | None = None
    driver_pod: PodTemplate | None = None
    executor_pod: PodTemplate | None = None

    @property
    def task_type(self) -> str:
        """FlyteIDL's task type."""
        return TASK_TYPE

    def custom(self) -> Mapping[str, object]:
        """FlyteIDL's SparkJob as JSON: default values left out."""
        job: dict[str, object] = {
            "executorPath": self.executor_path or EXECUTOR_PATH,
            "mainApplicationFile": self.applications_path or APPLICATIONS_PATH,
            "sparkConf": dict(self.spark_conf or {}),
            "hadoopConf": dict(self.hadoop_conf or {}),
            "driverPod": _pod(self.driver_pod),
            "executorPod": _pod(self.executor_pod),
        }
        # flytekit writes the last one into every SparkJob, empty.
        return {**{key: value for key, value in job.items() if value}, "databricksConf": {}}

    def session(self) -> AbstractContextManager[Mapping[str, object]]:
        """The Spark session, as `spark_session`. Raises `UsageError` where there is no Java or no pyspark."""
        # Late: only a worker makes sessions.
        from jetbridge_plugins.spark.session import spark_session

        return spark_session(self.spark_conf or {}, self.hadoop_conf or {})


def _pod(template: PodTemplate | None) -> dict[str, object]:
    """FlyteIDL's K8sPod as JSON; unlike a task's own pod it gets nothing of the task's container."""
    if template is None:
        return {}
    metadata = {"labels": dict(template.labels or {}), "annotations": dict(template.annotations or {})}
    return {
        "metadata": {key: value for key, value in metadata.items() if value},
        "podSpec": template.manifest,
        "primaryContainerName": template.primary_container_name,
    }


class Databricks:
    """flytekit's configuration of a task on Databricks, which Jetbridge does not run."""

    def __init__(self, *args: Any, **options: Any) -> None:
        raise UsageError(
            f"{type(self).__name__}(…) asks for Databricks, a service that no back end here uses",
            hint="Use Spark(…) with the same spark_conf: it runs in your own Kubernetes.",
        )


class DatabricksV2(Databricks):
    """See `Databricks`."""
