"""A conversion context on a folder of the test."""

from __future__ import annotations

from pathlib import Path

import pytest

from jetbridge.store import open_store
from jetbridge.types import TransformContext


@pytest.fixture
def context(tmp_path: Path) -> TransformContext:
    return TransformContext(open_store(), f"file://{tmp_path}/raw", tmp_path / "work")
