"""The command line in processes of their own, as a user starts it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import IO, Any

from tests.on_cluster.site import COMMAND, ROOT

_LONGEST = 600.0


@dataclass(frozen=True, slots=True)
class Ended:
    """A command that has ended: its exit code, its JSON, and what it said meanwhile."""

    code: int
    record: Any
    said: str
    seconds: float


@dataclass(frozen=True, slots=True)
class Command:
    """A command that may still run."""

    process: subprocess.Popen[bytes]
    started: float
    out: Path
    log: Path

    def ended(self) -> Ended:
        """Waits for the end."""
        code = self.process.wait(_LONGEST)
        out = self.out.read_text().strip()
        return Ended(code, json.loads(out) if out else None, self.log.read_text(), time.monotonic() - self.started)

    def wait_for(self, text: str) -> None:
        """Returns when the command has said something."""
        deadline = time.monotonic() + _LONGEST
        while text not in (said := self.log.read_text()):
            assert time.monotonic() < deadline, said
            time.sleep(0.3)


@dataclass(frozen=True, slots=True)
class Commands:
    """Starts commands.

    Attributes:
        folder: Where they leave what they say.
        environ: What their environment has beside that of this process.
        started: Every command that was started.
    """

    folder: Path
    environ: Mapping[str, str]
    started: list[Command] = field(default_factory=list[Command])

    def start(self, *arguments: str) -> Command:
        """Starts `jetbridge …`."""
        with self._file() as out, self._file() as log:
            process = subprocess.Popen(
                [sys.executable, "-c", COMMAND, *arguments],
                env={**os.environ, **self.environ},
                cwd=ROOT,
                stdout=out,
                stderr=log,
            )
        command = Command(process, time.monotonic(), Path(out.name), Path(log.name))
        self.started.append(command)
        return command

    def end(self) -> None:
        """Ends those that still run."""
        for command in self.started:
            command.process.terminate()
        for command in self.started:
            command.process.wait(60)

    def _file(self) -> IO[bytes]:
        return NamedTemporaryFile(dir=self.folder, prefix="said-", delete=False)
