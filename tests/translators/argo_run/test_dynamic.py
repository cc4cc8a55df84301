"""The process in the pod of a dynamic task: real tasks on a folder, and an API server that answers by a script."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Any

import pytest

from jetbridge.idl import ErrorDocument, Literal, LiteralMap, Primitive, Scalar
from jetbridge.runtime import exit_codes
from jetbridge.runtime.failure import error_document, user_failure
from jetbridge.store import open_store
from jetbridge.types.json_codec import to_json
from jetbridge_translators.api import complete_settings
from jetbridge_translators.argo.backend import BACKEND
from jetbridge_translators.argo.dynamic_run import Given, own_process, read_arguments, run
from jetbridge_translators.base import Settings
from jetbridge_translators.local.process import container_work
from jetbridge_translators.plan.inline import inline
from jetbridge_translators.plan.model import Step
from tests.translators import dynamic_flows as flows
from tests.translators.argo.files import template
from tests.translators.argo_run.server import Answer, api_server, listed, refused, reply
from tests.translators.argo_run.workflows import workflow
from tests.translators.plan_helpers import plan

ROOT = Path(__file__).parents[3]
OPTIONS = {"executor-service-account": "exec", "dynamic-service-account": "maker"}
SETTINGS = complete_settings(BACKEND, Settings(store="s3://bucket/x", options=OPTIONS))
CREATED = reply(201, {})


def templates(flow: Any) -> dict[str, Any]:
    """The templates of a workflow by name."""
    return {each["name"]: each for each in template(plan(flow), SETTINGS)["spec"]["templates"]}


class Pod:
    """The pod of `n0` of `grown`, with a folder as store."""

    def __init__(self, folder: Path) -> None:
        self.root = folder / "run-1"
        self._kubeconfig = folder
        self.asked: list[str] = []

    def run(self, *answers: Answer, times: int = 2, attempt: int = 0) -> int:
        inputs = LiteralMap(literals={"times": integer(times)})
        open_store().write(str(self.root / "inputs.pb"), inputs.SerializeToString())
        with api_server(self._kubeconfig, *answers) as (_, script):
            given = self._given(attempt)
            code = run(given, open_store(), lambda: own_process(given.command))
        self.asked = [f"{method} {place(path)}" for method, path, _ in script.asked]
        assert script.answers == [], "every answer was asked for"
        return code

    def commit(self, node: str, value: int) -> None:
        """What a node of the child leaves."""
        literals = LiteralMap(literals={"o0": integer(value)})
        open_store().write(str(self.root / node / "outputs.pb"), literals.SerializeToString())

    def value(self) -> object:
        committed = LiteralMap.FromString((self.root / "n0/outputs.pb").read_bytes())
        return to_json(committed.literals["o0"])

    def error(self) -> Any:
        return ErrorDocument.FromString((self.root / "n0/error.pb").read_bytes()).error

    def _given(self, attempt: int) -> Given:
        known = {"inputs.parameters.run-root": str(self.root), "inputs.parameters.node-path": "n0"}
        known |= {"inputs.parameters.times": "inputs.times", "retries": str(attempt)}
        known |= {
            "workflow.name": "parent",
            "workflow.uid": "u-1",
            "workflow.parameters.jetbridge-overwrite-cache": "false",
        }
        args: list[str] = templates(flows.grown)["repeated"]["container"]["args"]
        for tag, value in known.items():
            args = [arg.replace(f"{{{{{tag}}}}}", value) for arg in args]
        inside = args.index("--") + 1
        return read_arguments([*args[:inside], sys.executable, "-m", "jetbridge.runtime.execute", *args[inside + 1 :]])


def dynamic_step() -> Step:
    return next(step for step in inline(plan(flows.grown)).steps if step.path == "n0")


def integer(value: int) -> Literal:
    return Literal(scalar=Scalar(primitive=Primitive(integer=value)))


def place(path: str) -> str:
    """What a request is about, without the version and the namespace."""
    return path.partition("/namespaces/team/")[2]


@pytest.fixture
def pod(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Pod:
    monkeypatch.setenv("KUBECONFIG", str(tmp_path / "kubeconfig"))
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    for name, value in container_work(dynamic_step()).env:
        monkeypatch.setenv(name, value)
    return Pod(tmp_path)


def test_the_template_runs_the_task_s_command_inside_ours() -> None:
    made = templates(flows.deciding)
    container = made["repeated"]["container"]
    inside = container["args"].index("--") + 1
    assert container["command"] == ["jetbridge-dynamic"]
    assert container["args"][inside] == "jetbridge-execute"
    assert any(arg.startswith("--control=value:o0=") for arg in container["args"][inside:])
    assert made["repeated"]["serviceAccountName"] == "maker"
    assert "automountServiceAccountToken" not in made["repeated"]


def test_other_tasks_get_no_rights() -> None:
    made = templates(flows.deciding)["increment"]
    assert made["container"]["command"] == ["jetbridge-execute"]
    assert "serviceAccountName" not in made
    assert made["automountServiceAccountToken"] is False


def test_nothing_called_asks_nothing_of_kubernetes(pod: Pod) -> None:
    assert pod.run(times=0) == exit_codes.DONE
    assert (pod.asked, pod.value()) == ([], 0)


def test_a_child_is_made_and_its_outputs_are_those_of_the_node(pod: Pod) -> None:
    pod.commit("n0/dn0", 1)
    pod.commit("n0/dn1", 2)
    assert pod.run(listed(), CREATED, listed(workflow(phase="Succeeded"))) == exit_codes.DONE
    assert pod.asked == ["GET workflows", "POST workflows", "GET workflows"]
    assert pod.value() == 2


def test_another_attempt_stops_the_child_of_the_one_before(pod: Pod) -> None:
    pod.commit("n0/dn1", 2)
    assert pod.run(CREATED, listed(), CREATED, listed(workflow(phase="Succeeded")), attempt=1) == exit_codes.DONE
    assert pod.asked[0].startswith("PATCH workflows/")
    assert pod.asked[0].rpartition("-")[0].endswith("parent-n0-0")


def test_a_pod_of_the_same_attempt_follows_the_child_that_is_there(pod: Pod) -> None:
    pod.commit("n0/dn1", 2)
    assert pod.run(listed(workflow()), listed(workflow(phase="Succeeded"))) == exit_codes.DONE
    assert pod.asked == ["GET workflows", "GET workflows"]


def test_the_error_of_a_node_is_that_of_the_task_and_final(pod: Pod) -> None:
    document = error_document(user_failure(ValueError("never right")), 7)
    open_store().write(str(pod.root / "n0/dn1/error.pb"), document.SerializeToString())
    assert pod.run(listed(), CREATED, listed(workflow(phase="Failed"))) == exit_codes.USER_ERROR
    assert pod.error() == document.error


def test_a_child_that_fails_without_a_word_is_told(pod: Pod) -> None:
    assert pod.run(listed(), CREATED, listed(workflow(phase="Error"))) == exit_codes.USER_ERROR
    assert pod.error().code == "DynamicWorkflowFailed"
    assert "as Error" in pod.error().message


def test_no_rights_are_final_and_say_what_is_needed(pod: Pod) -> None:
    assert pod.run(refused(403, "cannot list"), CREATED) == exit_codes.USER_ERROR
    assert "--dynamic-service-account" in pod.error().message
    assert "cannot list" in pod.error().message


def test_a_lost_api_server_is_a_failure_of_the_system(pod: Pod) -> None:
    assert pod.run(refused(500, "away"), CREATED) == exit_codes.SYSTEM
    assert pod.error().code == "SYSTEM"


def test_committed_outputs_are_kept(pod: Pod) -> None:
    """As in a run that goes on with the data of another one."""
    pod.commit("n0", 5)
    pod.commit("n0/dn1", 2)
    assert pod.run() == exit_codes.DONE
    assert (pod.asked, pod.value()) == ([], 5)


def test_damaged_futures_are_reported(pod: Pod) -> None:
    open_store().write(str(pod.root / "n0/futures.pb"), b"\xff\xff")
    assert pod.run() == exit_codes.USER_ERROR
    assert pod.error().code == "DynamicWorkflowBuildFailed"


def test_a_failure_of_the_task_itself_is_its_own(pod: Pod, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("_F_SS_C")
    assert "_F_SS_C" not in os.environ
    assert pod.run() == exit_codes.USER_ERROR
    assert pod.error().code == "USER:RuntimeError"
