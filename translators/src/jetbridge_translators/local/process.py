"""One step as a process: arguments, attempts, time limit."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from functools import cache

from jetbridge.bindings import render
from jetbridge.errors import RegistryError, RunError
from jetbridge.idl import ExecutionError
from jetbridge.runtime import exit_codes
from jetbridge.runtime.failure import FailureClass, TaskFailure, error_document
from jetbridge.runtime.layout import error_uri
from jetbridge.store import normalize_uri, open_store
from jetbridge_translators import registry
from jetbridge_translators.base import EngineAttempt, Lower, LowerContext, RunRequest, Settings, StepEvent
from jetbridge_translators.local.group import Deadline, end_group, kill_group
from jetbridge_translators.plan.companion import COMPANION, engine_options
from jetbridge_translators.plan.macros import ENTRYPOINT
from jetbridge_translators.plan.model import Step
from jetbridge_translators.plan.pods import plain_environment
from jetbridge_translators.work import BindingMacro, ContainerWork, Macro, Part, PodWork, Templated, Text

SYSTEM_RETRIES = 3
"""Attempts after a system failure, whatever the task says: propeller's `max-node-retries-system-failures`."""
_MODULES = {ENTRYPOINT: "jetbridge.runtime.execute", COMPANION: "jetbridge.runtime.companion.main"}
_TIMEOUT = FailureClass("TimeoutExpired", True, ExecutionError.USER, exit_codes.RECOVERABLE)


class StepProcess:
    """A step with its attempts.

    Args:
        step: The step; its work is container work.
        run_root: URI of the run's folder.
        request: The run.
        queued: When the step could have started, but for others.
    """

    def __init__(self, step: Step, run_root: str, request: RunRequest, queued: float | None = None) -> None:
        self.step = step
        self._queued = queued
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
            code = self._noted(attempt)
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
            end_group(self._process)

    def _event(self, state: str, seconds: float) -> None:
        self._request.on_event(StepEvent(step=self.step.name, state=state, seconds=seconds))

    def _noted(self, attempt: int) -> int:
        """One attempt, of which the run is told."""
        started = time.time()
        code = self._attempt(attempt)
        ended = time.time()
        state = "succeeded" if code == exit_codes.DONE else "failed"
        queued, self._queued = self._queued, ended
        self._request.on_attempt(
            EngineAttempt(
                path=self.step.path,
                number=attempt,
                state=state,
                queued=queued,
                started=started,
                ended=ended,
                containers=0,
            )
        )
        return code

    def _attempt(self, attempt: int) -> int:
        """One process. A signal or an interpreter crash counts as a system failure, a timeout as recoverable."""
        with self._start(attempt) as process:
            self._process = process
            if self._stopped.is_set():
                end_group(process)
            late = Deadline(self.step.timeout, process)
            reaper = threading.Thread(target=_reap, args=(process,), daemon=True)
            reaper.start()
            for line in process.stdout or ():
                self._request.on_output(self.step.name, line.rstrip("\n"))
            reaper.join()
            code = process.wait()
        if late.expired():
            return self._timed_out()
        return exit_codes.SYSTEM if code < 0 else code

    def _timed_out(self) -> int:
        """Writes the error document, which the ended process could not, under Flyte's code."""
        message = f"the attempt took longer than {self.step.timeout}, and was ended"
        self._request.on_output(self.step.name, message)
        document = error_document(TaskFailure(_TIMEOUT, TimeoutError(message)), time.time_ns())
        open_store().write(error_uri(self._run_root, self.step.path), document.SerializeToString())
        return _TIMEOUT.exit_code

    def _start(self, attempt: int) -> subprocess.Popen[str]:
        args = arguments(self.step, self._run_root, attempt, self._request)
        command = [sys.executable, "-m", _module(self.step), *args]
        try:
            return subprocess.Popen(
                command,
                env=_environment(self._request, self.step),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
                errors="replace",
                start_new_session=True,
            )
        except (OSError, ValueError) as error:
            raise RunError(
                f"the process of step {self.step.name!r} cannot be started: {error}",
                hint="A constant or an environment variable may be too long: give long values as workflow inputs.",
            ) from error


def _reap(process: subprocess.Popen[str]) -> None:
    """Waits for the entrypoint, and then ends what it left behind, as the end of a pod does."""
    process.wait()
    kill_group(process)


def _module(step: Step) -> str:
    (command,) = container_work(step).command
    return _MODULES[str(command)]


def arguments(step: Step, run_root: str, attempt: int, request: RunRequest) -> list[str]:
    """The entrypoint's arguments for an attempt."""
    fill, work = _filler(step, run_root, attempt, request), container_work(step)
    return [*engine_options(work), *(_filled(arg, fill) for arg in work.args)]


def container_work(step: Step) -> ContainerWork:
    """The work of a step that `check` has let pass: a container, a pod that needs no more than its own one, or what a
    plugin gives for this back end.
    """
    if isinstance(step.work, PodWork):
        return replace(step.work.main, env=tuple(plain_environment(step.work).items()))
    if isinstance(step.work, ContainerWork):
        return step.work
    return _checked(_override(step.task_type)(step, LowerContext(settings=Settings())), step.task_type)


@cache
def _override(task_type: str) -> Lower:
    """Looked up once a task type, not once an attempt."""
    found = registry.lowering("local", task_type)
    assert found is not None  # noqa: S101 -- `check` lets no other shape pass
    return found


def _checked(work: object, task_type: str) -> ContainerWork:
    if isinstance(work, ContainerWork):
        return work
    raise RegistryError(
        f"the override of task type {task_type!r} for this machine gave a {type(work).__name__}",
        hint="It must return the ContainerWork of a process: see docs/guide/write-a-plugin.md.",
    )


def _filled(arg: Templated, fill: Callable[[Part], str]) -> str:
    return "".join(fill(part) for part in arg.parts) if isinstance(arg, Text) else arg


def _filler(step: Step, run_root: str, attempt: int, request: RunRequest) -> Callable[[Part], str]:
    values: dict[Part, str] = {
        Macro.RUN_ROOT: run_root,
        Macro.NODE_PATH: step.path,
        Macro.ATTEMPT: str(attempt),
        Macro.STORE: normalize_uri(request.settings.store),
        Macro.OVERWRITE_CACHE: "true" if request.overwrite_cache else "false",
        **{BindingMacro(name): render(bind, {}) for name, bind in step.args.items()},
    }
    return lambda part: part if isinstance(part, str) else values[part]


def _environment(request: RunRequest, step: Step) -> dict[str, str]:
    """This process's environment with the task's variables and the user's modules."""
    paths = [path for path in (request.source_root, os.environ.get("PYTHONPATH", "")) if path]
    return {**os.environ, **dict(container_work(step).env), "PYTHONPATH": os.pathsep.join(paths)}
