"""Gates: a node that waits for a time, or for a person's answer, which lies in the store."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from jetbridge.errors import UsageError
from jetbridge.idl import ErrorDocument
from jetbridge.runtime.layout import error_uri, outputs_uri, waiting_uri
from jetbridge.store import Store, open_store
from jetbridge_translators.gates import (
    REJECTED,
    TIMED_OUT,
    invitation,
    is_answered,
    question,
    read_decision,
    write_answer,
)
from jetbridge_translators.local.scheduler import Scheduler
from jetbridge_translators.plan.model import Gate, Sleep

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
    store, root, request = open_store(), scheduler.run_root, scheduler.request
    until = None if node.timeout is None else time.monotonic() + node.timeout.total_seconds()

    def is_open() -> bool:
        late = until is not None and time.monotonic() > until
        return not late and not scheduler.stopping.is_set() and not is_answered(store, root, node)

    if is_open():
        store.write(waiting_uri(root, node.path), b"")
        request.on_output(node.name, invitation(node, root))
        _ask(scheduler, node, is_open)
    while is_open():
        scheduler.stopping.wait(_LOOK_SECONDS)
    return _ended(scheduler, node, store)


def _ask(scheduler: Scheduler, node: Gate, is_open: Callable[[], bool]) -> None:
    """Asks at the terminal until an answer can be used, or there is nobody."""
    while (text := scheduler.request.ask(question(node), is_open)) is not None:
        try:
            write_answer(open_store(), scheduler.run_root, node, read_decision(node, text))
            return
        except UsageError as error:
            scheduler.request.on_output(node.name, error.message)


def _ended(scheduler: Scheduler, node: Gate, store: Store) -> GateProblem | None:
    root = scheduler.run_root
    if store.exists(outputs_uri(root, node.path)):
        return None
    if store.exists(error_uri(root, node.path)):
        error = ErrorDocument.FromString(store.read(error_uri(root, node.path))).error
        return GateProblem(error.code or REJECTED, error.message or f"{node.name!r} was rejected")
    if scheduler.stopping.is_set():
        return GateProblem("Aborted", "the run was ended")
    return _timed_out(node.timeout)


def _timed_out(timeout: timedelta | None) -> GateProblem:
    return GateProblem(TIMED_OUT, f"the gate did not open within {timeout}")
