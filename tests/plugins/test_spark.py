"""The handler of Spark tasks: Flyte's SparkApplication."""

from __future__ import annotations

from typing import Any, cast

import pytest

from jetbridge import Secret, task
from jetbridge.errors import JetbridgeError, UsageError
from jetbridge.idl import TaskTemplate
from jetbridge.serialize.settings import SerializationSettings
from jetbridge.serialize.task import task_template
from jetbridge_plugins.spark import Spark
from jetbridge_plugins.spark.plan import HANDLER
from jetbridge_translators.handler import BuildContext
from jetbridge_translators.work import BindingMacro, ResourceWork, Text

CONF = {
    "spark.driver.memory": "1000M",
    "spark.driver.cores": "1",
    "spark.executor.instances": "2",
    "spark.executor.cores": "many",
    "spark.kubernetes.executor.request.cores": "500m",
}


@task(
    task_config=Spark(spark_conf=CONF, hadoop_conf={"fs.s3a.endpoint": "x"}),
    environment={"A": "1"},
    labels={"team": "birds"},
)
def sparked(i: int) -> float:
    return float(i)


def template() -> TaskTemplate:
    return task_template(sparked, SerializationSettings(image="spark:1"))


def manifest(changed: TaskTemplate) -> dict[str, Any]:
    work = HANDLER.build_resource(changed, BuildContext(("i",)))
    assert isinstance(work, ResourceWork)
    return cast("dict[str, Any]", work.manifest)


def test_the_application_is_flytes() -> None:
    whole = manifest(template())
    assert (whole["apiVersion"], whole["kind"]) == ("sparkoperator.k8s.io/v1beta2", "SparkApplication")
    spec = whole["spec"]
    assert {key: spec[key] for key in ("type", "mode", "image", "mainApplicationFile")} == {
        "type": "Python",
        "mode": "cluster",
        "image": "spark:1",
        "mainApplicationFile": "local:///opt/venv/bin/entrypoint.py",
    }
    assert spec["arguments"][0] == "jetbridge-execute"
    assert spec["arguments"][4] == Text(("--bind=i=", BindingMacro("i")))
    assert spec["hadoopConf"] == {"fs.s3a.endpoint": "x"}
    assert spec["restartPolicy"] == {"type": "OnFailure", "onSubmissionFailureRetries": 14}
    assert "batchScheduler" not in spec
    assert "mainClass" not in spec


def test_sparks_properties_are_completed_as_flyte_does() -> None:
    conf = manifest(template())["spec"]["sparkConf"]
    assert list(conf) == sorted(conf)
    assert {key: value for key, value in conf.items() if key not in CONF} == {
        "spark.pyspark.python": "/opt/venv/bin/python3",
        "spark.pyspark.driver.python": "/opt/venv/bin/python3",
        "spark.kubernetes.driver.limit.cores": "1",
        "spark.kubernetes.executor.limit.cores": "500m",
    }


def test_driver_and_executor_have_what_the_properties_and_the_task_say() -> None:
    spec = manifest(template())["spec"]
    shared = {"env": [{"name": "A", "value": "1"}], "labels": {"team": "birds"}}
    assert spec["driver"] == {"cores": 1, "memory": "1000M", "serviceAccount": "spark", **shared}
    # "many" is no number of cores: Flyte leaves it out as well.
    assert spec["executor"] == {"instances": 2, **shared}


@pytest.mark.parametrize(
    ("custom", "message"),
    [
        ({"sparkConf": "no map"}, "is no SparkJob"),
        ({"executorPath": "/python"}, "neither an application file nor a main class"),
        ({"mainApplicationFile": "x.py", "applicationType": 9}, "application type 9"),
        ({"mainApplicationFile": "x.py", "driverPod": {"primaryContainerName": "a"}}, "a driver pod of its own"),
        ({"mainApplicationFile": "x.py", "executorPod": {"primaryContainerName": "a"}}, "an executor pod of its own"),
    ],
)
def test_a_custom_that_cannot_be_kept_is_refused(custom: dict[str, Any], message: str) -> None:
    changed = template()
    changed.custom.Clear()
    changed.custom.update(custom)
    with pytest.raises(JetbridgeError, match=message) as caught:
        manifest(changed)
    assert caught.value.hint


def test_secrets_and_foreign_entrypoints_are_refused() -> None:
    @task(task_config=Spark(), secret_requests=[Secret("db", "password")])
    def secret(i: int) -> int:
        return i

    with pytest.raises(JetbridgeError, match="asks for secrets"):
        manifest(task_template(secret, SerializationSettings(image="spark:1")))
    changed = template()
    changed.container.args[0] = "pyflyte-execute"
    with pytest.raises(JetbridgeError, match="does not run 'jetbridge-execute'"):
        manifest(changed)


def test_a_main_class_is_enough() -> None:
    changed = template()
    changed.custom.Clear()
    changed.custom.update({"mainClass": "org.example.Pi", "applicationType": "SCALA"})
    spec = manifest(changed)["spec"]
    assert (spec["type"], spec["mainClass"]) == ("Scala", "org.example.Pi")
    assert "mainApplicationFile" not in spec
    assert "sparkConf" not in spec


def test_nothing_pretends_to_run_spark_here() -> None:
    with pytest.raises(UsageError, match="not supported yet"):
        sparked(i=1)
