"""The end of a pod: SIGTERM, then some seconds, then SIGKILL.

Whoever takes a node away sends SIGTERM. The user's function is interrupted by an exception, so that its `finally` and
`with` blocks run, and the attempt is reported as a failure of the system, which engines try again.
"""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Callable, Generator
from contextlib import contextmanager
from types import FrameType

GRACE_SECONDS = "JETBRIDGE_GRACE_SECONDS"
"""The variable that says how long the user's code may clean up. Kubernetes kills after 30 seconds by default."""
_GRACE = "20"


class Terminated(BaseException):
    """Raised in the user's code by SIGTERM; no `except Exception` catches it."""

    def __init__(self) -> None:
        super().__init__("the attempt was ended from outside (SIGTERM): its node was taken away, or its time was up")


class Termination:
    """What SIGTERM does in this process. A second one does nothing.

    Attributes:
        requested: Whether the signal came.
        finishing: Whether it interrupts nothing any more.
    """

    def __init__(self) -> None:
        self.requested = False
        self.finishing = False
        self._process = os.getpid()

    def finish(self) -> None:
        """Lets what follows end undisturbed: the commit, or the report of a failure, and what cleans up after it."""
        self.finishing = True

    def on_signal(self, _number: int, _frame: FrameType | None) -> None:
        """The handler."""
        if os.getpid() != self._process:
            # A child that user code forked: it inherits the handler, but the attempt is not its own.
            signal.signal(signal.SIGTERM, signal.SIG_DFL)
            os.kill(os.getpid(), signal.SIGTERM)
            return
        if self.requested:
            return
        self.requested = True
        if not self.finishing:
            raise Terminated


@contextmanager
def terminable() -> Generator[Termination]:
    """Handles SIGTERM until the block ends. In another thread than the main one, Python allows no handler."""
    termination = Termination()
    if threading.current_thread() is not threading.main_thread():
        yield termination
        return
    before = signal.signal(signal.SIGTERM, termination.on_signal)
    try:
        yield termination
    finally:
        signal.signal(signal.SIGTERM, before)


def watch(late: Callable[[], None]) -> None:
    """Calls a function when the process still runs some time after SIGTERM.

    Python runs a handler only between two steps of its main thread: a long call into a C library would have the
    process killed without a report, as would user code that catches everything. The signal's wake-up pipe works at
    once.

    Args:
        late: Runs in a thread of its own, as many seconds after the signal as `GRACE_SECONDS` says.
    """
    reader, writer = os.pipe()
    os.set_blocking(writer, False)
    signal.set_wakeup_fd(writer, warn_on_full_buffer=False)
    # A forked child would write its own signals into this pipe.
    os.register_at_fork(after_in_child=_no_wakeup)
    threading.Thread(target=_watch, args=(reader, late), name="jetbridge-sigterm", daemon=True).start()


def _watch(reader: int, late: Callable[[], None]) -> None:
    while signal.SIGTERM not in os.read(reader, 64):
        pass
    time.sleep(float(os.environ.get(GRACE_SECONDS, _GRACE)))
    late()


def _no_wakeup() -> None:
    signal.set_wakeup_fd(-1)
