"""A pod that does not start: why, and for how long that is borne before the run is given up.

KubernetesPodOperator itself gives up only where an image surely cannot be pulled, else after `startup_timeout_seconds`.
It logs the pod's events while it waits.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace

from jetbridge_translators.airflow.watch import instance_name

_OWN = re.compile(r"\d{4}-\d\d-\d\dT[\d:.]+Z \[\w+ *\] (?P<message>.*)")
_START = re.compile(r"\[DAG TEST\] starting task_id=(?P<task_id>\S+)(?: map_index=(?P<index>-?\d+))?")
_WAITS = re.compile(r"::group::Waiting up to \S+ to get the POD scheduled")
_STARTED = re.compile(r"Pod has reached \w+ phase|::endgroup::|\[DAG TEST\] end task ")
_EVENT = re.compile(r"The Pod has an Event: (?P<message>.*?) from (?:None|spec\.\S+) *(?:\[|$)")
_GOES_ON = re.compile(r"Successfully (?:assigned|pulled)|pod triggered scale-up")
_FAILS = (
    (re.compile(r"Error: (?P<reason>.+)|(?P<failed>Failed to pull image .+)"), 25.0),
    (re.compile(r"(?P<reason>MountVolume\.SetUp failed .+|.*Preemption is not helpful.*)"), 40.0),
)
"""Events of the kubelet and the scheduler, and the seconds in which a Secret or a registry may still appear. The
scheduler says `No preemption victims found` when a node is large enough and only full: that wait is no failure."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """How far the log was read, and what it says of the pod that waits.

    Attributes:
        task_id: The task that runs; empty before the first.
        is_waiting: Whether its pod has not started.
        reason: What keeps the pod from starting; empty when nothing is known.
        patience: The seconds that this is borne.
        since: When it was read, by the reader's clock.
        rest: The beginning of a line that is not complete.
    """

    task_id: str = ""
    is_waiting: bool = False
    reason: str = ""
    patience: float = 0.0
    since: float = 0.0
    rest: str = ""

    def is_hopeless(self, now: float) -> bool:
        """Whether the pod has been in trouble for too long."""
        return bool(self.reason) and now - self.since >= self.patience


def read(waiting: Waiting, text: str, now: float) -> Waiting:
    r"""Reads on.

    Args:
        waiting: What was read so far.
        text: What the log says more.
        now: Seconds of a clock that only goes forward.

    Example:
        >>> at = "2026-01-01T00:00:00.0Z [info     ]"
        >>> log = f"{at} [DAG TEST] starting task_id=fit \n{at} ::group::Waiting up to 600s to get the POD scheduled\n"
        >>> event = f'{at} The Pod has an Event: Error: secret "s" not found from spec.containers{{base}}\n'
        >>> stuck = read(Waiting(), log + event, now=7.0)
        >>> stuck.task_id, stuck.reason, stuck.is_hopeless(31.0), stuck.is_hopeless(32.0)
        ('fit', 'secret "s" not found', False, True)
    """
    *lines, rest = (waiting.rest + text).split("\n")
    return replace(_lines(waiting, lines, now), rest=rest)


def _lines(waiting: Waiting, lines: Iterable[str], now: float) -> Waiting:
    for line in lines:
        if own := _OWN.match(line):
            waiting = _line(waiting, own["message"], now)
    return waiting


def _line(waiting: Waiting, message: str, now: float) -> Waiting:
    if start := _START.match(message):
        return Waiting(task_id=instance_name(start["task_id"], int(start["index"] or -1)))
    if _WAITS.match(message):
        return Waiting(task_id=waiting.task_id, is_waiting=True)
    if _STARTED.match(message):
        return Waiting(task_id=waiting.task_id)
    event = _EVENT.match(message)
    return _event(waiting, event["message"], now) if event and waiting.is_waiting else waiting


def _event(waiting: Waiting, message: str, now: float) -> Waiting:
    """The first trouble stays the reason: what follows only says that it goes on."""
    if _GOES_ON.match(message):
        return Waiting(task_id=waiting.task_id, is_waiting=True)
    found = ((fails.fullmatch(message), patience) for fails, patience in _FAILS)
    trouble = next(((match[match.lastgroup or 0], patience) for match, patience in found if match), None)
    if waiting.reason or trouble is None:
        return waiting
    return replace(waiting, reason=trouble[0], patience=trouble[1], since=now)
