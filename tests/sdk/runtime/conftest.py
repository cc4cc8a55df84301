"""Fixtures of the entrypoint's tests."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from tests.sdk.runtime.run import Run


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """A run whose environment says nothing of Flyte."""
    monkeypatch.setattr(sys, "path", [*sys.path])
    for name in list(os.environ):
        if name.startswith(("FLYTE_", "_F_", "_FSEC_", "BATCH_JOB_")):
            monkeypatch.delenv(name)
    return Run(tmp_path / "run")
