"""When a pod that does not start is given up, from the lines that KubernetesPodOperator really wrote."""

from __future__ import annotations

import pytest

from jetbridge_translators.airflow.waiting import Waiting, read

AT = "2026-11-24T12:12:05.825045Z [info     ]"
MANAGER = "[airflow.providers.cncf.kubernetes.utils.pod_manager.PodManager] loc=pod_manager.py:145"
START = f"{AT} [DAG TEST] starting task_id=fit map_index=-1 [airflow.sdk.definitions.dag] loc=dag.py:1501\n"
WAITS = f"{AT} ::group::Waiting up to 600s to get the POD scheduled... {MANAGER}\n"
STARTED = f"{AT} Pod has reached Running phase before launch timeout {MANAGER}\n"
MISSING = 'Error: secret "s" not found'
PULL = 'Failed to pull image "x:1": rpc error: code = Unknown desc = dial tcp: i/o timeout'
FULL = "0/1 nodes are available: 1 Insufficient cpu. preemption: No preemption victims found for incoming pod."
TOO_SMALL = "0/1 nodes are available: 1 Insufficient cpu. preemption: 1 Preemption is not helpful for scheduling."


def event(message: str, place: str = "spec.containers{base}") -> str:
    return f"{AT} The Pod has an Event: {message} from {place} {MANAGER}\n"


def log(*lines: str) -> Waiting:
    return read(Waiting(), "".join([START, WAITS, *lines]), now=100.0)


@pytest.mark.parametrize(
    ("message", "reason", "patience"),
    [
        (MISSING, 'secret "s" not found', 25.0),
        ("Error: couldn't find key k in Secret jetbridge/s", "couldn't find key k in Secret jetbridge/s", 25.0),
        (PULL, PULL, 25.0),
        (TOO_SMALL, TOO_SMALL, 40.0),
        ('MountVolume.SetUp failed for volume "v" : secret "s" not found', None, 40.0),
    ],
)
def test_trouble_is_borne_for_a_while(message: str, reason: str | None, patience: float) -> None:
    found = log(event("Successfully assigned jetbridge/fit to node", "None"), event(message))
    assert (found.task_id, found.reason, found.patience) == ("fit", reason or message, patience)
    assert not found.is_hopeless(100.0 + patience - 0.1)
    assert found.is_hopeless(100.0 + patience)


@pytest.mark.parametrize("message", ["Pulling image", FULL, "Started container base", "Killing: Stopping container"])
def test_a_wait_is_no_trouble(message: str) -> None:
    assert not log(event(message, "None")).is_hopeless(10_000.0)


@pytest.mark.parametrize(
    "line",
    [
        STARTED,
        event('Successfully pulled image "x:1" in 3s'),
        event("Successfully assigned jetbridge/fit to node", "None"),
        event("pod triggered scale-up: [{group 0->1}]", "None"),
        START,
    ],
)
def test_trouble_can_end(line: str) -> None:
    assert log(event(TOO_SMALL, "None"), line).reason == ""


def test_the_first_trouble_is_the_reason() -> None:
    before = log(event(PULL))
    after = read(before, event("Error: ImagePullBackOff"), now=120.0)
    assert after == before


def test_what_a_task_prints_is_not_believed() -> None:
    fake = event(MISSING).replace("The Pod", "[base] The Pod", 1)
    assert log(fake).reason == ""
    assert log(STARTED, event(MISSING)).reason == ""


def test_a_log_can_be_read_in_any_pieces() -> None:
    text = "".join([START, WAITS, event(MISSING)])
    found = Waiting()
    for char in text:
        found = read(found, char, now=100.0)
    assert found == log(event(MISSING))
