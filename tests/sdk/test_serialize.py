"""Flyte's classic example on the wire, field by field."""

from __future__ import annotations

import importlib
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from google.protobuf.json_format import MessageToDict

from jetbridge import LaunchPlan
from jetbridge.idl import RuntimeMetadata, SimpleType, TaskTemplate
from jetbridge.idl_admin import TaskSpec
from jetbridge.launch_plan import CronSchedule
from jetbridge.serialize.entities import entities_of
from jetbridge.serialize.launch_plan import launch_plan_message
from jetbridge.serialize.settings import SerializationSettings
from jetbridge.version import VERSION
from tests.sdk.flows import flow

ROOT = Path(__file__).parents[2]
SETTINGS = SerializationSettings(image="ghcr.io/me/spark:1", source_root=str(ROOT / "examples"))


@pytest.fixture(scope="module")
def hello_spark() -> TaskTemplate:
    sys.path.insert(0, str(ROOT / "examples"))
    try:
        module: Any = importlib.import_module("hello_spark")
    finally:
        sys.path.remove(str(ROOT / "examples"))
    entities = entities_of([LaunchPlan.get_or_create(module.my_spark)], SETTINGS)
    (task,) = [entity for entity in entities if isinstance(entity, TaskSpec)]
    return task.template


def test_identity_and_type(hello_spark: TaskTemplate) -> None:
    assert MessageToDict(hello_spark.id) == {"resourceType": "TASK", "name": "hello_spark.hello_spark"}
    assert hello_spark.type == "spark"
    assert hello_spark.task_type_version == 0


def test_metadata(hello_spark: TaskTemplate) -> None:
    runtime = hello_spark.metadata.runtime
    assert (runtime.type, runtime.version, runtime.flavor) == (RuntimeMetadata.FLYTE_SDK, VERSION, "python")
    assert not hello_spark.metadata.discoverable
    assert hello_spark.metadata.retries.retries == 0
    assert not hello_spark.metadata.HasField("timeout")
    assert hello_spark.metadata.WhichOneof("interruptible_value") is None


def test_interface(hello_spark: TaskTemplate) -> None:
    interface = hello_spark.interface
    assert {name: variable.type.simple for name, variable in interface.inputs.variables.items()} == {
        "i": SimpleType.INTEGER
    }
    assert {name: variable.type.simple for name, variable in interface.outputs.variables.items()} == {
        "o0": SimpleType.FLOAT
    }


def test_custom(hello_spark: TaskTemplate) -> None:
    assert MessageToDict(hello_spark.custom) == {
        "executorPath": "/opt/venv/bin/python3",
        "mainApplicationFile": "local:///opt/venv/bin/entrypoint.py",
        "sparkConf": {
            "spark.driver.memory": "1000M",
            "spark.executor.instances": "2",
            "spark.driver.cores": "1",
        },
        "databricksConf": {},
    }


def test_container(hello_spark: TaskTemplate) -> None:
    assert hello_spark.container.image == "ghcr.io/me/spark:1"
    assert list(hello_spark.container.command) == []
    assert list(hello_spark.container.args) == [
        "jetbridge-execute",
        "--inputs",
        "{{.input}}",
        "--output-prefix",
        "{{.outputPrefix}}",
        "--raw-output-data-prefix",
        "{{.rawOutputDataPrefix}}",
        "--checkpoint-path",
        "{{.checkpointOutputPrefix}}",
        "--prev-checkpoint",
        "{{.prevCheckpointPrefix}}",
        "--resolver",
        "jetbridge.runtime.resolver.default_task_resolver",
        "--",
        "task-module",
        "hello_spark",
        "task-name",
        "hello_spark",
    ]


def test_the_authors_line_is_kept(hello_spark: TaskTemplate) -> None:
    file, _, line = hello_spark.config["jetbridge.source"].rpartition(":")
    source = (ROOT / "examples" / file).read_text().splitlines()
    assert file == "hello_spark.py"
    assert source[int(line) - 1] == "@task("


def test_a_launch_plan_with_a_kickoff_time() -> None:
    plan = LaunchPlan.get_or_create(flow, "lp", {"n": 1}, schedule=CronSchedule("@daily", kickoff_time_input_arg="n"))
    schedule = launch_plan_message(plan).spec.entity_metadata.schedule
    assert (schedule.cron_schedule.schedule, schedule.kickoff_time_input_arg) == ("@daily", "n")


def test_importing_the_library_loads_nothing_heavy() -> None:
    code = "import sys, jetbridge, jetbridge.runtime.execute; print(*sorted(sys.modules))"
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()
    heavy = {"pandas", "pyarrow", "airflow", "hera", "click", "rich", "flytekit", "jetbridge_translators", "numpy"}
    assert heavy.isdisjoint(loaded)
