"""Environments with one distribution and what it requires, as a task's image has it.

The developers' environment would not be fair: flytekit loads every plugin that is installed beside it.
"""

from __future__ import annotations

import importlib.metadata
import os
import subprocess
import sys
from pathlib import Path

from benchmarks.process import BenchmarkError

ROOT = Path(__file__).parents[1]


def cache() -> Path:
    """The project's folder for what is built once."""
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "jetbridge"


def jetbridge() -> Path:
    """The Python of an environment with this checkout's SDK. Raises `BenchmarkError`."""
    return _environment("jetbridge", str(ROOT / "sdk"))


def flytekit() -> Path:
    """The Python of an environment with flytekit, in the locked version. Raises `BenchmarkError`."""
    version = importlib.metadata.version("flytekit")
    return _environment(f"flytekit-{version}", f"flytekit=={version}")


def _environment(name: str, requirement: str) -> Path:
    folder = cache() / "benchmarks" / name
    folder.mkdir(parents=True, exist_ok=True)
    constraints, python = folder / "constraints.txt", folder / "venv" / "bin" / "python"
    _uv("export", "--frozen", "--all-groups", "--no-hashes", "--no-emit-workspace", "--output-file", str(constraints))
    _uv("venv", "--allow-existing", "--python", sys.executable, str(folder / "venv"))
    options = ["--constraints", str(constraints), "--compile-bytecode", "--reinstall-package", "jetbridge"]
    _uv("pip", "install", "--python", str(python), *options, requirement)
    return python


def _uv(*arguments: str) -> None:
    program = cache() / "tools" / "bin" / "uv"
    done = subprocess.run([program, "--quiet", *arguments], cwd=ROOT, capture_output=True, text=True, check=False)
    if done.returncode:
        raise BenchmarkError(f"uv {' '.join(arguments)} ended with {done.returncode}:\n{done.stderr}")
