"""Finds uv, which reads the project's lock file; installs it from PyPI into the cache where it is missing."""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path

from tests.cluster.paths import Paths
from tests.cluster.progress import step
from tests.cluster.shell import run

UV_REQUIREMENT = "uv>=0.9,<1"


def uv_program(paths: Paths) -> Path:
    """`$UV`, the one on PATH, or one of our own."""
    found = os.environ.get("UV") or shutil.which("uv")
    if found:
        return Path(found)
    folder = paths.cache / "tools" / "uv"
    program = folder / "bin" / "uv"
    if not program.exists():
        hint = "install uv and put it on PATH; on Debian, `apt-get install python3-venv` lets it be installed for you."
        with step("install uv"):
            run([sys.executable, "-m", "venv", folder], hint=hint)
            run([folder / "bin" / "pip", "install", "-q", UV_REQUIREMENT], hint=hint)
    return program
