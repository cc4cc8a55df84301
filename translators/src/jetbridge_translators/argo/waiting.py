"""Pods that do not start: why, and for how long that is borne before the run is given up."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from jetbridge_translators.argo.objects import section, text
from jetbridge_translators.argo.status import Snapshot

_SOON = 25.0
PATIENCE = {
    "InvalidImageName": 0.0,
    "ErrImageNeverPull": 0.0,
    "ErrImagePull": _SOON,
    "ImagePullBackOff": _SOON,
    "CreateContainerConfigError": _SOON,
    "CreateContainerError": _SOON,
    "RunContainerError": _SOON,
    "Unschedulable": 40.0,
}
"""Seconds by the kubelet's and the scheduler's reasons. A pull or a missing Secret may mend itself."""
_IMAGE_HINT = "Check the image's name and tag (`--image`), and that the cluster may pull it."
_CONFIG_HINT = "Check that the Secrets exist in the namespace (`--store-secret`), and the pod's events."
HINTS = {
    "InvalidImageName": _IMAGE_HINT,
    "ErrImageNeverPull": _IMAGE_HINT,
    "ErrImagePull": _IMAGE_HINT,
    "ImagePullBackOff": _IMAGE_HINT,
    "CreateContainerConfigError": _CONFIG_HINT,
    "Unschedulable": "Ask for less (`requests=`), or add a node that is large enough.",
}
"""The next action of the user."""
_UNCLEAR = frozenset(("", "PodInitializing"))
_UNCLEAR_SECONDS = 15.0
"""How long a pod may be silent before it is asked itself: Argo does not report a problem of its own init container."""
_LOOK_AT_FAILING, _LOOK_AT_SILENT, _LOOK = 3, 16, 60
"""Seconds until the next look when there is no news."""
_PASSING = "No preemption victims found"
"""In the scheduler's message when a node is large enough and only full: the pod waits for others to end. Otherwise it
says `Preemption is not helpful`."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """An attempt that has not started."""

    step: str
    pod: str
    reason: str
    message: str

    @property
    def patience(self) -> float | None:
        """Seconds to bear it; None for a wait that is no failure."""
        if self.reason == "Unschedulable" and _PASSING in self.message:
            return None
        return PATIENCE.get(self.reason)

    def __str__(self) -> str:
        return ": ".join(filter(None, [self.reason, self.message]))


def waiting(now: Snapshot) -> Iterator[Waiting]:
    """The attempts that have not started, with Argo's message in two parts."""
    for step in now.steps.values():
        for attempt in step.attempts:
            if not attempt.has_started:
                reason, _, message = attempt.message.partition(": ")
                yield Waiting(step.step, attempt.pod, reason, message)


def of_init_containers(silent: Waiting, pod: Mapping[str, Any]) -> Waiting:
    """What a pod itself says of its init containers."""
    for container in section(pod, "status").get("initContainerStatuses") or ():
        found = section(container, "state", "waiting")
        if text(found, "reason") in PATIENCE:
            return Waiting(silent.step, silent.pod, text(found, "reason"), text(found, "message"))
    return silent


class Patience:
    """Remembers since when each pod waits.

    Args:
        clock: Seconds that only go forward.
        ask: A pod by name.
    """

    def __init__(self, clock: Callable[[], float], ask: Callable[[str], Mapping[str, Any]]) -> None:
        self._clock = clock
        self._ask = ask
        self._silent: dict[str, float] = {}
        self._failing: dict[str, float] = {}

    def lost(self, now: Snapshot) -> Waiting | None:
        """A pod for which there is no hope left."""
        time = self._clock()
        current = tuple(waiting(now))
        self._silent = _since(self._silent, (item.pod for item in current if item.reason in _UNCLEAR), time)
        explained = [self._explained(item, time) for item in current]
        failing = [(item, item.patience) for item in explained if item.patience is not None]
        self._failing = _since(self._failing, (item.pod for item, _ in failing), time)
        return next((item for item, patience in failing if time - self._failing[item.pod] >= patience), None)

    def _explained(self, item: Waiting, time: float) -> Waiting:
        if time - self._silent.get(item.pod, time) < _UNCLEAR_SECONDS:
            return item
        return of_init_containers(item, self._ask(item.pod))

    @property
    def seconds(self) -> int:
        """How long one may wait for news before looking again."""
        if self._failing:
            return _LOOK_AT_FAILING
        return _LOOK_AT_SILENT if self._silent else _LOOK


def _since(before: Mapping[str, float], pods: Iterable[str], time: float) -> dict[str, float]:
    return {pod: before.get(pod, time) for pod in pods}
