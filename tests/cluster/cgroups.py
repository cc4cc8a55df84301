"""The control group that holds all pods, so that it can be found and removed again."""

from __future__ import annotations

import contextlib
import os
from pathlib import Path

NAME = "jetbridge"
PODS = 16 * (os.cpu_count() or 1)
"""How many pods run at a time: others wait, such as those of a map that asks for hundreds at once."""
ROOT = Path("/sys/fs/cgroup")


def _hierarchies() -> list[Path]:
    """With cgroup v2 there is one; with v1 there is one per controller."""
    if (ROOT / "cgroup.controllers").exists():
        return [ROOT]
    return sorted(folder for folder in ROOT.iterdir() if folder.is_dir() and not folder.is_symlink())


def create_cgroups() -> None:
    """Make the group in every hierarchy; the kubelet wants it to be there."""
    for hierarchy in _hierarchies():
        group = hierarchy / NAME
        group.mkdir(exist_ok=True)
        _weigh(group)
        for file in ("cpuset.cpus", "cpuset.mems"):
            # In v1 a new cpuset is empty, and nothing can run in it.
            if (hierarchy / file).exists() and (group / file).exists() and not (group / file).read_text().strip():
                with contextlib.suppress(OSError):
                    (group / file).write_text((hierarchy / file).read_text())


def _weigh(group: Path) -> None:
    """A group has the weight of one process unless told: all pods together would get as much as one busy program."""
    for file, usual, most in (("cpu.shares", 1024, 262_144), ("cpu.weight", 100, 10_000)):
        if (group / file).exists():
            (group / file).write_text(str(min(usual * PODS, most)))


def remaining_cgroups() -> list[Path]:
    """Our groups that exist now."""
    return [hierarchy / NAME for hierarchy in _hierarchies() if (hierarchy / NAME).exists()]


def remove_cgroups() -> int:
    """Remove our groups, the deepest first; a group with a process in it stays, and is reported at the end."""
    removed = 0
    for top in remaining_cgroups():
        inner = sorted((path for path in top.rglob("*") if path.is_dir()), key=lambda path: -len(path.parts))
        for group in [*inner, top]:
            with contextlib.suppress(OSError):
                group.rmdir()
                removed += 1
    return removed
