"""The first failure ends a run that is followed, where the workflow asks for that; gates that a pod opens itself."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from jetbridge.runtime.layout import waiting_uri
from jetbridge.store import open_store
from jetbridge_translators.argo.dynamic_gates import LOOK, NEVER, DynamicGates
from jetbridge_translators.argo.first_failure import FirstFailure, was_ended
from jetbridge_translators.argo.places import places_of
from jetbridge_translators.argo.status import Snapshot, read_snapshot
from jetbridge_translators.base import Answer, Settings, StartedRun
from jetbridge_translators.gates import find_gates, write_answer
from tests.translators import composites, gate_flows
from tests.translators.argo_run.server import Answer as Reply
from tests.translators.argo_run.server import api_server, listed, refused, reply
from tests.translators.argo_run.test_answers import VALUE, waiting
from tests.translators.argo_run.workflows import END, node, workflow
from tests.translators.plan_helpers import plan


def seen(flow: Any, *nodes: dict[str, Any]) -> Snapshot:
    return read_snapshot(workflow(*nodes), places_of(plan(flow)).find)


def asked(folder: Path, flow: Any, now: Snapshot, *answers: Reply, looks: int = 2) -> list[str]:
    with api_server(folder, *answers) as (cluster, script):
        watching = FirstFailure(cluster, "w", plan(flow))
        for _ in range(looks):
            watching.look(now)
    return [method for method, _, _ in script.asked]


FAILED = node("w.n0", "Retry", "Failed", 1, finishedAt=END)


def test_a_failure_ends_the_run_once(tmp_path: Path) -> None:
    assert asked(tmp_path, composites.failing, seen(composites.failing, FAILED), reply(200, {})) == ["PATCH"]


def test_an_api_server_that_does_not_answer_is_asked_again(tmp_path: Path) -> None:
    now = seen(composites.failing, FAILED)
    assert asked(tmp_path, composites.failing, now, refused(503), reply(200, {})) == ["PATCH", "PATCH"]


def test_a_workflow_that_goes_on_is_left_alone(tmp_path: Path) -> None:
    assert asked(tmp_path, composites.going_on, seen(composites.going_on, FAILED)) == []


@pytest.mark.parametrize("name", ["w.n1.each(1:1).run"])
def test_an_element_that_a_map_may_lose_is_no_failure(tmp_path: Path, name: str) -> None:
    now = seen(composites.losing_some, node(name, "Retry", "Failed", 1, finishedAt=END))
    assert [status.state for status in now.steps.values()] == ["failed"]
    assert asked(tmp_path, composites.losing_some, now) == []


def test_what_was_ended_with_the_run_is_not_its_reason() -> None:
    message = "workflow shutdown with strategy:  Stop"
    (ended,) = seen(composites.failing, {**FAILED, "message": message}).steps.values()
    (own,) = seen(composites.failing, FAILED).steps.values()
    assert (was_ended(ended), was_ended(own)) == (True, False)


def test_a_dynamic_task_s_pod_opens_gates_by_the_store(tmp_path: Path) -> None:
    run = StartedRun(run_id="w", run_root=f"file://{tmp_path}/r", plan=plan(gate_flows.decided), settings=Settings())
    (gate,) = find_gates(run.plan, "amount")
    said: list[str] = []
    now = read_snapshot(waiting(), places_of(run.plan).find)
    with api_server(tmp_path, listed(waiting()), reply(200, {})) as (cluster, script):
        doors = DynamicGates(cluster, open_store(), run, said.append)
        assert doors.seconds == NEVER
        doors.look(now)
        doors.look(now)
        assert doors.seconds == LOOK
        assert [line.partition(":")[0] for line in said] == ["amount waits for a value of type int"]
        assert open_store().exists(waiting_uri(run.run_root, gate.path))
        write_answer(open_store(), run.run_root, gate, Answer(VALUE))
        doors.look(now)
    assert [method for method, _, _ in script.asked] == ["GET", "PATCH"]
