# flytekit has no type information.
# pyright: basic, reportMissingTypeStubs=false
"""Spark tasks with flytekitplugins-spark and with ours: equal protobufs, except for what names the SDK itself."""

from __future__ import annotations

from typing import Any

import pytest
from flytekit import PodTemplate as TheirPodTemplate
from flytekit import task as their_task
from flytekitplugins.spark import Databricks as TheirDatabricks
from flytekitplugins.spark import DatabricksV2 as TheirDatabricksV2
from flytekitplugins.spark import Spark as TheirSpark
from kubernetes.client import V1Container, V1EnvVar, V1PodSpec, V1Toleration

from jetbridge import PodTemplate, task
from jetbridge.errors import JetbridgeError, UsageError
from jetbridge.idl import TaskTemplate
from jetbridge.serialize.task import task_spec
from jetbridge_plugins.spark import Databricks, DatabricksV2, Spark
from jetbridge_translators import registry
from jetbridge_translators.handler import BuildContext
from tests.compat.test_package_flytekit import SETTINGS, lines, their_message, without_sdk

SPEC = V1PodSpec(
    containers=[V1Container(name="primary", env=[V1EnvVar(name="A", value="1")])],
    tolerations=[V1Toleration(key="spark", operator="Exists", effect="NoSchedule")],
    node_selector={"disk": "ssd"},
)
PODS = {"labels": {"team": "birds"}, "annotations": {"a": "b"}, "pod_spec": SPEC, "primary_container_name": "primary"}
CONFIGS: dict[str, dict[str, Any]] = {
    "nothing": {},
    "properties": {
        "spark_conf": {"spark.driver.memory": "1000M", "spark.executor.instances": "2"},
        "hadoop_conf": {"fs.s3a.endpoint": "http://x"},
    },
    "paths": {"executor_path": "/usr/bin/python3", "applications_path": "local:///app.py"},
}


def ours(config: Spark) -> Any:
    @task(task_config=config)
    def counted(i: int) -> float:
        return float(i)

    return task_spec(counted, SETTINGS)


def theirs(config: TheirSpark) -> Any:
    @their_task(task_config=config)
    def counted(i: int) -> float:
        return float(i)

    return their_message(counted)


@pytest.mark.parametrize("name", CONFIGS)
def test_the_task_is_flytekits(name: str) -> None:
    mine, expected = ours(Spark(**CONFIGS[name])), theirs(TheirSpark(**CONFIGS[name]))
    assert mine.template.type == expected.template.type == "spark"
    # flytekit names a module by where pytest was started from.
    module = "tests.compat.test_spark_flytekit"
    prefix = expected.template.id.name.removesuffix(f"{module}.counted")
    theirs_here = [line.replace(prefix, "") if prefix else line for line in lines(without_sdk(expected))]
    assert lines(without_sdk(mine)) == theirs_here


def test_pods_of_driver_and_executors_are_flytekits() -> None:
    mine = ours(Spark(driver_pod=PodTemplate(**PODS), executor_pod=PodTemplate(pod_spec=SPEC)))
    expected = theirs(TheirSpark(driver_pod=TheirPodTemplate(**PODS), executor_pod=TheirPodTemplate(pod_spec=SPEC)))
    assert lines(mine.template.custom) == lines(expected.template.custom)


def test_positional_arguments_mean_what_they_mean_there() -> None:
    assert (
        ours(Spark({"a": "b"}, {"c": "d"}, "/p", "x.py")).template.custom
        == theirs(TheirSpark({"a": "b"}, {"c": "d"}, "/p", "x.py")).template.custom
    )


@pytest.mark.parametrize("config", [Databricks, DatabricksV2])
def test_databricks_is_refused_by_name(config: type[Databricks]) -> None:
    with pytest.raises(UsageError, match=f"{config.__name__}.* asks for Databricks") as caught:
        config(spark_conf={}, databricks_conf={"run_name": "x"})
    assert "Spark(…)" in caught.value.hint


@pytest.mark.parametrize("config", [TheirDatabricks, TheirDatabricksV2])
def test_databricks_in_a_package_is_refused_by_name(config: Any) -> None:
    made = theirs(config(databricks_conf={"run_name": "x"}, databricks_instance="here"))
    template = TaskTemplate.FromString(made.template.SerializeToString())
    handler = registry.handler(template.type)
    assert handler is not None, template.type
    with pytest.raises(JetbridgeError, match="asks for Databricks"):
        handler.build_resource(template, BuildContext(("i",)))
