"""The program as a child process of the companion, on a machine that has what it needs."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from jetbridge.flytekit_project.environment import flytekit_python
from jetbridge.runtime.companion.child_process import ChildProcess
from jetbridge.runtime.companion.program import Ended, Program


class Child:
    """Runs the program here.

    Args:
        folder: A folder for its inputs and outputs, which is removed afterwards.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._process: ChildProcess | None = None

    @property
    def program_folder(self) -> str:
        return str(self.folder)

    def is_started(self) -> bool:
        return False

    def start(self, program: Program) -> None:
        self._process = ChildProcess(program.argv, _environment(program))

    def wait(self) -> Ended:
        assert self._process is not None  # noqa: S101 -- it is started first
        return self._process.wait()


def _environment(program: Program) -> dict[str, str]:
    """This process's environment; programs beside the interpreter that has flytekit are found first, then our own."""
    folders = [str(Path(each).parent) for each in (flytekit_python(), sys.executable)]
    path = os.pathsep.join(filter(None, [*folders, os.environ.get("PATH", os.defpath)]))
    return {**os.environ, "PATH": path, **program.env}
