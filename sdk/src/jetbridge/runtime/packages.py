"""Packages for a task's process: flytekit's `ImageSpec(runtime_packages=…)`, the variable `_F_RUNTIME_PACKAGES`."""

from __future__ import annotations

import importlib
import subprocess
import sys

from jetbridge.errors import UsageError


def install_packages(requirements: str) -> None:
    """Installs them with pip, whose output goes to the log, as flytekit's `setup_execution` does.

    Args:
        requirements: What pip takes, with blanks between.

    Raises:
        UsageError: pip is missing, or does not install them.
    """
    # To stderr: what the task prints belongs to its author.
    command = [sys.executable, "-m", "pip", "install", *requirements.split()]
    done = subprocess.run(command, stdout=sys.stderr, check=False)
    if done.returncode:
        raise UsageError(
            f"the task asks for the packages {requirements!r}, and pip ended with {done.returncode}",
            hint="Read pip's own message above, or put the packages into the image.",
        )
    importlib.invalidate_caches()
