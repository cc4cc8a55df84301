"""The program as a child process of the companion, on a machine that has what it needs."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

from jetbridge.flytekit_project.environment import flytekit_python
from jetbridge.runtime.companion.program import Ended, Program
from jetbridge.runtime.termination import Terminated

_FAST = "pyflyte-fast-execute"
_NOT_FOUND, _NOT_RUNNABLE = 127, 126
_GRACE_SECONDS = 20.0


class Child:
    """Runs the program here.

    Args:
        folder: A folder for its inputs and outputs, which is removed afterwards.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._process: subprocess.Popen[bytes] | None = None
        self._failed = 0

    @property
    def program_folder(self) -> str:
        return str(self.folder)

    def is_started(self) -> bool:
        return False

    def start(self, program: Program) -> None:
        argv = _with_own_code_folder(program.argv, self.folder)
        try:
            self._process = subprocess.Popen(argv, env=_environment(program), stdin=subprocess.DEVNULL)
        except OSError as error:
            self._failed = _NOT_FOUND if isinstance(error, FileNotFoundError) else _NOT_RUNNABLE
            sys.stderr.write(f"this machine has no program that can be run as {argv[0]}: {error.strerror}\n")

    def wait(self) -> Ended:
        if self._process is None:
            return Ended(self._failed)
        try:
            code = self._process.wait()
        except Terminated:
            self._end()
            raise
        return Ended(128 - code if code < 0 else code)

    def _end(self) -> None:
        assert self._process is not None  # noqa: S101 -- `wait` has looked
        # The process group may have had the signal already; a second one changes nothing.
        with suppress(ProcessLookupError):
            self._process.send_signal(signal.SIGTERM)
        try:
            self._process.wait(_GRACE_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()


def _environment(program: Program) -> dict[str, str]:
    """This process's environment; programs beside the interpreter that has flytekit are found first, then our own."""
    folders = [str(Path(each).parent) for each in (flytekit_python(), sys.executable)]
    path = os.pathsep.join(filter(None, [*folders, os.environ.get("PATH", os.defpath)]))
    return {**os.environ, "PATH": path, **program.env}


def _with_own_code_folder(argv: tuple[str, ...], folder: Path) -> tuple[str, ...]:
    """Where the command unpacks the user's code into a folder of its image: into one of this attempt instead."""
    options = argv[: argv.index("--")] if "--" in argv else argv
    if Path(argv[0]).name != _FAST or "--dest-dir" not in options:
        return argv
    code = folder / "code"
    code.mkdir(exist_ok=True)
    at = options.index("--dest-dir") + 1
    return (*argv[:at], str(code), *argv[at + 1 :])
