"""The Python that has flytekit: the user's, never a dependency of ours."""

from __future__ import annotations

import os
import shutil
import sys
from importlib.util import find_spec
from pathlib import Path

VARIABLE = "JETBRIDGE_FLYTEKIT_PYTHON"
"""Environment variable that names the interpreter."""


def flytekit_python() -> str:
    """The interpreter in which flytekit's files are imported and their tasks run.

    The one that `JETBRIDGE_FLYTEKIT_PYTHON` names; else this one, where flytekit is installed beside us; else that of
    the `pyflyte` on the path; else this one, which will say that flytekit is missing.
    """
    named = os.environ.get(VARIABLE)
    if named:
        return named
    if find_spec("flytekit") is not None:
        return sys.executable
    pyflyte = shutil.which("pyflyte")
    beside = Path(pyflyte).resolve().with_name("python") if pyflyte else Path(sys.executable)
    return str(beside) if beside.exists() else sys.executable
