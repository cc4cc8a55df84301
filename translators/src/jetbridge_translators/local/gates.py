"""Gates: a node that waits for a time, or for a person's answer, which lies in the store."""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import timedelta

from jetbridge.runtime.layout import error_uri, outputs_uri
from jetbridge.store import open_store
from jetbridge_translators.local.scheduler import Scheduler
from jetbridge_translators.plan.model import Gate, Signal, Sleep

_LOOK_SECONDS = 0.5


@dataclass(frozen=True, slots=True)
class GateProblem:
    """Why a gate did not open: Flyte's code, and the message."""

    code: str
    message: str


def run_gate(scheduler: Scheduler, node: Gate) -> GateProblem | None:
    """Waits until the gate opens; tells why when it does not."""
    if isinstance(node.wait, Sleep):
        return _slept(scheduler, node.wait.duration, node.timeout)
    return _answered(scheduler, node)


def _slept(scheduler: Scheduler, duration: timedelta, timeout: timedelta | None) -> GateProblem | None:
    scheduler.stopping.wait(min(duration, timeout or duration).total_seconds())
    return _timed_out(timeout) if timeout is not None and timeout < duration else None


def _answered(scheduler: Scheduler, node: Gate) -> GateProblem | None:
    store, root = open_store(), scheduler.run_root
    scheduler.request.on_output(node.name, _invitation(node, scheduler.request.run_id))
    until = None if node.timeout is None else time.monotonic() + node.timeout.total_seconds()
    while not scheduler.stopping.wait(_LOOK_SECONDS):
        if store.exists(outputs_uri(root, node.path)):
            return None
        if store.exists(error_uri(root, node.path)):
            return GateProblem("ReceivedRejectSignal", f"{node.name!r} was rejected")
        if until is not None and time.monotonic() > until:
            return _timed_out(node.timeout)
    return GateProblem("Aborted", "the run was ended")


def _timed_out(timeout: timedelta | None) -> GateProblem:
    return GateProblem("TimeoutExpired", f"the gate did not open within {timeout}")


def _invitation(node: Gate, run_id: str) -> str:
    if isinstance(node.wait, Signal):
        return f"waits for a value: jetbridge set {run_id} {node.path} VALUE"
    return f"waits for an approval: jetbridge approve {run_id} {node.path}, or jetbridge reject …"
