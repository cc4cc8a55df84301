"""Processes, and what they use."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

_LAUNCHER = Path(__file__).with_name("launcher.py")


class BenchmarkError(Exception):
    """Raised when something that is to be measured does not work; its figures would mean nothing."""


@dataclass(frozen=True, slots=True)
class Usage:
    """What one process and its children used.

    Attributes:
        wall: Seconds from start to end.
        cpu: Seconds of user and system time.
        peak: Largest resident memory of one of them, in bytes.
    """

    wall: float
    cpu: float
    peak: int


@dataclass(frozen=True, slots=True)
class Command:
    """A program with its arguments, and what is added to the environment."""

    arguments: Sequence[str]
    environ: Mapping[str, str] = field(default_factory=dict[str, str])

    def run(self) -> Usage:
        """Runs it and waits. Raises `BenchmarkError` with its output when it fails.

        Example:
            >>> usage = Command([sys.executable, "-c", "pass"]).run()
            >>> usage.peak > 1_000_000
            True
        """
        read, write = os.pipe()
        with os.fdopen(read) as results:
            launch = [sys.executable, "-I", "-S", str(_LAUNCHER), str(write), *self.arguments]
            done = subprocess.run(
                launch,
                env=self._environ(),
                pass_fds=[write],
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
                check=False,
            )
            os.close(write)
            if done.returncode:
                raise BenchmarkError(f"{' '.join(self.arguments)} ended with {done.returncode}:\n{done.stdout}")
            return Usage(**json.loads(results.read()))

    def _environ(self) -> dict[str, str]:
        # Without bytecode every start would compile its libraries again, which no container does.
        kept = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
        return {**kept, **self.environ}
