"""One step as a process: arguments, attempts, time limit."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from datetime import timedelta
from typing import cast

from jetbridge.bindings import render
from jetbridge.runtime import exit_codes
from jetbridge_translators.base import RunRequest, StepEvent
from jetbridge_translators.plan.model import Step
from jetbridge_translators.work import BindingMacro, ContainerWork, Macro, Part, Templated, Text

SYSTEM_RETRIES = 3
"""Attempts after a system failure, whatever the task says: propeller's `max-node-retries-system-failures`."""
_ENTRYPOINT_MODULE = "jetbridge.runtime.execute"


class StepProcess:
    """A step with its attempts.

    Args:
        step: The step; its work is container work.
        run_root: URI of the run's folder.
        request: The run.
    """

    def __init__(self, step: Step, run_root: str, request: RunRequest) -> None:
        self.step = step
        self._run_root = run_root
        self._request = request
        self._process: subprocess.Popen[str] | None = None
        self._stopped = threading.Event()

    def run(self) -> StepEvent:
        """Runs attempts until one succeeds or no retry is left."""
        started = time.monotonic()
        self._event("running", 0.0)
        left = {exit_codes.RECOVERABLE: self.step.retries, exit_codes.SYSTEM: SYSTEM_RETRIES}
        attempt = 0
        while True:
            code = self._attempt(attempt)
            if code == exit_codes.DONE or self._stopped.is_set() or left.get(code, 0) == 0:
                break
            left[code] -= 1
            attempt += 1
            self._event("retrying", time.monotonic() - started)
        state = "succeeded" if code == exit_codes.DONE else "failed"
        return StepEvent(step=self.step.name, state=state, seconds=time.monotonic() - started)

    def stop(self) -> None:
        """Ends the attempt that runs, and starts no other."""
        self._stopped.set()
        if self._process is not None:
            self._process.terminate()

    def _event(self, state: str, seconds: float) -> None:
        self._request.on_event(StepEvent(step=self.step.name, state=state, seconds=seconds))

    def _attempt(self, attempt: int) -> int:
        """One process. A signal or an interpreter crash counts as a system failure, a timeout as recoverable."""
        command = [sys.executable, "-m", _ENTRYPOINT_MODULE, *arguments(self.step, self._run_root, attempt)]
        with subprocess.Popen(
            command,
            env=_environment(self._request, self.step),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
        ) as process:
            self._process = process
            late = _Deadline(self.step.timeout, process)
            for line in process.stdout or ():
                self._request.on_output(self.step.name, line.rstrip("\n"))
            code = process.wait()
        if late.expired():
            self._request.on_output(self.step.name, f"the attempt took longer than {self.step.timeout}, and was ended")
            return exit_codes.RECOVERABLE
        return exit_codes.SYSTEM if code < 0 else code


class _Deadline:
    """Kills a process when its time is up."""

    def __init__(self, timeout: timedelta | None, process: subprocess.Popen[str]) -> None:
        self._expired = threading.Event()
        self._process = process
        self._timer = None if timeout is None else threading.Timer(timeout.total_seconds(), self._expire)
        if self._timer is not None:
            self._timer.daemon = True
            self._timer.start()

    def expired(self) -> bool:
        """Whether the process was killed; the deadline does not hold any more."""
        if self._timer is not None:
            self._timer.cancel()
        return self._expired.is_set()

    def _expire(self) -> None:
        self._expired.set()
        self._process.kill()


def arguments(step: Step, run_root: str, attempt: int) -> list[str]:
    """The entrypoint's arguments for an attempt."""
    fill = _filler(step, run_root, attempt)
    return [_filled(arg, fill) for arg in container_work(step).args]


def container_work(step: Step) -> ContainerWork:
    """The work of a step that `check` has let pass."""
    return cast("ContainerWork", step.work)


def _filled(arg: Templated, fill: Callable[[Part], str]) -> str:
    return "".join(fill(part) for part in arg.parts) if isinstance(arg, Text) else arg


def _filler(step: Step, run_root: str, attempt: int) -> Callable[[Part], str]:
    values: dict[Part, str] = {
        Macro.RUN_ROOT: run_root,
        Macro.NODE_PATH: step.path,
        Macro.ATTEMPT: str(attempt),
        **{BindingMacro(name): render(bind, {}) for name, bind in step.args.items()},
    }
    return lambda part: part if isinstance(part, str) else values[part]


def _environment(request: RunRequest, step: Step) -> dict[str, str]:
    """This process's environment with the task's variables and the user's modules."""
    paths = [path for path in (request.source_root, os.environ.get("PYTHONPATH", "")) if path]
    return {**os.environ, **dict(container_work(step).env), "PYTHONPATH": os.pathsep.join(paths)}
