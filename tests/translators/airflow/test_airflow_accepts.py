"""What a real Airflow makes of the files: imported by a DagBag, serialized, rendered by the operators themselves."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from jetbridge import FixedRate
from jetbridge.bindings import InputRef
from jetbridge.idl import LiteralType, SimpleType
from jetbridge_plugins.spark.airflow import lower as lower_spark
from jetbridge_translators.airflow.assemble import assemble
from jetbridge_translators.airflow.emit import emit
from jetbridge_translators.airflow.options import TARGETS
from jetbridge_translators.base import Lower
from jetbridge_translators.plan.model import Input, Plan, Schedule
from jetbridge_translators.work import BindingMacro, JsonTree, Macro, ResourceWork, Text
from tests.translators.airflow.hostile import HOSTILE
from tests.translators.airflow.kubernetes_expansion import expand
from tests.translators.airflow.plans import STORE, STRING, STRUCT, container, penguins, plan, settings, source, step
from tests.translators.launched import MAILS, SOME_RUNS, launched, plan_of

Dag = dict[str, Any]
DATETIME = LiteralType(simple=SimpleType.DATETIME)
PROBE = Path(__file__).with_name("probe.py")
KUBECONFIG: dict[str, object] = {
    "apiVersion": "v1",
    "kind": "Config",
    "clusters": [{"name": "none", "cluster": {"server": "http://127.0.0.1:1"}}],
    "users": [{"name": "nobody", "user": {}}],
    "contexts": [{"name": "none", "context": {"cluster": "none", "user": "nobody"}}],
    "current-context": "none",
}
VALUES = {f"i{number}": text for number, text in enumerate(HOSTILE)} | {"items": {"b": "$$", "a": ["{{ x }}"]}}
ENV = {f"V{number}": text for number, text in enumerate(HOSTILE)}


def hostile(name: str) -> Plan:
    inputs = (*(Input(name=key, type=STRING) for key in VALUES if key != "items"), Input(name="items", type=STRUCT))
    given = {key: InputRef(key) for key in VALUES}
    return plan(
        step(0, "static", {}, work=container(*HOSTILE, env=ENV)),
        step(1, "inputs", given, work=container(*(Text((BindingMacro(key),)) for key in given))),
        inputs=inputs,
        name=name,
    )


def spark() -> Plan:
    spec: dict[str, JsonTree] = {
        "type": "Python",
        "mainApplicationFile": "local:///app/main.json",
        "arguments": [Text(("--run-root=", Macro.RUN_ROOT)), *HOSTILE],
        "sparkConf": {"x": "a.json", "y": "$(X) $$ {{ z }}"},
        "driver": {"cores": 1, "env": [{"name": "A", "value": "$(X)"}]},
        "executor": {"instances": 2},
    }
    manifest: dict[str, JsonTree] = {
        "apiVersion": "sparkoperator.k8s.io/v1beta2",
        "kind": "SparkApplication",
        "metadata": {},
        "spec": spec,
    }
    work = ResourceWork(manifest=manifest, success="a == b", failure="a == c")
    return plan(step(0, "fit_model", {}, retries=1, work=work), name="spark.run")


def timed_plan(name: str) -> Plan:
    """A workflow that a schedule tells the time."""
    given = container(Text((BindingMacro("at"),)))
    made = plan(
        step(0, "tell", {"at": InputRef("at")}, work=given), inputs=(Input(name="at", type=DATETIME),), name=name
    )
    return replace(made, schedule=Schedule(cron="30 6 * * 1", kickoff_time_input="at"))


def launched_plan() -> Plan:
    """A launch plan that asks for everything."""
    return plan_of(launched(notifications=MAILS, concurrency=SOME_RUNS, schedule=FixedRate(timedelta(minutes=90))))


def files() -> dict[str, str]:
    found = {
        f"{containers}_{target}.py".replace(".", "_", 1): source(_named(penguins(), f"{containers}-{target}"), chosen)
        for containers in ("pod", "process")
        for target in TARGETS
        for chosen in [settings(containers, target, {"store-secret": "bucket"} if containers == "pod" else {})]
    }
    for containers in ("pod", "process"):
        found[f"hostile_{containers}.py"] = source(hostile(f"hostile-{containers}"), settings(containers))
    for target in TARGETS:
        found[f"timed_{target.replace('.', '_')}.py"] = source(timed_plan(f"timed-{target}"), settings(target=target))
    found["launched.py"] = source(launched_plan(), settings())
    found["spark.py"] = emit(assemble(spark(), settings(), find=_spark_override))
    return found


def _spark_override(backend: str, task_type: str) -> Lower:
    return lower_spark


def _final(containers: str, text: str) -> str:
    """What the process gets: Kubernetes expands a pod's texts once more."""
    return expand(text, {"HOME": "/root", "rm": "gone"}) if containers == "pod" else text


def _named(subject: Plan, name: str) -> Plan:
    return Plan(
        name=name, description=subject.description, inputs=subject.inputs, nodes=subject.steps, outputs=subject.outputs
    )


@pytest.fixture(scope="module")
def seen(tmp_path_factory: pytest.TempPathFactory) -> Dag:
    """Everything that Airflow says, from one process: importing it takes seconds."""
    home = tmp_path_factory.mktemp("airflow")
    (home / "dags").mkdir()
    for name, text in files().items():
        (home / "dags" / name).write_text(text)
    (home / "kubeconfig").write_text(json.dumps(KUBECONFIG))
    (home / "values.json").write_text(json.dumps({**VALUES, "who": "me"}))
    command = [sys.executable, str(PROBE), *(str(home / name) for name in ("dags", "values.json", "result.json"))]
    done = subprocess.run(command, env=_environment(home), capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return json.loads((home / "result.json").read_text())


def _environment(home: Path) -> dict[str, str]:
    return {
        **os.environ,
        "AIRFLOW_HOME": str(home),
        "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
        "AIRFLOW__USAGE_DATA_COLLECTION__ENABLED": "False",
        "KUBECONFIG": str(home / "kubeconfig"),
    }


def test_every_file_is_imported_without_error_or_warning(seen: Dag) -> None:
    assert seen["errors"] == {}
    assert seen["warnings"] == {}
    assert len(seen["dags"]) == len(files())


def test_a_schedule_starts_at_its_next_time_and_tells_it(seen: Dag) -> None:
    for target in TARGETS:
        first = datetime.fromisoformat(seen["next"][f"timed-{target}"])
        assert (first.weekday(), first.hour, first.minute, first.tzname()) == (0, 6, 30, "UTC")
        assert seen["dags"][f"timed-{target}"]["tasks"]["tell"]["argv"][1:] == ['json:"2026-01-31T08:00:00+00:00"']
    assert seen["next"]["lp"]
    assert seen["next"]["pod-3.0"] == ""


def test_a_launch_plan_s_settings_reach_the_pod(seen: Dag) -> None:
    first, second = (seen["dags"]["lp"]["tasks"][name]["pod"] for name in ("first", "second"))
    assert {"team": "plan", "own": "1"}.items() <= first["metadata"]["labels"].items()
    assert first["metadata"]["annotations"]["note"] == "{% x %}"
    assert first["spec"]["serviceAccountName"] == second["spec"]["serviceAccountName"] == "runner"
    assert {"medium": "Memory", "sizeLimit": "64Mi"} in [volume["emptyDir"] for volume in first["spec"]["volumes"]]
    required = second["spec"]["affinity"]["nodeAffinity"]["requiredDuringSchedulingIgnoredDuringExecution"]
    rules = required["nodeSelectorTerms"][0]["matchExpressions"]
    assert [rule["values"] for rule in rules] == [["nvidia-tesla-a100"], ["1g.5gb"]]
    assert [each["value"] for each in second["spec"]["tolerations"]] == ["nvidia-tesla-a100", "1g.5gb"]


@pytest.mark.parametrize("containers", ["pod", "process"])
def test_the_graph_inputs_and_attempts_are_the_workflows(seen: Dag, containers: str) -> None:
    dag = seen["dags"][f"{containers}-3.0"]
    tasks = dag["tasks"]
    assert {name: task["upstream"] for name, task in tasks.items()} == {
        "load": [],
        "clean": ["load"],
        "fit_adelie": ["clean"],
        "fit_gentoo": ["clean"],
        "fit_chinstrap": ["clean"],
        "report": ["fit_adelie", "fit_chinstrap", "fit_gentoo"],
    }
    assert {name: task["retries"] for name, task in tasks.items() if task["retries"]} == {"clean": 2, "report": 1}
    assert {name: task["timeout"] for name, task in tasks.items() if task["timeout"]} == {"clean": 600.0}
    assert {task["retry_delay"] for task in tasks.values()} == {5.0}
    schemas = {name: (param["value"], param["schema"]) for name, param in dag["params"].items()}
    assert schemas["n"] == (3, {"type": "integer"})
    assert schemas["who"][1] == {"type": "string"}
    assert dag["params"]["n"]["description"] == "How many"


@pytest.mark.parametrize("containers", ["pod", "process"])
def test_the_entrypoint_gets_its_arguments(seen: Dag, containers: str) -> None:
    root = f"{STORE}/{containers}-3.0/manual__2026-01-31T08:00:00+00:00"
    report = seen["dags"][f"{containers}-3.0"]["tasks"]["report"]
    assert report["argv"] == [
        "jetbridge-execute",
        f"--run-root={root}",
        "--node-path=n5",
        "--attempt=1",
        "--bind=fits=[n2.o0, n3.o0, n4.o0]",
        *("--", "task-module", "penguins", "task-name", "report"),
    ]


@pytest.mark.parametrize("containers", ["pod", "process"])
def test_hostile_texts_reach_the_process_as_they_were(seen: Dag, containers: str) -> None:
    static = seen["dags"][f"hostile-{containers}"]["tasks"]["static"]
    assert [_final(containers, text) for text in static["argv"]] == ["jetbridge-execute", *HOSTILE]
    assert {name: _final(containers, text) for name, text in static["env"].items()} == ENV


@pytest.mark.parametrize("containers", ["pod", "process"])
def test_hostile_inputs_reach_the_process_as_they_were(seen: Dag, containers: str) -> None:
    task = seen["dags"][f"hostile-{containers}"]["tasks"]["inputs"]
    texts = [_final(containers, text).removeprefix("json:") for text in task["argv"][1:]]
    assert [json.loads(text) for text in texts] == list(VALUES.values())
    assert texts[-1].startswith('{"b": ')


def test_a_pod_is_one_container_locked_down(seen: Dag) -> None:
    clean = seen["dags"]["pod-3.0"]["tasks"]["clean"]
    spec = clean["pod"]["spec"]
    (only,) = spec["containers"]
    assert spec["initContainers"] == []
    assert spec["automountServiceAccountToken"] is False
    assert spec["securityContext"] == {"runAsNonRoot": True, "seccompProfile": {"type": "RuntimeDefault"}}
    assert only["securityContext"] == {
        "allowPrivilegeEscalation": False,
        "capabilities": {"drop": ["ALL"]},
        "readOnlyRootFilesystem": True,
    }
    assert spec["volumes"][0] == {"name": "tmp", "emptyDir": {}}
    assert only["volumeMounts"][0] == {"name": "tmp", "mountPath": "/tmp"}  # noqa: S108 -- a folder of the container
    assert only["resources"] == {"requests": {"cpu": "500m", "memory": "1Gi"}, "limits": {"memory": "2Gi"}}
    assert (clean["on_finish_action"], clean["deferrable"], clean["do_xcom_push"]) == ("delete_pod", False, False)


def test_secrets_are_references(seen: Dag) -> None:
    spec = seen["dags"]["pod-3.0"]["tasks"]["clean"]["pod"]["spec"]
    (only,) = spec["containers"]
    references = {item["name"]: item["valueFrom"]["secretKeyRef"] for item in only["env"] if "valueFrom" in item}
    assert references == {
        "_FSEC_DB_PASSWORD": {"name": "db", "key": "password"},
        "DB_USER": {"name": "db", "key": "user"},
    }
    assert only["envFrom"] == [{"secretRef": {"name": "bucket"}}]
    (_, volume), (_, mount) = spec["volumes"], only["volumeMounts"]
    files = [{"key": "CA", "path": "ca"}, {"key": "key", "path": "key"}]
    assert volume["secret"] == {"secretName": "tls", "items": files}
    assert (mount["mountPath"], mount["readOnly"], mount["name"]) == ("/etc/secrets/tls", True, volume["name"])


def test_user_errors_of_pods_are_final(seen: Dag) -> None:
    decisions = {target: seen["dags"][f"pod-{target}"]["tasks"]["clean"]["decisions"] for target in TARGETS}
    raised = {"80": "AirflowFailException", "81": "AirflowException", "137": "AirflowException"}
    assert decisions["3.3"] == {"80": "fail", "81": "default", "137": "default"}
    assert [decisions[target] for target in TARGETS if target != "3.3"] == [raised] * 3


def test_spark_is_a_spark_application(seen: Dag) -> None:
    task = seen["dags"]["spark.run"]["tasks"]["fit_model"]
    spec = task["spec"]["spec"]
    assert task["type"] == "SparkKubernetesOperator"
    assert task["retries"] == 1
    assert task["name"].startswith("fit-model-")
    root, *arguments = [expand(text, {"HOME": "/root"}) for text in spec["arguments"]]
    assert root.startswith(f"--run-root={STORE}/spark.run/manual__")
    assert arguments == list(HOSTILE)
    assert spec["sparkConf"] == {"x": "a.json", "y": "$(X) $$ {{ z }}"}
    assert spec["driver"]["env"] == [{"name": "A", "value": "$(X)"}], "the plan has written it for Kubernetes"
    assert spec["mainApplicationFile"] == "local:///app/main.json"
