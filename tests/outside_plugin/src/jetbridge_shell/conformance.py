"""What the conformance kit is told: how scripts are checked and run, and workflows with this package's task type."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Sequence
from pathlib import Path

from jetbridge_shell import flows
from tests.conformance.case import Case
from tests.conformance.profile import Profile, Way, Written

GOLDENS = Path(os.environ.get("JETBRIDGE_SHELL_GOLDENS", "golden"))
"""In this package's own repository."""


def validate(written: Sequence[Written], folder: Path) -> list[str]:
    """What the shell itself says of scripts that it only reads."""
    problems: list[str] = []
    for one in written:
        for name, data in one.files.items():
            if name.endswith(".sh"):
                done = subprocess.run(["sh", "-n"], input=data, capture_output=True, check=False)
                problems += [f"{one.case} {one.writing.name}: {done.stderr.decode()}"] if done.returncode else []
    return problems


PROFILE = Profile(
    validate=validate,
    broken=("set -eu", "if ("),
    goldens=GOLDENS,
    ways=(Way(name="script", all_cases=True, at_once=2),),
)
CASES = (
    Case(target=f"{flows.__file__}:greeted", goldens=GOLDENS),
    Case(target=f"{flows.__file__}:broken", fails=True, goldens=GOLDENS),
)
