"""Pods that wait: which of them are given up, and when."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from jetbridge_translators.argo.status import read_snapshot
from jetbridge_translators.argo.waiting import Patience
from tests.translators.argo_run.workflows import TASKS, attempt, step, workflow

FULL = "Unschedulable: 0/1 nodes are available: 1 Insufficient cpu. preemption: 1 No preemption victims found."
SMALL = "Unschedulable: 0/1 nodes are available: 1 Insufficient cpu. preemption: 1 Preemption is not helpful."


class Clock:
    """Time that a test sets."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def lost_after(message: str, pod: Mapping[str, Any] | None = None) -> float | None:
    """After how many seconds a pod that waits for this reason is given up."""
    clock = Clock()
    patience = Patience(clock, lambda name: pod or {})
    now = read_snapshot(workflow(step("Running"), attempt(0, "Pending", message=message)), TASKS)
    for second in range(300):
        clock.now = float(second)
        if patience.lost(now):
            return clock.now
    return None


@pytest.mark.parametrize(
    ("message", "seconds"),
    [
        ("InvalidImageName: bad", 0),
        ("ErrImagePull: not found", 25),
        ("ImagePullBackOff: Back-off pulling image", 25),
        ('CreateContainerConfigError: secret "x" not found', 25),
        (SMALL, 40),
        (FULL, None),
        ("ContainerCreating", None),
        ("PodInitializing", None),
        ("", None),
    ],
)
def test_patience(message: str, seconds: float | None) -> None:
    assert lost_after(message) == seconds


def test_argos_own_image_cannot_be_pulled() -> None:
    """Argo says only `PodInitializing`; the pod knows more, and is asked after 15 seconds."""
    state = {"waiting": {"reason": "ImagePullBackOff", "message": "no argoexec"}}
    assert lost_after("PodInitializing", {"status": {"initContainerStatuses": [{"state": state}]}}) == 40


def test_a_pull_that_goes_back_and_forth_is_one_wait_and_a_start_ends_it() -> None:
    clock = Clock()
    patience = Patience(clock, lambda name: {})
    for second in range(0, 20, 5):
        clock.now = float(second)
        message = "ErrImagePull: a" if second % 2 else "ImagePullBackOff: b"
        assert not patience.lost(
            read_snapshot(workflow(step("Running"), attempt(0, "Pending", message=message)), TASKS)
        )
        assert patience.seconds < 10
    assert not patience.lost(read_snapshot(workflow(step("Running"), attempt(0, "Running")), TASKS))
    assert patience.seconds > 30
    clock.now = 26.0
    assert not patience.lost(
        read_snapshot(workflow(step("Running"), attempt(0, "Pending", message="ErrImagePull: a")), TASKS)
    )
