"""The gates of a run that is followed: who is told that one waits, and the answers that Airflow is given.

An answer is found in the store, where `jetbridge approve`, `reject` and `set` leave it, and the person at the terminal.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from jetbridge.errors import UsageError
from jetbridge.runtime.layout import waiting_uri
from jetbridge.store import open_store
from jetbridge_translators.airflow.respond import REJECT, TOO_LATE, Response, response
from jetbridge_translators.airflow.watch import Snapshot
from jetbridge_translators.base import RunRequest
from jetbridge_translators.gates import gates_of, invitation, question, read_answer, read_decision, write_answer
from jetbridge_translators.plan.model import Gate, Plan

_LOOK_SECONDS = 1.0
Tell = Callable[[str, Response], None]
"""Gives a response to the task of that id."""


@dataclass(slots=True)
class _Door:
    """A gate that waits, since when, and whether it has been told."""

    gate: Gate
    since: float
    told: bool = False


@dataclass(slots=True, kw_only=True)
class Doors:
    """Looks at a run from time to time.

    Attributes:
        plan: What runs.
        request: Hears that a gate waits, and knows who may be asked.
        run_root: Where the answers are.
        waiting: The ids of the tasks that wait for a person now.
        tell: Gives a response to one of them.
    """

    plan: Plan
    request: RunRequest
    run_root: str
    waiting: Callable[[], tuple[str, ...]]
    tell: Tell
    _gates: dict[str, Gate] = field(init=False)
    _doors: dict[str, _Door] = field(init=False, default_factory=dict[str, _Door])
    _looked: float = field(init=False, default=0.0)

    def __post_init__(self) -> None:
        self._gates = {gate.name: gate for gate in gates_of(self.plan)}

    def look(self, now: Snapshot) -> None:
        """Meets the gates that have begun to wait, and opens or fails those of which it is known."""
        if not self._gates or time.monotonic() - self._looked < _LOOK_SECONDS:
            return
        self._looked = time.monotonic()
        is_lost = not self.plan.continues and any(task.state == "failed" for task in now.tasks)
        for task_id in self.waiting():
            door = self._doors.get(task_id) or self._met(task_id)
            given = None if door.told else self._given(door, is_lost)
            if given is not None:
                door.told = True
                self.tell(task_id, given)

    def _met(self, task_id: str) -> _Door:
        gate = self._gates[task_id]
        door = self._doors[task_id] = _Door(gate, time.monotonic())
        if read_answer(open_store(), self.run_root, gate) is None:
            open_store().write(waiting_uri(self.run_root, gate.path), b"")
            self.request.on_output(gate.name, invitation(gate, self.run_root))
            threading.Thread(target=self._ask, args=(door,), daemon=True).start()
        return door

    def _given(self, door: _Door, is_lost: bool) -> Response | None:
        answer = read_answer(open_store(), self.run_root, door.gate)
        if answer is not None:
            return response(answer)
        if door.gate.timeout is not None and time.monotonic() - door.since > door.gate.timeout.total_seconds():
            return TOO_LATE
        return Response(REJECT) if is_lost else None

    def _ask(self, door: _Door) -> None:
        """Asks at the terminal until an answer can be used, or none is wanted any more."""
        while (text := self.request.ask(question(door.gate), lambda: not door.told)) is not None:
            try:
                write_answer(open_store(), self.run_root, door.gate, read_decision(door.gate, text))
                return
            except UsageError as error:
                self.request.on_output(door.gate.name, error.message)
