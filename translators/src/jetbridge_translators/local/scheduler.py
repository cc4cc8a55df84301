"""Which node runs when: the nodes of a body in their order, as many tasks at a time as the machine has processors."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, replace

from jetbridge_translators.base import RunRequest, StepEvent
from jetbridge_translators.local.process import StepProcess
from jetbridge_translators.plan.committed import CommittedWork
from jetbridge_translators.plan.dynamic import is_dynamic
from jetbridge_translators.plan.model import AnyNode, Step

RunNode = Callable[["Scheduler", AnyNode], bool]


@dataclass(frozen=True, slots=True)
class Ended:
    """How a run ended: every step that ran, and the node whose failure was the first, if any."""

    steps: tuple[StepEvent, ...]
    failed: AnyNode | None


class Scheduler:
    """The nodes of one run.

    Args:
        request: The run.
        run_root: URI of the run's folder.
        continues: Whether other nodes go on after a failure.
        run_node: Runs a node that is no task, or a dynamic one, in a thread of its own, and tells whether it succeeded.
        max_parallelism: How many tasks may run at a time; 0 for as many as the machine has processors.
    """

    def __init__(
        self, request: RunRequest, run_root: str, continues: bool, run_node: RunNode, max_parallelism: int = 0
    ) -> None:
        self.request = request
        self.run_root = run_root
        self.stopping = threading.Event()
        self._continues = continues
        self._run_node = run_node
        processors = os.cpu_count() or 1
        self._tasks = ThreadPoolExecutor(max_workers=min(max_parallelism or processors, processors))
        self._lock = threading.Lock()
        self._processes: set[StepProcess] = set()
        self._steps: list[StepEvent] = []
        self._failed: AnyNode | None = None
        self._after: list[Scheduler] = []

    def __enter__(self) -> Scheduler:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()
        for after in self._after:
            after.stop()
        self._tasks.shutdown(wait=True, cancel_futures=True)

    def stop(self) -> None:
        """Ends what runs, and starts nothing more."""
        self.stopping.set()
        with self._lock:
            running = list(self._processes)
        for process in running:
            process.stop()

    def run_failure_node(self, node: AnyNode) -> bool:
        """Runs a failure node, although the other nodes were ended; a failure of it replaces that of the run."""
        after = Scheduler(self.request, self.run_root, self._continues, self._run_node)
        self._after.append(after)
        with after:
            succeeded = after.run_all([replace(node, after=())])
        ended = after.ended()
        self._steps += ended.steps
        self._failed = ended.failed or self._failed
        return succeeded

    def ended(self) -> Ended:
        """What has happened so far."""
        return Ended(tuple(self._steps), self._failed)

    def fail(self, node: AnyNode) -> None:
        """Keeps the first failure, and ends the other nodes unless they are to go on."""
        with self._lock:
            self._failed = self._failed or node
        if not self._continues:
            self.stop()

    def run_all(self, nodes: Sequence[AnyNode]) -> bool:
        """Runs the nodes of a body; whether all of them have succeeded. One that needs a failed one does not run."""
        waiting = {node.id: node for node in nodes}
        running: dict[Future[bool], AnyNode] = {}
        done: set[str] = set()
        lost: set[str] = set()
        while True:
            if self.stopping.is_set():
                waiting = {}
            for node in [node for node in waiting.values() if not lost.isdisjoint(node.after)]:
                lost.add(waiting.pop(node.id).id)
            for node in [node for node in waiting.values() if done.issuperset(node.after)]:
                running[self.start(waiting.pop(node.id))] = node
            if not running:
                return len(done) == len(nodes)
            for future in wait(running, return_when=FIRST_COMPLETED)[0]:
                node = running.pop(future)
                (done if future.result() else lost).add(node.id)

    def start(self, node: AnyNode) -> Future[bool]:
        """Starts a node; the future tells whether it succeeded."""
        if isinstance(node, Step) and not is_dynamic(node):
            return self.submit_step(node)
        future: Future[bool] = Future()
        threading.Thread(target=self._in_thread, args=(node, future), daemon=True).start()
        return future

    def _in_thread(self, node: AnyNode, future: Future[bool]) -> None:
        try:
            future.set_result(self._run_node(self, node))
        except BaseException as error:  # it belongs to whoever waits for the node
            future.set_exception(error)

    def run_step(self, step: Step, queued: float, *, essential: bool = True) -> bool:
        """Runs a task that could start since `queued`; `essential` tells whether its failure is one of the run."""
        if self.stopping.is_set():
            return False
        if isinstance(step.work, CommittedWork):
            event = StepEvent(step=step.name, state="succeeded")
        else:
            event = self._run_process(StepProcess(step, self.run_root, self.request, queued))
        with self._lock:
            self._steps.append(event)
        self.request.on_event(event)
        if event.state == "succeeded":
            return True
        if essential and not self.stopping.is_set():
            self.fail(step)
        return False

    def _run_process(self, process: StepProcess) -> StepEvent:
        with self._lock:
            self._processes.add(process)
        try:
            return process.run()
        finally:
            with self._lock:
                self._processes.discard(process)

    def submit_step(self, step: Step) -> Future[bool]:
        """Starts a task's process when one may run."""
        return self._tasks.submit(self.run_step, step, time.time())

    def submit_element(self, step: Step) -> Future[bool]:
        """Starts an element of a map, whose failure is the map's to judge."""
        return self._tasks.submit(self.run_step, step, time.time(), essential=False)
