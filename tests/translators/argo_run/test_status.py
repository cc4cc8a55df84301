"""What a Workflow's nodes mean for the steps of a plan."""

from __future__ import annotations

from itertools import pairwise

import pytest

from jetbridge_translators.argo.status import Snapshot, changes, outcome, read_snapshot
from jetbridge_translators.base import StepEvent
from tests.translators.argo_run.workflows import END, TASKS, attempt, node, step, workflow

FAILED = {"message": "main: Error (exit code 81)", "outputs": {"exitCode": "81"}, "finishedAt": END}


@pytest.mark.parametrize("packed", [False, True])
def test_a_step_with_two_attempts(packed: bool) -> None:
    found = workflow(step("Running"), attempt(0, "Failed", **FAILED), attempt(1, "Pending"), packed=packed)
    (load,) = read_snapshot(found, TASKS).steps.values()
    assert (load.step, load.state, load.seconds) == ("load", "retrying", 10.0)
    assert [one.exit_code for one in load.attempts] == ["81", ""]
    assert [one.has_started for one in load.attempts] == [True, False]
    assert [one.pod for one in load.attempts] == ["w-load-100", "w-load-101"]


def test_attempts_are_in_the_order_of_their_numbers() -> None:
    found = workflow(step("Running"), *(attempt(number, "Failed") for number in (10, 2, 0)))
    assert [one.pod for one in read_snapshot(found, TASKS).steps["n0"].attempts] == [
        "w-load-100",
        "w-load-102",
        "w-load-110",
    ]


def test_pods_named_by_the_old_rule() -> None:
    old = {"workflows.argoproj.io/pod-name-format": "v1"}
    found = workflow(step("Running"), attempt(0, "Running"), annotations=old)
    assert read_snapshot(found, TASKS).steps["n0"].attempts[0].pod == "w-100"


def test_a_workflow_that_nobody_has_seen_yet() -> None:
    assert read_snapshot({"metadata": {"name": "w"}, "spec": {}}, TASKS) == Snapshot()


def test_a_template_without_retries_is_its_own_attempt() -> None:
    found = workflow(node("w.n0", "Pod", "Succeeded", 10, finishedAt=END))
    load = read_snapshot(found, TASKS).steps["n0"]
    assert (load.state, len(load.attempts)) == ("succeeded", 1)


def test_events_of_a_run() -> None:
    looks = [
        workflow(),
        workflow(step("Running"), attempt(0, "Pending")),
        workflow(step("Running"), attempt(0, "Running")),
        workflow(step("Running"), attempt(0, "Failed", **FAILED), attempt(1, "Pending")),
        workflow(step("Running"), attempt(0, "Failed", **FAILED), attempt(1, "Running")),
        workflow(
            step("Succeeded", finishedAt="2026-01-02T03:05:05Z"),
            attempt(0, "Failed", **FAILED),
            attempt(1, "Succeeded", finishedAt=END),
            node("w.n1", "Skipped", "Omitted", 11, finishedAt=END),
        ),
    ]
    snapshots = [read_snapshot(found, TASKS) for found in looks]
    heard = [event for before, now in pairwise(snapshots) for event in changes(before, now)]
    assert heard == [
        StepEvent(step="load", state="running"),
        StepEvent(step="load", state="retrying", seconds=10.0),
        StepEvent(step="load", state="succeeded", seconds=60.0),
        StepEvent(step="fit", state="skipped", seconds=10.0),
    ]
    assert [(step.step, step.state) for step in outcome(snapshots[-1])] == [("load", "succeeded"), ("fit", "skipped")]


def test_a_step_that_ran_between_two_looks_is_told_twice() -> None:
    now = read_snapshot(workflow(step("Failed", finishedAt=END), attempt(0, "Failed", **FAILED)), TASKS)
    assert [event.state for event in changes(Snapshot(), now)] == ["running", "failed"]
