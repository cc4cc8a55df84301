"""`jetbridge-spark`: the commands of the containers of an application."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from jetbridge_plugins.spark.launcher import APPLICATION, driver_command, executor_command, spark_home

HOME = Path("/spark")
TASK = ("jetbridge-execute", "--run-root=s3://b/r", "--", "task-module", "m", "task-name", "t")
IN_CLUSTER_MODE = ("--class", "org.apache.spark.deploy.PythonRunner", "local:///opt/venv/bin/entrypoint.py", *TASK)


def test_a_driver_is_spark_submit_in_client_mode() -> None:
    command = driver_command(("x.jar", "--conf", "a=b"), HOME, {"SPARK_DRIVER_BIND_ADDRESS": "10.0.0.7"})
    assert command == [
        *("/spark/bin/spark-submit", "--conf", "spark.driver.bindAddress=10.0.0.7", "--deploy-mode", "client"),
        *("x.jar", "--conf", "a=b"),
    ]


def test_a_driver_in_the_tasks_pod_says_where_it_is() -> None:
    environ = {
        "SPARK_DRIVER_HOST": "10.0.0.7",
        "SPARK_DRIVER_POD": "fit-1",
        "SPARK_DRIVER_NAMESPACE": "runs",
    }
    command = driver_command(("x.jar",), HOME, environ)
    assert command[1:7] == [
        *("--conf", "spark.driver.host=10.0.0.7"),
        *("--conf", "spark.kubernetes.driver.pod.name=fit-1"),
        *("--conf", "spark.kubernetes.namespace=runs"),
    ]


def test_what_an_image_lacks_is_ours(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    properties = tmp_path / "spark.properties"
    properties.write_text("spark.app.name=x\nspark.pyspark.python=/no/python3\n")
    command = driver_command(("--properties-file", str(properties), *IN_CLUSTER_MODE), HOME, {})
    # After what is given: the last one counts for spark-submit.
    assert command.index(f"spark.pyspark.python={sys.executable}") > command.index(str(properties))
    assert command[command.index("jetbridge-execute") - 1] == str(APPLICATION)
    assert APPLICATION.exists()
    said = capsys.readouterr().err
    assert "there is no /no/python3 in this image" in said
    assert "there is no /opt/venv/bin/entrypoint.py in this image" in said


def test_what_an_image_has_is_used(tmp_path: Path) -> None:
    main = tmp_path / "entrypoint.py"
    main.touch()
    given = ("--conf", f"spark.pyspark.python={sys.executable}", f"local://{main}", *TASK)
    assert driver_command(given, HOME, {})[-len(given) :] == list(given)


def test_executors_pods_become_a_file() -> None:
    pod = {"spec": {"containers": [{"name": "spark-kubernetes-executor"}]}}
    command = driver_command((f"--executor-pod={json.dumps(pod)}", "x.jar"), HOME, {})
    setting = next(text for text in command if text.startswith("spark.kubernetes.executor.podTemplateFile="))
    file = Path(setting.partition("=")[2])
    assert json.loads(file.read_text()) == pod
    file.unlink()
    assert command[-1] == "x.jar"


def test_an_executor_is_told_what_the_driver_has_put_into_its_environment() -> None:
    environ = {
        "SPARK_DRIVER_URL": "spark://x",
        "SPARK_EXECUTOR_ID": "1",
        "SPARK_EXECUTOR_CORES": "2",
        "SPARK_EXECUTOR_MEMORY": "1024m",
        "SPARK_APPLICATION_ID": "spark-7",
        "SPARK_EXECUTOR_POD_IP": "10.0.0.8",
        "SPARK_EXECUTOR_POD_NAME": "exec-1",
        "SPARK_RESOURCE_PROFILE_ID": "0",
        "SPARK_JAVA_OPT_10": "-Dten",
        "SPARK_JAVA_OPT_2": "-Dtwo",
        "SPARK_CONF_DIR": "/opt/spark/conf",
        "JAVA_HOME": "/java",
    }
    command = executor_command((), HOME, environ)
    assert command[:5] == ["/java/bin/java", "-Dtwo", "-Dten", "-Xms1024m", "-Xmx1024m"]
    assert command[6].split(":")[:2] == ["/opt/spark/conf", "/spark/jars/*"]
    assert command[7:10] == [
        *("org.apache.spark.scheduler.cluster.k8s.KubernetesExecutorBackend", "--driver-url", "spark://x"),
    ]
    assert command[-2:] == ["--podName", "exec-1"]


def test_spark_is_pysparks_unless_the_image_says_otherwise() -> None:
    assert spark_home({"SPARK_HOME": "/opt/spark"}) == Path("/opt/spark")
    assert (spark_home({}) / "bin" / "spark-submit").exists()


def test_another_command_is_run_as_it_is() -> None:
    command = [sys.executable, "-m", "jetbridge_plugins.spark.launcher", "echo", "hello"]
    assert subprocess.run(command, capture_output=True, text=True, check=True).stdout == "hello\n"
