"""The process around a task: what it tells of crashes."""

from __future__ import annotations

import faulthandler
import signal

_STDERR = 2


def report_crashes() -> None:
    """Writes every thread's traceback to the log when the interpreter crashes, and on SIGUSR1, as flytekit does."""
    faulthandler.enable(file=_STDERR)
    faulthandler.register(signal.SIGUSR1, file=_STDERR)
