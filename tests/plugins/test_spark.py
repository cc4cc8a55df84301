"""The handler of Spark tasks: Flyte's SparkApplication, and the driver in the task's own pod."""

from __future__ import annotations

import json
from typing import Any, cast

import pytest

from jetbridge import PodTemplate, Resources, Secret, task
from jetbridge.accelerators import A100
from jetbridge.errors import JetbridgeError, UsageError
from jetbridge.idl import TaskTemplate
from jetbridge.serialize.settings import SerializationSettings
from jetbridge.serialize.task import task_template
from jetbridge_plugins.spark import Spark
from jetbridge_plugins.spark.plan import HANDLER
from jetbridge_translators.handler import BuildContext
from jetbridge_translators.planning import Planning
from jetbridge_translators.resource_pods import PodSettings, own_pods, with_settings
from jetbridge_translators.work import BindingMacro, ContainerWork, ResourceWork, Text

CONF = {
    "spark.driver.memory": "1000M",
    "spark.driver.cores": "1",
    "spark.executor.instances": "2",
    "spark.executor.cores": "many",
    "spark.kubernetes.executor.request.cores": "500m",
}
STORE = PodSettings(env={"AWS_ENDPOINT_URL": "http://minio"}, secret="store")  # noqa: S106 -- the name of a Secret


@task(
    task_config=Spark(spark_conf=CONF, hadoop_conf={"fs.s3a.endpoint": "x"}),
    environment={"A": "1", "B": "$(A)"},
    labels={"team": "birds"},
)
def sparked(i: int) -> float:
    return float(i)


EXECUTORS = {
    "containers": [{"name": "primary", "imagePullPolicy": "Never"}, {"name": "beside", "image": "b"}],
    "tolerations": [{"key": "spark", "operator": "Exists"}],
}


@task(
    task_config=Spark(executor_pod=PodTemplate(pod_spec=EXECUTORS, labels={"role": "worker"})),
    secret_requests=[
        Secret("db", "Password", mount_requirement=Secret.MountType.ENV_VAR),
        Secret("db", "Cert", mount_requirement=Secret.MountType.FILE),
    ],
    requests=Resources(gpu="1"),
    accelerator=A100,
    shared_memory="1Gi",
    interruptible=True,
)
def demanding(i: int) -> float:
    return float(i)


def template(of: Any = sparked) -> TaskTemplate:
    return task_template(of, SerializationSettings(image="spark:1"))


def application(changed: TaskTemplate) -> ResourceWork:
    work = HANDLER.build_resource(changed, BuildContext(("i",)))
    assert isinstance(work, ResourceWork)
    return work


def manifest(changed: TaskTemplate) -> dict[str, Any]:
    return cast("dict[str, Any]", application(changed).manifest)


def driver(changed: TaskTemplate) -> ContainerWork:
    work = HANDLER.build_resource(changed, BuildContext(("i",), Planning(options={"spark": "client"})))
    assert isinstance(work, ContainerWork)
    return work


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
    policy = spec["restartPolicy"]
    assert (policy["type"], policy["onSubmissionFailureRetries"]) == ("OnFailure", 14)
    # Without the operator's webhook nobody else would say how long it waits between two submissions.
    assert policy["onSubmissionFailureRetryInterval"] == 5
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
    own = {key: value for key, value in spec["driver"].items() if key != "template"}
    assert own == {"cores": 1, "memory": "1000M", "serviceAccount": "spark", "labels": {"team": "birds"}}
    # "many" is no number of cores: Flyte leaves it out as well.
    own = {key: value for key, value in spec["executor"].items() if key != "template"}
    assert own == {"instances": 2, "labels": {"team": "birds"}}
    [container] = spec["driver"]["template"]["spec"]["containers"]
    assert container["name"] == "spark-kubernetes-driver"
    assert container["command"] == ["jetbridge-spark"]
    # Kubernetes gives the process the value as it is.
    assert container["env"] == [{"name": "A", "value": "1"}, {"name": "B", "value": "$$(A)"}]


def test_pods_have_secrets_by_reference_accelerators_and_memory() -> None:
    spec = manifest(template(demanding))["spec"]
    pods = {side: spec[side]["template"]["spec"] for side in ("driver", "executor")}
    for pod in pods.values():
        container = pod["containers"][0]
        reference = {"secretKeyRef": {"name": "db", "key": "Password", "optional": True}}
        assert {"name": "_FSEC_DB_PASSWORD", "valueFrom": reference} in container["env"]
        assert {"name": "secret-db", "mountPath": "/etc/flyte/secrets/db", "readOnly": True} in container[
            "volumeMounts"
        ]
        assert pod["volumes"][1]["emptyDir"] == {"medium": "Memory", "sizeLimit": "1Gi"}
        terms = pod["affinity"]["nodeAffinity"]["requiredDuringSchedulingIgnoredDuringExecution"]["nodeSelectorTerms"]
        assert terms[0]["matchExpressions"][0]["values"] == ["nvidia-tesla-a100"]
    assert pods["executor"]["automountServiceAccountToken"] is False
    assert "automountServiceAccountToken" not in pods["driver"]


def test_the_authors_pod_is_laid_over_that_of_the_executors() -> None:
    executor = manifest(template(demanding))["spec"]["executor"]
    pod = executor["template"]["spec"]
    # As on Flyte only executors may be pre-empted.
    assert executor["labels"] == {"interruptible": "true", "role": "worker"}
    assert [container["name"] for container in pod["containers"]] == ["spark-kubernetes-executor", "beside"]
    assert pod["containers"][0]["imagePullPolicy"] == "Never"
    assert [toleration["key"] for toleration in pod["tolerations"]][-1] == "spark"
    assert "labels" not in manifest(template(demanding))["spec"]["driver"]


def test_the_back_end_completes_both_pods() -> None:
    spec = cast("Any", with_settings(application(template()), STORE).manifest)["spec"]
    for side in ("driver", "executor"):
        pod = spec[side]["template"]["spec"]
        [container] = pod["containers"]
        assert container["envFrom"] == [{"secretRef": {"name": "store"}}]
        assert container["env"][0] == {"name": "AWS_ENDPOINT_URL", "value": "http://minio"}
        assert container["securityContext"]["readOnlyRootFilesystem"] is True
        assert pod["securityContext"]["runAsNonRoot"] is True
        assert pod["volumes"] == [{"name": "tmp", "emptyDir": {}}]
        assert container["volumeMounts"][0]["name"] == "tmp"


@pytest.mark.parametrize(
    ("custom", "message"),
    [
        ({"sparkConf": "no map"}, "is no SparkJob"),
        ({"executorPath": "/python"}, "neither an application file nor a main class"),
        ({"mainApplicationFile": "x.py", "applicationType": 9}, "application type 9"),
        ({"mainApplicationFile": "x.py", "databricksInstance": "here"}, "asks for Databricks"),
    ],
)
def test_a_custom_that_cannot_be_kept_is_refused(custom: dict[str, Any], message: str) -> None:
    changed = template()
    changed.custom.Clear()
    changed.custom.update(custom)
    with pytest.raises(JetbridgeError, match=message) as caught:
        manifest(changed)
    assert caught.value.hint


def test_a_main_class_is_enough() -> None:
    changed = template()
    changed.custom.Clear()
    changed.custom.update({"mainClass": "org.example.Pi", "applicationType": "SCALA"})
    spec = manifest(changed)["spec"]
    assert (spec["type"], spec["mainClass"]) == ("Scala", "org.example.Pi")
    assert "mainApplicationFile" not in spec
    assert "sparkConf" not in spec
    # The image's own entrypoint starts it: it is no Python of ours.
    assert "command" not in spec["driver"]["template"]["spec"]["containers"][0]
    with pytest.raises(JetbridgeError, match="an application of its own") as caught:
        driver(changed)
    assert "--spark operator" in caught.value.hint


def test_the_driver_in_the_tasks_own_pod_is_a_container() -> None:
    work = driver(template())
    assert (work.image, work.command) == ("spark:1", ("jetbridge-spark", "driver"))
    assert work.args[:2] == ("--master", "k8s://https://kubernetes.default.svc")
    at = work.args.index("jetbridge-execute")
    assert work.args[at - 1] == "local:///opt/venv/bin/entrypoint.py"
    assert "spark.executor.instances=2" in work.args[:at]
    assert "spark.hadoop.fs.s3a.endpoint=x" in work.args[:at]
    assert "spark.kubernetes.container.image=spark:1" in work.args[:at]
    # 1000 MiB for the JVM, and Spark's 40 % for Python.
    assert work.requests == (("cpu", "1"), ("memory", "1400Mi"))
    assert work.limits == (("cpu", "1"), ("memory", "1400Mi"))
    assert work.account == "spark"
    assert dict(work.fields)["SPARK_DRIVER_HOST"] == "status.podIP"


def test_the_driver_is_told_of_its_executors_pods() -> None:
    [told] = own_pods(driver(template(demanding)), STORE)
    name, _, text = told.partition("=")
    pod = json.loads(text)
    assert name == "--executor-pod"
    assert pod["metadata"]["labels"] == {"interruptible": "true", "role": "worker"}
    assert pod["spec"]["containers"][0]["envFrom"] == [{"secretRef": {"name": "store"}}]
    # A container of the author's gets the rights of every container, and not the store's credentials.
    assert "envFrom" not in pod["spec"]["containers"][1]
    assert pod["spec"]["containers"][1]["securityContext"]["allowPrivilegeEscalation"] is False


def test_a_pod_of_the_drivers_own_needs_the_operator() -> None:
    @task(task_config=Spark(driver_pod=PodTemplate(pod_spec={"hostNetwork": True})))
    def own(i: int) -> int:
        return i

    assert manifest(template(own))["spec"]["driver"]["template"]["spec"]["hostNetwork"] is True
    with pytest.raises(JetbridgeError, match=r"driver_pod.*--spark client"):
        driver(template(own))


def test_the_option_has_two_choices() -> None:
    with pytest.raises(UsageError, match="--spark cannot be 'yarn'") as caught:
        HANDLER.build_resource(template(), BuildContext(("i",), Planning(options={"spark": "yarn"})))
    assert caught.value.hint == "Choose one of: operator, client."
