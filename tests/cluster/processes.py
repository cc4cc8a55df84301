"""Starts long-running programs, and ends only those: a process is known by its id and its start time."""

from __future__ import annotations

import os
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from tests.cluster.errors import ClusterError
from tests.cluster.paths import Paths
from tests.cluster.shell import tail
from tests.cluster.state import Process, State, read_state, write_state

POLL_SECONDS = 0.1


@dataclass(frozen=True)
class Service:
    """A long-running program: how it starts, how it is seen to be ready, and how long that may take."""

    name: str
    command: tuple[str, ...]
    ready: Callable[[], bool]
    env: Mapping[str, str] = field(default_factory=dict[str, str])
    timeout: float = 60.0
    stop_seconds: float = 10.0


def start_time(pid: int) -> int | None:
    """When a process started, in clock ticks since boot; None when there is none or it is a zombie."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except (FileNotFoundError, ProcessLookupError):
        return None
    return None if fields[0] in "ZX" else int(fields[19])


def is_alive(process: Process) -> bool:
    """Whether that very process still runs."""
    return start_time(process.pid) == process.start_time


def wait_until(condition: Callable[[], bool], timeout: float) -> bool:
    """Poll a condition; False when it did not come true in time."""
    deadline = time.monotonic() + timeout
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(POLL_SECONDS)
    return True


class Supervisor:
    """Starts and ends services and keeps the state file true while it does; used by several threads."""

    def __init__(self, paths: Paths) -> None:
        self.paths = paths
        self._lock = threading.Lock()

    def state(self) -> State:
        """The state as recorded now."""
        with self._lock:
            return read_state(self.paths.state)

    def update(self, change: Callable[[State], State]) -> None:
        """Change the record."""
        with self._lock:
            write_state(self.paths.state, change(read_state(self.paths.state)))

    def is_running(self, name: str) -> bool:
        """Whether a service that we started still runs."""
        process = self.state().processes.get(name)
        return process is not None and is_alive(process)

    def start(self, service: Service) -> None:
        """Start a service, unless it runs, and wait until it is ready."""
        if not self.is_running(service.name):
            process = _spawn(service, self.paths.logs / f"{service.name}.log")
            self.update(lambda state: state.with_process(process))
        self._wait_ready(service)

    def _wait_ready(self, service: Service) -> None:
        log = self.paths.logs / f"{service.name}.log"
        settled = wait_until(lambda: service.ready() or not self.is_running(service.name), service.timeout)
        if settled and self.is_running(service.name):
            return
        what = f"was not ready after {service.timeout:.0f} s" if self.is_running(service.name) else "ended at once"
        raise ClusterError(
            f"{service.name} {what} (log: {log}):\n{tail(log.read_text(errors='replace'))}",
            "the last lines above say why; `python3 -m tests.cluster down` clears away what did start.",
        )

    def stop(self, name: str, seconds: float = 10.0) -> bool:
        """Ask a service of ours to end, then make it; False when it did not run."""
        process = self.state().processes.get(name)
        running = process is not None and is_alive(process)
        if process is not None and running:
            _end(process, seconds)
        self.update(lambda state: state.without_process(name))
        return running


def _spawn(service: Service, log: Path) -> Process:
    """Start in a session of its own, so that a Ctrl-C in this terminal does not reach the cluster."""
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("ab") as output:
        child = subprocess.Popen(
            service.command,
            env={**_plain_environment(), **service.env},
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            start_new_session=True,
            cwd="/",
        )
    # A child that ends is reaped here, or it would stay as a zombie for as long as we run.
    threading.Thread(target=child.wait, daemon=True).start()
    return Process(service.name, child.pid, start_time(child.pid) or 0, str(log))


def _plain_environment() -> dict[str, str]:
    """Services get a search path and no other variable: a proxy or a key of the user's is not theirs."""
    standard = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
    return {"PATH": standard, "HOME": str(Path.home()), "LANG": "C.UTF-8"}


def _end(process: Process, seconds: float) -> None:
    for signum in (signal.SIGTERM, signal.SIGKILL):
        if not is_alive(process):
            return
        os.kill(process.pid, signum)
        if wait_until(lambda: not is_alive(process), seconds):
            return
    raise ClusterError(
        f"{process.name} (process {process.pid}) does not end, even when killed",
        f"it hangs in the kernel; `cat /proc/{process.pid}/stack` shows where.",
    )
