"""What was started, written down so that `down` can end exactly that."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field, fields, replace
from pathlib import Path
from typing import Any, cast


@dataclass(frozen=True)
class Process:
    """A process of ours. A process id is used again by the system; with its start time it is unique until reboot."""

    name: str
    pid: int
    start_time: int
    log: str


@dataclass(frozen=True)
class State:
    """The cluster's record. `sysctls` holds the values from before `up`, `images` the loaded names,
    `crds` the build of Argo whose CRDs the cluster has."""

    processes: dict[str, Process] = field(default_factory=dict[str, Process])
    sysctls: dict[str, str] = field(default_factory=dict[str, str])
    images: dict[str, str] = field(default_factory=dict[str, str])
    argo: str = ""
    crds: str = ""

    def with_process(self, process: Process) -> State:
        """This state with one more (or newer) process."""
        return replace(self, processes={**self.processes, process.name: process})

    def without_process(self, name: str) -> State:
        """This state without a process that has ended."""
        return replace(self, processes={key: value for key, value in self.processes.items() if key != name})


def read_state(file: Path) -> State:
    """The recorded state; an empty one where nothing was started."""
    if not file.exists():
        return State()
    data = cast("dict[str, Any]", json.loads(file.read_text()))
    data["processes"] = {name: Process(**value) for name, value in data["processes"].items()}
    # A cluster may have been started by an older checkout, with fewer or other fields: it must still come down.
    known = {one.name for one in fields(State)}
    return State(**{name: value for name, value in data.items() if name in known})


def write_state(file: Path, state: State) -> None:
    """Replace the record in one step, so that a stop at any moment leaves a whole one."""
    file.parent.mkdir(parents=True, exist_ok=True)
    draft = file.with_suffix(".new")
    draft.write_text(json.dumps(asdict(state), indent=2, sort_keys=True) + "\n")
    draft.rename(file)
