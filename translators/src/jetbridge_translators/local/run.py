"""The reference runner: steps as processes, as many at a time as the machine has processors."""

from __future__ import annotations

import os
import time
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait

from jetbridge.errors import RunError
from jetbridge.runtime.layout import inputs_uri
from jetbridge.store import join, normalize_uri, open_store
from jetbridge_translators.base import RunRequest, RunResult, StepEvent
from jetbridge_translators.failures import step_failure
from jetbridge_translators.local.process import StepProcess
from jetbridge_translators.plan.model import Plan, Step


def run(plan: Plan, request: RunRequest) -> RunResult:
    """Runs a plan and waits. On a failure the running steps are ended, and none is started any more.

    Raises:
        RunError: a step failed for good; it holds the user's error.
    """
    run_root = join(normalize_uri(request.settings.store), request.run_id)
    store = open_store()
    store.write(inputs_uri(run_root), request.inputs.SerializeToString(deterministic=True))
    started = time.monotonic()
    with _Pool(plan, request, run_root) as pool:
        done = pool.run()
    return RunResult(run_id=request.run_id, run_root=run_root, seconds=time.monotonic() - started, steps=done)


class _Pool:
    """The steps of one run: which wait, which run, which are done."""

    def __init__(self, plan: Plan, request: RunRequest, run_root: str) -> None:
        self._request = request
        self._run_root = run_root
        self._waiting: dict[str, Step] = {step.id: step for step in plan.steps}
        self._running: dict[Future[StepEvent], StepProcess] = {}
        self._done: dict[str, StepEvent] = {}
        self._executor = ThreadPoolExecutor(max_workers=os.cpu_count() or 1)

    def __enter__(self) -> _Pool:
        return self

    def __exit__(self, *_: object) -> None:
        for process in self._running.values():
            process.stop()
        self._executor.shutdown(wait=True, cancel_futures=True)

    def run(self) -> tuple[StepEvent, ...]:
        while self._waiting or self._running:
            self._start_ready()
            finished, _ = wait(self._running, return_when=FIRST_COMPLETED)
            for future in finished:
                self._finish(future)
        return tuple(self._done.values())

    def _start_ready(self) -> None:
        ready = [step for step in self._waiting.values() if all(before in self._done for before in step.after)]
        for step in ready:
            del self._waiting[step.id]
            process = StepProcess(step, self._run_root, self._request)
            self._running[self._executor.submit(process.run)] = process

    def _finish(self, future: Future[StepEvent]) -> None:
        process = self._running.pop(future)
        event = future.result()
        self._request.on_event(event)
        if event.state != "succeeded":
            raise self._failure(process.step)
        self._done[process.step.id] = event

    def _failure(self, step: Step) -> RunError:
        return step_failure(open_store(), self._run_root, step, "local")
