"""The same workflow on this machine and on Argo: equal outputs, one pod for each task, and pods with few rights."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from typing import Any, cast

import pytest

from jetbridge.types.json_codec import to_json
from jetbridge_translators.cli.execution import Execution
from tests.on_cluster.launch import WORKFLOWS, Launcher
from tests.on_cluster.outputs import equal_outputs
from tests.on_cluster.site import COMMAND, ROOT, Site

pytestmark = pytest.mark.cluster
PENGUINS = f"{ROOT}/examples/penguins.py:pipeline"
EVERYTHING = f"{WORKFLOWS}/every_type.py:everything"
RESTRICTED = {"allowPrivilegeEscalation": False, "capabilities": {"drop": ["ALL"]}}
OF_ARGO = {"init", "wait"}


@pytest.fixture(scope="module")
def done(launcher: Launcher, _as_submitter: None) -> Mapping[str, Execution]:
    """Both workflows on Argo, at the same time."""
    runs = {target: launcher.start(target) for target in (PENGUINS, EVERYTHING)}
    return {target: run.done() for target, run in runs.items()}


@pytest.fixture(scope="module")
def pods(site: Site, done: Mapping[str, Execution]) -> Mapping[str, list[dict[str, Any]]]:
    return {target: site.pods(execution.result.run_id) for target, execution in done.items()}


@pytest.mark.parametrize("target", [PENGUINS, EVERYTHING])
def test_outputs_equal_those_of_this_machine(
    launcher: Launcher, done: Mapping[str, Execution], target: str, folder: str
) -> None:
    local = launcher.start(target, backend="local", store=folder).done()
    comparison = equal_outputs(local, done[target])
    different = [name for name, equal in comparison.items() if not equal]
    assert not different, {name: [to_json(run.outputs[name]) for run in (local, done[target])] for name in different}
    assert len(comparison) == len(done[target].plan.outputs)


def test_hostile_strings_come_through(done: Mapping[str, Execution]) -> None:
    outputs = {name: to_json(value) for name, value in done[EVERYTHING].outputs.items()}
    strings = cast("list[str]", outputs["strings"])
    assert {"{{inputs.parameters.x}}", "{{=1+1}}", "line\nnext\r\n\ttab\x01\x7f", "Grüße 🐧 \u2028 é"} <= set(strings)
    assert outputs["s"] == outputs["untouched"] == "{{inputs.parameters.x}}"
    assert outputs["colour"] == "{{blue}}"
    seen = outputs["seen"]
    assert isinstance(seen, str)
    assert seen.startswith("['a.bin', 'deep/empty'] True True ")
    assert seen.endswith("{{inner}} const {{inputs.parameters.s}} $(HOME) 🐧\n'\"")


@pytest.mark.parametrize("target", [PENGUINS, EVERYTHING])
def test_each_task_has_one_pod_and_there_is_no_other(
    done: Mapping[str, Execution], pods: Mapping[str, list[dict[str, Any]]], target: str
) -> None:
    assert len(pods[target]) == len(done[target].plan.steps)
    for pod in pods[target]:
        assert {container["name"] for container in _containers(pod)} == {"main", *OF_ARGO}


def test_pods_run_without_privileges(pods: Mapping[str, list[dict[str, Any]]]) -> None:
    for pod in _all(pods):
        security = pod["spec"]["securityContext"]
        assert security["runAsNonRoot"] is True
        assert security["runAsUser"] > 0
        assert security["seccompProfile"] == {"type": "RuntimeDefault"}
        for container in _containers(pod):
            own = container["securityContext"]
            assert {key: own[key] for key in RESTRICTED} == RESTRICTED
            assert not own.get("privileged")
            assert own["readOnlyRootFilesystem"] is True
        assert not any(pod["spec"].get(key) for key in ("hostNetwork", "hostPID", "hostIPC"))
        assert not any("hostPath" in volume for volume in pod["spec"]["volumes"])


def test_tasks_have_no_token_of_kubernetes(site: Site, pods: Mapping[str, list[dict[str, Any]]]) -> None:
    if "executor-service-account" not in site.options:
        pytest.fail("this cluster has no account for Argo's executor alone; name one to prove that tasks get no token")
    for pod in _all(pods):
        assert pod["spec"]["automountServiceAccountToken"] is False
        (main,) = (container for container in pod["spec"]["containers"] if container["name"] == "main")
        assert not any("serviceaccount" in mount["mountPath"] for mount in main["volumeMounts"])


def test_secrets_are_only_named(site: Site, pods: Mapping[str, list[dict[str, Any]]]) -> None:
    values = [os.environ[name] for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY")]
    for pod in _all(pods):
        assert not any(value in json.dumps(pod) for value in values)
        (main,) = (container for container in pod["spec"]["containers"] if container["name"] == "main")
        assert main["envFrom"] == [{"secretRef": {"name": site.options["store-secret"]}}]


def test_progress_is_told_in_order(launcher: Launcher, done: Mapping[str, Execution]) -> None:
    result = done[PENGUINS].result
    assert [step.step for step in result.steps] == [step.name for step in done[PENGUINS].plan.steps]
    assert {step.state for step in result.steps} == {"succeeded"}
    assert all(0 < step.seconds <= result.seconds for step in result.steps)


def test_the_command_prints_typed_outputs(site: Site, launcher: Launcher) -> None:
    options = [text for name, value in site.options.items() for text in (f"--{name}", value)]
    target = f"{WORKFLOWS}/faulty.py:simple"
    command = [sys.executable, "-c", COMMAND, "run", target, "--on", "argo"]
    done = subprocess.run(
        [*command, "--store", site.store, "--image", site.image, *options, "--json"],
        capture_output=True,
        text=True,
        check=False,
        cwd=ROOT,
    )
    assert done.returncode == 0, done.stderr
    record = json.loads(done.stdout)
    launcher.run_ids.append(record["run"])
    assert (record["backend"], record["outputs"]) == ("argo", {"o0": 1})
    assert record["run_root"] == f"{site.store}/{record['run']}"
    assert "argo: succeeded one" in done.stderr


def _containers(pod: dict[str, Any]) -> list[dict[str, Any]]:
    return [*pod["spec"].get("initContainers", ()), *pod["spec"]["containers"]]


def _all(pods: Mapping[str, list[dict[str, Any]]]) -> list[dict[str, Any]]:
    return [pod for some in pods.values() for pod in some]
