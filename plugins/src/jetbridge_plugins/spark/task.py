"""Authoring a Spark task: `@task(task_config=Spark(…))`."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field

from jetbridge.errors import UsageError

TASK_TYPE = "spark"
# flytekit's defaults (flytekitplugins-spark `task.py`): where its images have the entrypoint and Python.
APPLICATIONS_PATH = "local:///opt/venv/bin/entrypoint.py"
EXECUTOR_PATH = "/opt/venv/bin/python3"


@dataclass(frozen=True, slots=True, kw_only=True)
class Spark:
    """A task whose function runs in the driver of a Spark application.

    Attributes:
        spark_conf: Spark's properties. Cores, memory and instances are read from here, not from `requests=`.
        hadoop_conf: Hadoop's properties.
        executor_path: The Python of driver and executors.
        applications_path: The application's main file.

    Example:
        >>> Spark(spark_conf={"spark.executor.instances": "2"}).custom()["sparkConf"]
        {'spark.executor.instances': '2'}
    """

    spark_conf: Mapping[str, str] = field(default_factory=dict[str, str])
    hadoop_conf: Mapping[str, str] = field(default_factory=dict[str, str])
    executor_path: str = EXECUTOR_PATH
    applications_path: str = APPLICATIONS_PATH

    @property
    def task_type(self) -> str:
        """FlyteIDL's task type."""
        return TASK_TYPE

    def custom(self) -> Mapping[str, object]:
        """FlyteIDL's SparkJob as JSON: default values left out."""
        job: dict[str, object] = {
            "executorPath": self.executor_path,
            "mainApplicationFile": self.applications_path,
            "sparkConf": dict(self.spark_conf),
            "hadoopConf": dict(self.hadoop_conf),
        }
        return {key: value for key, value in job.items() if value}

    def session(self) -> AbstractContextManager[Mapping[str, object]]:
        """Raises `UsageError`: a Spark session cannot be made yet."""
        raise UsageError(
            "running a Spark task's function is not supported yet",
            hint="Translate it to Argo or Airflow; there the Spark operator runs it.",
        )
