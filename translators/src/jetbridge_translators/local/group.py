"""Ending a task's process together with those it started: they share a process group of their own."""

from __future__ import annotations

import os
import signal
import subprocess
import threading
from contextlib import suppress
from datetime import timedelta

GRACE_SECONDS = 5.0
"""Between the polite signal and the other one; Kubernetes waits 30 s."""


def end_group(process: subprocess.Popen[str]) -> None:
    """Asks the processes to end, and ends them if they do not."""
    _send(process, signal.SIGTERM)
    timer = threading.Timer(GRACE_SECONDS, _insist, args=(process,))
    timer.daemon = True
    timer.start()


def _insist(process: subprocess.Popen[str]) -> None:
    """Only while the process runs: its number may be another's afterwards."""
    if process.poll() is None:
        kill_group(process)


def kill_group(process: subprocess.Popen[str]) -> None:
    """Ends the processes at once."""
    _send(process, signal.SIGKILL)


def _send(process: subprocess.Popen[str], number: signal.Signals) -> None:
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, number)


class Deadline:
    """Ends a process when its time is up.

    Args:
        timeout: How long it may take; None for no limit.
        process: The process, which leads a group of its own.
    """

    def __init__(self, timeout: timedelta | None, process: subprocess.Popen[str]) -> None:
        self._expired = threading.Event()
        self._process = process
        self._timer = None if timeout is None else threading.Timer(timeout.total_seconds(), self._expire)
        if self._timer is not None:
            self._timer.daemon = True
            self._timer.start()

    def expired(self) -> bool:
        """Whether the process was ended; the deadline does not hold any more."""
        if self._timer is not None:
            self._timer.cancel()
        return self._expired.is_set()

    def _expire(self) -> None:
        self._expired.set()
        kill_group(self._process)
