"""The program in a container of its own image, by the engine of a machine that has one."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from jetbridge.runtime.companion.arguments import CompanionArguments
from jetbridge.runtime.companion.child_process import ChildProcess
from jetbridge.runtime.companion.copilot import INPUTS, OUTPUTS
from jetbridge.runtime.companion.engine import Engine
from jetbridge.runtime.companion.program import Ended, Program
from jetbridge.runtime.companion.propeller import shared_folder

FOLDER = "/var/jetbridge"
"""Where a program finds the folder that it shares with its companion, as in a pod."""


class LocalContainer:
    """Runs the program in a container.

    Args:
        work_dir: A folder of this attempt, which is removed afterwards.
        arguments: The companion's arguments.
        engine: What makes containers here.
        environ: What the container's variables are taken from.
    """

    program_folder = FOLDER

    def __init__(
        self, work_dir: Path, arguments: CompanionArguments, engine: Engine, environ: Mapping[str, str]
    ) -> None:
        # The folder around it is this user's alone; the container may be another one's.
        self.folder = shared_folder(work_dir / "shared")
        self._name = work_dir.name
        self._arguments = arguments
        self._engine = engine
        self._environ = environ
        self._process: ChildProcess | None = None

    def is_started(self) -> bool:
        return False

    def start(self, program: Program) -> None:
        given, engine = self._arguments, self._engine
        own = {name: self._environ[name] for name in given.variables if name in self._environ}
        argv = engine.run(self._name, given.image, self._mounts(), {**own, **program.env}, program.argv)
        self._process = ChildProcess(argv, self._environ, lambda: engine.kill(self._name))

    def _mounts(self) -> dict[Path, str]:
        given = self._arguments
        places = {INPUTS: given.input_folder, OUTPUTS: given.output_folder}
        inner = {shared_folder(self.folder / name): place for name, place in places.items() if place}
        return {self.folder: FOLDER, **inner}

    def wait(self) -> Ended:
        assert self._process is not None  # noqa: S101 -- it is started first
        return self._process.wait()
