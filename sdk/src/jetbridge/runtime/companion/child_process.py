"""A program that this process has started, and its end."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress

from jetbridge.runtime.companion.program import Ended
from jetbridge.runtime.termination import Terminated

_NOT_FOUND, _NOT_RUNNABLE = 127, 126
_GRACE_SECONDS = 20.0


class ChildProcess:
    """Runs a command.

    Args:
        argv: The command.
        env: Its whole environment.
        kill: What ends it when it does not end by itself.
    """

    def __init__(self, argv: Sequence[str], env: Mapping[str, str], kill: Callable[[], None] = lambda: None) -> None:
        self._kill = kill
        self._process: subprocess.Popen[bytes] | None = None
        self._failed = 0
        try:
            self._process = subprocess.Popen(argv, env=env, stdin=subprocess.DEVNULL)
        except OSError as error:
            self._failed = _NOT_FOUND if isinstance(error, FileNotFoundError) else _NOT_RUNNABLE
            sys.stderr.write(f"this machine has no program that can be run as {argv[0]}: {error.strerror}\n")

    def wait(self) -> Ended:
        """Its end. Ends it when this process is terminated meanwhile."""
        if self._process is None:
            return Ended(self._failed)
        try:
            code = self._process.wait()
        except Terminated:
            self._end(self._process)
            raise
        return Ended(128 - code if code < 0 else code)

    def _end(self, process: subprocess.Popen[bytes]) -> None:
        # The process group may have had the signal already; a second one changes nothing.
        with suppress(ProcessLookupError):
            process.terminate()
        try:
            process.wait(_GRACE_SECONDS)
        except subprocess.TimeoutExpired:
            self._kill()
            process.kill()
