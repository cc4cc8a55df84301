"""The folder that the task's container and its companion share, and the launcher in it (sdk/launcher/launch.c).

<folder>/launch        the task container's first process
<folder>/arguments     what its arguments say: those of the companion
<folder>/command       what it runs
<folder>/ended         how that ended
<folder>/termination   what the engine is told beside the exit code, if anything
<folder>/verdict       the exit code of the task's container

Each file is put there whole, by renaming it. All of them outlive a container that is started again.
"""

from __future__ import annotations

import os
import platform
import shutil
import time
from collections.abc import Iterator
from pathlib import Path

from jetbridge.errors import JetbridgeError
from jetbridge.record import Record
from jetbridge.runtime.companion.program import Ended, Program

_LOOK_SECONDS, _LONGEST_LOOK_SECONDS = 0.02, 0.5
_PROCESSORS = {"amd64": "x86_64", "arm64": "aarch64"}


class LauncherError(JetbridgeError):
    """Raised on a machine for which there is no launcher."""


class Exchange(Record):
    """The shared folder.

    Attributes:
        folder: Where it lies; the task's container has it in the same place.
    """

    folder: Path

    @property
    def program_folder(self) -> str:
        return str(self.folder)

    def offer_launcher(self) -> None:
        """Puts the launcher where the task's container runs it. Raises `LauncherError`."""
        machine = platform.machine()
        launcher = Path(__file__).parent / f"launch-{_PROCESSORS.get(machine, machine)}"
        if not launcher.is_file():
            raise LauncherError(
                f"there is no launcher for {machine}, so images without jetbridge cannot run on this node",
                hint="Let the task run on nodes with x86_64 or aarch64.",
            )
        draft = self.folder / "launch.new"
        shutil.copyfile(launcher, draft)
        draft.chmod(0o755)
        draft.rename(self.folder / "launch")

    def arguments(self) -> list[str]:
        """The companion's arguments, which come with the task's container. Waits until that has started."""
        file = self.folder / "arguments"
        for pause in _pauses():
            if file.exists():
                break
            time.sleep(pause)
        return [os.fsdecode(item) for item in file.read_bytes().split(b"\0")[:-1]]

    def is_started(self) -> bool:
        return (self.folder / "command").exists()

    def start(self, program: Program) -> None:
        variables = (f"{name}={value}" for name, value in program.env.items())
        items = (str(len(program.argv)), *program.argv, *variables)
        self._put("command", b"".join(os.fsencode(item) + b"\0" for item in items))

    def wait(self) -> Ended:
        for pause in _pauses():
            if (self.folder / "ended").exists():
                break
            time.sleep(pause)
        status, signal = (self.folder / "ended").read_text().split()
        return Ended(int(status), int(signal))

    def is_over(self) -> bool:
        """Whether a companion before this one has said how the task's container ends."""
        return (self.folder / "verdict").exists()

    def end(self, code: int) -> None:
        """Lets the task's container end."""
        self._put("verdict", str(code).encode())

    def _put(self, name: str, data: bytes) -> None:
        draft = self.folder / f"{name}.new"
        draft.write_bytes(data)
        draft.rename(self.folder / name)


def _pauses() -> Iterator[float]:
    """Seconds between two looks: at first a hundredth of the time so far, later half a second."""
    pause = _LOOK_SECONDS
    while True:
        yield pause
        pause = min(pause * 1.01, _LONGEST_LOOK_SECONDS)
