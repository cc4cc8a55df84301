"""The same workflow on this machine and as pods of Airflow: equal outputs, one pod a task, and pods with few rights."""

from __future__ import annotations

import json
from collections.abc import Generator, Mapping
from typing import Any

import pytest

from tests.on_cluster.airflow_helpers import WORKFLOWS, Pod, Seen, airflow, watched
from tests.on_cluster.commands import Ended
from tests.on_cluster.site import Site
from tests.on_cluster.workflows.every_type import HOSTILE

pytestmark = pytest.mark.cluster
EVERYTHING = f"{WORKFLOWS}/every_type.py:everything"
DAG = "every_type.everything"
RUNS = ("defaults", "given")
GIVEN: dict[str, Any] = {
    "s": "$(HOME) {{ params.s }} {% raw %} {# .sh",
    "strings": [*HOSTILE, "{{ '}}' }}", "run.sh", "config.json", "$$", "ends in newline\n", "'''", '"""'],
    "numbers": {"{{=1}}": 1.5, "a.yaml": -0.0},
    "something": "values.json",
    "nothing": 3,
    "record": {"number": 7, "inner": {"label": "$(PATH) {{x}}.sh", "weights": []}, "by_name": {}, "note": "{%"},
}


@pytest.fixture(scope="module")
def seen(site: Site, tmp_path_factory: pytest.TempPathFactory) -> Generator[Seen]:
    with watched(site, tmp_path_factory.mktemp("seen") / "pods") as found:
        yield found


@pytest.fixture(scope="module")
def ended(site: Site, seen: Seen, tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, Ended]:
    """The workflow on this machine and on Airflow, with its defaults and with given inputs."""
    folder = tmp_path_factory.mktemp("airflow")
    inputs = folder / "inputs.json"
    inputs.write_text(json.dumps(GIVEN))
    user = airflow(site, folder)
    options = ("--on", "local,airflow", "--json")
    commands = {
        "defaults": user.command("compare", EVERYTHING, *options),
        "given": user.command("compare", EVERYTHING, *options, "--inputs-file", str(inputs)),
    }
    return {name: command.ended() for name, command in commands.items()}


@pytest.mark.parametrize("name", RUNS)
def test_outputs_equal_those_of_this_machine(ended: Mapping[str, Ended], name: str) -> None:
    assert ended[name].code == 0, ended[name].said
    record = ended[name].record
    assert set(record["equal"].values()) == {True}
    assert [run["backend"] for run in record["runs"]] == ["local", "airflow"]
    assert all(node["outcome"] == "succeeded" for node in record["runs"][1]["nodes"])


def test_hostile_strings_come_through(ended: Mapping[str, Ended]) -> None:
    defaults, given = (ended[name].record["runs"][1]["outputs"] for name in RUNS)
    assert defaults["strings"] == HOSTILE
    assert defaults["s"] == defaults["untouched"] == "{{inputs.parameters.x}}"
    assert {name: given[name] for name in GIVEN} == GIVEN
    for outputs in (defaults, given):
        assert outputs["seen"].endswith("const {{inputs.parameters.s}} $(HOME) 🐧\n'\"")
        assert outputs["seen"].startswith("['a.bin', 'deep/empty'] True True ")


@pytest.mark.parametrize("name", RUNS)
def test_each_task_has_one_pod_and_no_helper(ended: Mapping[str, Ended], seen: Seen, name: str) -> None:
    run = ended[name].record["runs"][1]
    assert seen.tasks(DAG, run["run_root"]) == sorted(node["name"] for node in run["nodes"])
    for pod in running(ended, seen):
        assert [container["name"] for container in pod["spec"]["containers"]] == ["base"]
        assert "initContainers" not in pod["spec"]


def test_pods_run_without_privileges(ended: Mapping[str, Ended], seen: Seen) -> None:
    pods = running(ended, seen)
    assert len(pods) == 3 + 3
    for pod in pods:
        assert pod["spec"]["securityContext"] == {"runAsNonRoot": True, "seccompProfile": {"type": "RuntimeDefault"}}
        (container,) = pod["spec"]["containers"]
        assert container["securityContext"]["allowPrivilegeEscalation"] is False
        assert container["securityContext"]["capabilities"] == {"drop": ["ALL"]}
        assert container["securityContext"]["readOnlyRootFilesystem"] is True
        assert not container["securityContext"].get("privileged")
        assert not any(pod["spec"].get(key) for key in ("hostNetwork", "hostPID", "hostIPC"))
        assert not any("hostPath" in volume for volume in pod["spec"].get("volumes", ()))


def test_tasks_have_no_token_of_kubernetes(ended: Mapping[str, Ended], seen: Seen) -> None:
    for pod in running(ended, seen):
        assert pod["spec"]["automountServiceAccountToken"] is False
        assert not any("serviceaccount" in json.dumps(pod["spec"].get(key, ())) for key in ("volumes", "containers"))


def test_secrets_are_only_named(site: Site, ended: Mapping[str, Ended], seen: Seen) -> None:
    values = [site.environ[name] for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY") if name in site.environ]
    for pod in running(ended, seen):
        assert not any(value in json.dumps(pod) for value in values)
        (container,) = pod["spec"]["containers"]
        assert container["envFrom"] == [{"secretRef": {"name": site.options["store-secret"]}}]


def test_pods_are_deleted(site: Site, ended: Mapping[str, Ended], seen: Seen) -> None:
    left = json.loads(site.kubectl("get", "pods", "-l", f"dag_id={DAG}", "-o", "json"))["items"]
    alive = {pod["metadata"]["name"] for pod in left if "deletionTimestamp" not in pod["metadata"]}
    assert not alive & {states[0]["metadata"]["name"] for states in pods(ended, seen)}


def pods(ended: Mapping[str, Ended], seen: Seen) -> list[list[Pod]]:
    """All states of each pod of both runs."""
    roots = [each.record["runs"][1]["run_root"] for each in ended.values()]
    return [states for root in roots for states in seen.pods(DAG, root).values()]


def running(ended: Mapping[str, Ended], seen: Seen) -> list[Pod]:
    """Each pod of both runs as it was while it ran."""
    return [
        next(pod for pod in states if pod["status"]["phase"] in ("Running", "Succeeded"))
        for states in pods(ended, seen)
    ]
