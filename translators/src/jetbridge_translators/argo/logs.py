"""What the tasks' containers print, line by line while they run."""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Callable
from contextlib import closing

from jetbridge_translators.argo.cluster import ApiError, Cluster
from jetbridge_translators.argo.status import Snapshot, StepStatus
from jetbridge_translators.plan.model import Step
from jetbridge_translators.work import ResourceWork

CONTAINER = "main"
_AT_ONCE = 32
_TRIES = 6
_PAUSE = 0.5
_OF_ARGO = re.compile(r'time="?[^"]*"? level=\w+ msg=.* argo=true\b')
_EXIT_STATUS = re.compile(r"Error: exit status \d+")


class Logs:
    """Reads the log of each pod, each in a thread of its own.

    Args:
        cluster: Where the pods are.
        on_output: Hears of each line: the step's name and the line.
    """

    def __init__(self, cluster: Cluster, on_output: Callable[[str, str], None]) -> None:
        self._cluster = cluster
        self._on_output = on_output
        self._threads: dict[str, threading.Thread] = {}
        self._last_times: dict[str, str] = {}
        self._places = threading.BoundedSemaphore(_AT_ONCE)

    def read(self, now: Snapshot) -> None:
        """Starts to read the pods that have started since.

        Argo replaces a pod that is deleted in its first seconds by another of the same name, for the same attempt.
        """
        for step in now.steps.values():
            for attempt in () if has_other_pod(step) else step.attempts:
                thread = self._threads.get(attempt.pod)
                is_read = thread is not None and (thread.is_alive() or attempt.finished)
                if attempt.has_started and not is_read:
                    self._start(step.step, attempt.pod, CONTAINER)

    def follow(self, step: str, pod: str, container: str) -> None:
        """Starts to read a pod that is none of Argo's, unless it is being read."""
        thread = self._threads.get(pod)
        if thread is None or not thread.is_alive():
            self._start(step, pod, container)

    def _start(self, step: str, pod: str, container: str) -> None:
        # A daemon, so that a container that does not end cannot hold this process.
        self._threads[pod] = threading.Thread(target=self._read, args=(step, pod, container), daemon=True)
        self._threads[pod].start()

    def finish(self, seconds: float) -> None:
        """Waits for the logs of containers that have ended, at most so long."""
        deadline = time.monotonic() + seconds
        for thread in self._threads.values():
            thread.join(max(0.0, deadline - time.monotonic()))

    def _read(self, step: str, pod: str, container: str) -> None:
        """All lines once: after a lost connection those that have been seen are left out, by their times."""
        report = without_argo(lambda line: self._on_output(step, line))
        for attempt in range(_TRIES):
            try:
                with self._places, closing(self._cluster.log(pod, container)) as lines:
                    for line in lines:
                        stamp, _, text = line.partition(" ")
                        if stamp > self._last_times.get(pod, ""):
                            self._last_times[pod] = stamp
                            report(text)
                    return
            except ApiError as error:
                if not _may_come(error):
                    return
            time.sleep(_PAUSE * 2**attempt)


def has_other_pod(step: StepStatus) -> bool:
    """Whether what a person wants to read is printed by a pod of the object that the step makes."""
    node = step.node
    return isinstance(node, Step) and isinstance(node.work, ResourceWork) and bool(node.work.main_pod)


def without_argo(report: Callable[[str], None]) -> Callable[[str], None]:
    """Leaves out what Argo's executor adds to a container's output: its own log, and the exit status as last line."""
    held: list[str] = []

    def on_line(text: str) -> None:
        while held:
            report(held.pop())
        if _EXIT_STATUS.fullmatch(text):
            held.append(text)
        elif not _OF_ARGO.match(text):
            report(text)

    return on_line


def _may_come(error: ApiError) -> bool:
    """Kubernetes answers 400 for a container that has not started."""
    return error.passes or error.status == 400
