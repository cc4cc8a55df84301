"""A program that left nothing that says why it failed."""

from __future__ import annotations

import signal
from contextlib import suppress

from jetbridge.idl import ExecutionError
from jetbridge.runtime import exit_codes
from jetbridge.runtime.companion.call import ProgramFailure
from jetbridge.runtime.companion.program import Ended
from jetbridge.runtime.failure import INTERRUPTED, FailureClass

EXITED = FailureClass("ContainerExited", True, ExecutionError.USER, exit_codes.RECOVERABLE)
"""Flyte counts it either as the user's or as the system's, as it happens to look; the user's retries are for it."""
_KILLED = FailureClass("Killed", True, ExecutionError.USER, exit_codes.RECOVERABLE)
"""Where the kernel kills one process of a container for its memory and not all, nobody else will say so."""
_NOT_RUNNABLE = FailureClass("ContainerCannotRun", False, ExecutionError.USER, exit_codes.USER_ERROR)
_CANNOT_RUN = (126, 127)
_SIGNALS = 128
_BY_KILL = (_SIGNALS + signal.SIGKILL, 256 - signal.SIGKILL)
"""The second is how `pyflyte-fast-execute` hands on the end of its own child; propeller reads both so."""


def failure_of_end(ended: Ended, deck: str = "") -> ProgramFailure:
    """The failure that an exit status means, where nothing else tells."""
    if ended.signal in (signal.SIGTERM, signal.SIGINT):
        return ProgramFailure(INTERRUPTED, "the program was ended from outside: its node was taken away", deck=deck)
    number = ended.status - _SIGNALS
    if ended.status in _BY_KILL:
        return ProgramFailure(
            _KILLED, "the program was killed (SIGKILL), as one that uses more memory than its limit is", deck=deck
        )
    if ended.status in _CANNOT_RUN:
        message = f"the image has no such program, or it cannot be run (exit code {ended.status})"
        return ProgramFailure(_NOT_RUNNABLE, message, deck=deck)
    return ProgramFailure(EXITED, f"the program ended with exit code {ended.status}{_name(number)}", deck=deck)


def _name(number: int) -> str:
    with suppress(ValueError):
        return f" ({signal.Signals(number).name})"
    return ""
