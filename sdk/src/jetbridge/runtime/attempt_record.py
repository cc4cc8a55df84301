"""The record of an attempt: when it did what, and what it used. It is for reports, and nothing depends on it.

A task's process pays for it with some clock readings and one small object, put when the outputs are committed.
"""

from __future__ import annotations

import os
import time
from contextlib import suppress
from pathlib import Path
from threading import Lock
from typing import Any

from jetbridge.runtime import exit_codes

VERSION = 1
START, CODE, IMPORTS, INPUTS, USER, OUTPUTS = "start", "code", "imports", "inputs", "user", "outputs"
"""The phases: the process and our own modules; looking for committed and cached outputs, and the code bundle; the
user's modules; reading and converting the inputs; the user's function; converting and committing the outputs."""
SUCCEEDED, FAILED, CACHED, COMMITTED = "succeeded", "failed", "cached", "committed"
"""How an attempt ended: with outputs of its own, without, with those of an equal call, or with those of an earlier
attempt."""


class AttemptRecorder:
    """Notes the phases of one attempt. Each lasts until the next one begins.

    Args:
        own_process: Whether the process is the attempt's own, so that its start and what it used are the attempt's.

    Example:
        >>> recorder = AttemptRecorder(own_process=False)
        >>> recorder.begin(USER)
        >>> [name for name, _ in recorder.tree(0, exit_codes.DONE)["phases"]]
        ['code', 'user']
    """

    def __init__(self, *, own_process: bool) -> None:
        self._own_process = own_process
        started = process_start() if own_process else None
        before = [] if started is None else [(START, started)]
        self._phases = [*before, (CODE, time.time())]
        self._read = 0
        self._lock = Lock()
        self.outcome = ""

    def begin(self, phase: str) -> None:
        """The next phase begins now."""
        self._phases.append((phase, time.time()))

    def on_read(self, count: int) -> None:
        """So many bytes came from the store."""
        with self._lock:
            self._read += count

    def tree(self, attempt: int, code: int) -> dict[str, Any]:
        """The record of an attempt that ends now, as JSON."""
        own = self._own_process
        return {
            "version": VERSION,
            "attempt": attempt,
            "worker": os.uname().nodename,
            "outcome": self._outcome(code),
            "exit_code": code,
            "phases": [[name, round(at, 6)] for name, at in self._phases],
            "ended": round(time.time(), 6),
            "cpu_seconds": round(sum(os.times()[:4]), 3) if own else None,
            "peak_memory": peak_memory() if own else None,
            "bytes_read": self._read,
        }

    def _outcome(self, code: int) -> str:
        if code != exit_codes.DONE:
            return FAILED
        if self.outcome:
            return self.outcome
        return SUCCEEDED if any(name == USER for name, _ in self._phases) else CACHED


def process_start() -> float | None:
    """When this process began, as seconds since 1970; None where the system does not tell (proc(5), stat)."""
    with suppress(OSError, ValueError, IndexError, AttributeError):
        ticks = int(Path("/proc/self/stat").read_text().rpartition(")")[2].split()[19])
        age = time.clock_gettime(time.CLOCK_BOOTTIME) - ticks / os.sysconf("SC_CLK_TCK")
        return time.time() - age
    return None


def peak_memory() -> int | None:
    """The most memory that this process has held, in bytes; None where the system does not tell (proc(5), status)."""
    with suppress(OSError, ValueError, IndexError):
        return int(Path("/proc/self/status").read_text().partition("VmHWM:")[2].split()[0]) * 1024
    return None
