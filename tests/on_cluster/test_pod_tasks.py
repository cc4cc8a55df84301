"""Tasks in pods on both real engines: the task's own container decides, and nobody waits for the others."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import pytest

from jetbridge.types.json_codec import to_json
from jetbridge_translators.planning import Planning
from tests.on_cluster.airflow_helpers import Command, airflow
from tests.on_cluster.launch import Launcher, Run
from tests.on_cluster.site import Site

pytestmark = pytest.mark.cluster
SPEC = {
    "containers": [{"name": "default", "env": [{"name": "GIVEN", "value": "by the template"}]}],
    "hostAliases": [{"ip": "10.1.2.4", "hostnames": ["named.example"]}],
}
TALKED = "first | {{word}} $ .json | {{inputs.parameters.x}} {% raw %} node .sh"
PODS = {"o0": TALKED, "o1": "1 True"}
NAMED = {"o0": "by the template True"}
REASON = "the primary fails while the helper goes on"


@pytest.fixture(scope="module")
def runs(launcher: Launcher, _as_submitter: None) -> Mapping[str, Run]:
    """On Argo, all at a time."""
    planning = Planning(pod_templates={"cluster-wide": {"spec": SPEC}})
    return {
        "pods": launcher.start("pods.py:pods"),
        "failing": launcher.start("pods.py:pods", ("fails=true",)),
        "named": launcher.start("pods.py:under_a_name", planning=planning),
    }


@pytest.fixture(scope="module")
def commands(site: Site, tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, Command]:
    """On Airflow, all at a time."""
    folder = tmp_path_factory.mktemp("airflow")
    file = folder / "template.json"
    template = {"kind": "PodTemplate", "metadata": {"name": "cluster-wide"}, "template": {"spec": SPEC}}
    file.write_text(json.dumps(template))
    user = airflow(site, folder)
    return {
        "pods": user.run("pods.py:pods"),
        "failing": user.run("pods.py:pods", "--input", "fails=true"),
        "named": user.run("pods.py:under_a_name", "--pod-templates", str(file)),
    }


@pytest.mark.parametrize(("name", "outputs"), [("pods", PODS), ("named", NAMED)])
def test_outputs_on_argo(runs: Mapping[str, Run], name: str, outputs: Mapping[str, Any]) -> None:
    found = runs[name].done().outputs
    assert {output: to_json(literal) for output, literal in found.items()} == outputs


def test_the_primary_containers_failure_is_the_tasks_on_argo(runs: Mapping[str, Run]) -> None:
    error = str(runs["failing"].error())
    assert REASON in error
    assert "USER:RuntimeError" in error


def test_a_pod_has_what_its_author_wrote(site: Site, runs: Mapping[str, Run]) -> None:
    (beside,) = (pod for pod in _pods(site, runs["pods"]) if "jetbridge-test" in pod["metadata"]["labels"])
    (placed,) = (pod for pod in _pods(site, runs["pods"]) if "note" in pod["metadata"]["annotations"])
    assert {each["name"] for each in beside["spec"]["containers"]} == {"main", "helper", "wait"}
    assert placed["spec"]["nodeSelector"] == {"kubernetes.io/os": "linux"}
    assert {"key": "nobody", "operator": "Exists", "effect": "NoSchedule"} in placed["spec"]["tolerations"]
    assert placed["spec"]["dnsPolicy"] == "Default"
    (main,) = (each for each in placed["spec"]["containers"] if each["name"] == "main")
    assert main["resources"]["requests"]["cpu"] == "30m"


def _pods(site: Site, run: Run) -> list[dict[str, Any]]:
    return site.pods(run.done().result.run_id)


@pytest.mark.parametrize(("name", "outputs"), [("pods", PODS), ("named", NAMED)])
def test_outputs_on_airflow(commands: Mapping[str, Command], name: str, outputs: Mapping[str, Any]) -> None:
    ended = commands[name].ended()
    assert ended.code == 0, ended.said
    assert ended.record["outputs"] == outputs


def test_the_primary_containers_failure_is_the_tasks_on_airflow(commands: Mapping[str, Command]) -> None:
    ended = commands["failing"].ended()
    assert ended.code == 1
    assert REASON in ended.said
    assert "USER:RuntimeError" in ended.said


def test_airflow_leaves_no_pod(site: Site, commands: Mapping[str, Command]) -> None:
    for command in commands.values():
        command.ended()
    found = json.loads(site.kubectl("get", "pods", "-l", "kubernetes_pod_operator=True,dag_id=pods.pods", "-o", "json"))
    assert [pod["metadata"]["name"] for pod in found["items"] if pod["status"]["phase"] == "Running"] == []
