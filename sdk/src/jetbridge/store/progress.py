"""How far a transfer is: told to whoever asked, and to the log or stderr when it takes long."""

from __future__ import annotations

import logging
import sys
import time
from collections.abc import Generator
from contextlib import contextmanager
from threading import Lock

from jetbridge.store.interface import Progress

LOG_EVERY = 10.0
"""Seconds after which a transfer is worth a line in the log, and then another one."""
_LOG = logging.getLogger("jetbridge.store")
_LINE = "%s of %s %s: %.0f of %.0f MiB in %.0f s, %.0f MiB/s"


class Meter:
    """Counts the bytes of one transfer; any thread may call `advanced`.

    Args:
        action: `download` or `upload`.
        name: The file or folder.
        total: Its size in bytes.
        progress: Is told of each step.
    """

    def __init__(self, action: str, name: str, total: int, progress: Progress | None) -> None:
        self._action, self._name, self._total, self._progress = action, name, total, progress
        self._done = 0
        self._lock = Lock()
        self._started = self._logged = time.monotonic()

    def advanced(self, count: int) -> None:
        """So many more bytes are through."""
        with self._lock:
            self._done = min(self._done + count, self._total)
            if self._progress is not None:
                self._progress(self._name, self._done, self._total)
            if time.monotonic() - self._logged >= LOG_EVERY:
                self._log("under way")

    def ended(self) -> None:
        """The transfer is done; a line in the log if there was one before."""
        if self._logged != self._started or time.monotonic() - self._started >= LOG_EVERY:
            self._log("done")

    def _log(self, state: str) -> None:
        self._logged = time.monotonic()
        seconds = self._logged - self._started
        mib, rate = self._done / 2**20, self._done / 2**20 / max(seconds, 1e-9)
        values = self._action, self._name, state, mib, self._total / 2**20, seconds, rate
        if _LOG.hasHandlers():
            _LOG.info(_LINE, *values)
        else:
            # Nobody has set logging up, so it would drop the line; a worker's log is its stderr.
            sys.stderr.write(f"{_LINE % values}\n")


@contextmanager
def metered(action: str, name: str, total: int, progress: Progress | None) -> Generator[Meter]:
    """A meter for the transfer that the block does."""
    meter = Meter(action, name, total, progress)
    meter.advanced(0)
    yield meter
    meter.ended()
