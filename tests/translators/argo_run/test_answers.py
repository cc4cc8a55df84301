"""Answers as changes of a Workflow, through the real Kubernetes client."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from jetbridge.errors import RunError
from jetbridge.idl import Literal, Primitive, Scalar
from jetbridge.runtime.layout import error_uri
from jetbridge.store import open_store
from jetbridge_translators.argo.answers import supplied, tell_cluster
from jetbridge_translators.argo.doors import Doors, gate_failure
from jetbridge_translators.argo.places import places_of
from jetbridge_translators.argo.status import argo_nodes, read_snapshot
from jetbridge_translators.base import Answer, RunRequest, Settings, StartedRun
from jetbridge_translators.gates import find_gates, write_answer
from jetbridge_translators.plan.model import Gate, Plan
from tests.translators import gate_flows
from tests.translators.argo_run.server import api_server, listed, refused, reply
from tests.translators.argo_run.workflows import END, node, workflow
from tests.translators.plan_helpers import defaults, plan

VALUE = Literal(scalar=Scalar(primitive=Primitive(integer=11)))


def made(root: str = "s3://b/runs/w") -> tuple[StartedRun, Gate]:
    decided: Plan = plan(gate_flows.decided)
    return StartedRun(run_id="w", run_root=root, plan=decided, settings=Settings()), find_gates(decided, "amount")[0]


def waiting(phase: str = "Running", *, packed: bool = False) -> dict[str, Any]:
    given: list[dict[str, Any]] = [
        {"name": name, "valueFrom": {"supplied": {}}} for name in ("answered_by_jetbridge_set", "value_o0")
    ]
    gate = node("w.n0", "DAG", "Running" if phase == "Running" else phase, 1, finishedAt=END)
    return workflow(gate, node("w.n0.wait", "Suspend", phase, 2, outputs={"parameters": given}), packed=packed)


@pytest.mark.parametrize("packed", [False, True])
def test_a_value_goes_to_the_waiting_node(tmp_path: Path, packed: bool) -> None:
    run, gate = made()
    with api_server(tmp_path, listed(waiting(packed=packed)), reply(200, {})) as (cluster, script):
        tell_cluster(cluster, run, gate, Answer(VALUE))
    assert script.asked[1][0] == "PATCH"
    change = json.loads(script.bodies[1])
    assert change["metadata"] == {"resourceVersion": "7"}
    found = argo_nodes(change["status"])
    assert ("w-1" in found) == packed, "packed nodes are one text"
    assert found["w-2"]["phase"] == "Succeeded"
    assert found["w-2"]["outputs"]["parameters"] == [
        {"name": "answered_by_jetbridge_set", "value": "s3://b/runs/w/n0"},
        {"name": "value_o0", "value": "11"},
    ]


def test_a_rejection_fails_the_node_with_its_reason(tmp_path: Path) -> None:
    run, gate = made()
    with api_server(tmp_path, listed(waiting()), reply(200, {})) as (cluster, script):
        tell_cluster(cluster, run, gate, Answer(rejection="no good"))
    changed = json.loads(script.bodies[1])["status"]["nodes"]["w-2"]
    assert (changed["phase"], changed["message"]) == ("Failed", "no good")


def test_a_change_in_between_is_met_by_another_try(tmp_path: Path) -> None:
    run, gate = made()
    answers = (listed(waiting()), refused(409), listed(waiting()), reply(200, {}))
    with api_server(tmp_path, *answers) as (cluster, script):
        tell_cluster(cluster, run, gate, Answer(VALUE))
    assert [method for method, _, _ in script.asked] == ["GET", "PATCH", "GET", "PATCH"]


def test_a_gate_that_does_not_wait_any_more(tmp_path: Path) -> None:
    run, gate = made()
    with api_server(tmp_path, listed(waiting("Failed"))) as (cluster, _), pytest.raises(RunError, match=r"not wait"):
        tell_cluster(cluster, run, gate, Answer(VALUE))


def test_missing_rights_are_named(tmp_path: Path) -> None:
    run, gate = made()
    with (
        api_server(tmp_path, listed(waiting()), refused(403, "forbidden: patch")) as (cluster, _),
        pytest.raises(RunError, match=r"forbidden: patch") as caught,
    ):
        tell_cluster(cluster, run, gate, Answer(VALUE))
    assert "list and patch" in caught.value.hint


def test_an_approval_supplies_no_value() -> None:
    gate = find_gates(plan(gate_flows.gated), "allow")[0]
    assert supplied("s3://b/r", gate, None) == {"approved": "true"}


def test_a_gate_that_the_store_can_open_is_opened_and_others_are_announced_once(tmp_path: Path) -> None:
    run, gate = made(f"file://{tmp_path}/w")
    lines: list[str] = []
    request = RunRequest(
        run_id="w",
        inputs=defaults(gate_flows.decided),
        settings=Settings(),
        on_output=lambda step, line: lines.append(f"{step}: {line}"),
    )
    now = read_snapshot(waiting(), places_of(run.plan).find)
    with api_server(tmp_path, listed(waiting()), reply(200, {})) as (cluster, script):
        closed = Doors(cluster, open_store(), run, request)
        closed.look(now)
        closed.look(now)
        assert lines == [f"amount: waits for a value of type int: jetbridge set {run.run_root} n0 VALUE"]
        assert write_answer(open_store(), run.run_root, gate, Answer(VALUE))
        assert not write_answer(open_store(), run.run_root, gate, Answer(rejection="late"))
        Doors(cluster, open_store(), run, request).look(now)
    assert [method for method, _, _ in script.asked] == ["GET", "PATCH"]


def test_a_gate_that_argo_resumed_by_itself_says_so_and_leaves_its_error(tmp_path: Path) -> None:
    run, _ = made(f"file://{tmp_path}/w")
    status = read_snapshot(waiting("Failed"), places_of(run.plan).find).steps["n0"]
    error = gate_failure(open_store(), run.run_root, status, "Argo")
    assert "[UnansweredGate]" in error.message
    assert "only `jetbridge set` gives one" in error.message
    assert open_store().exists(error_uri(run.run_root, "n0"))
