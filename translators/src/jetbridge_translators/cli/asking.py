"""Questions to the person at the terminal, one at a time, while steps of the run go on."""

from __future__ import annotations

import select
import sys
import threading
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import TextIO

_LOOK_SECONDS = 0.3


class Asker:
    """Asks on standard error and reads standard input; nobody is asked unless both are terminals.

    Args:
        quiet: While a question stands, nothing may draw over it.
        questions: Where questions go; standard error by default.
        answers: Where answers come from; standard input by default.
    """

    def __init__(
        self,
        quiet: Callable[[], AbstractContextManager[object]],
        questions: TextIO | None = None,
        answers: TextIO | None = None,
    ) -> None:
        self._quiet = quiet
        self._questions = questions or sys.stderr
        self._answers = answers or sys.stdin
        self._lock = threading.Lock()
        self._present = self._questions.isatty() and self._answers.isatty()

    def __call__(self, question: str, wanted: Callable[[], bool]) -> str | None:
        """The line that the person types; None when nobody is there, or the answer is not wanted any more."""
        while self._present and wanted():
            if self._lock.acquire(timeout=_LOOK_SECONDS):
                try:
                    return self._asked(question, wanted)
                finally:
                    self._lock.release()
        return None

    def _asked(self, question: str, wanted: Callable[[], bool]) -> str | None:
        with self._quiet():
            self._questions.write(question)
            self._questions.flush()
            while wanted():
                if select.select([self._answers], [], [], _LOOK_SECONDS)[0]:
                    line = self._answers.readline()
                    self._present = bool(line)
                    return line.rstrip("\r\n") if line else None
            self._questions.write("\n")
            return None
