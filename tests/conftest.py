"""Options and fixtures of all tests."""

from __future__ import annotations

import os
from collections.abc import Generator
from pathlib import Path

import pytest


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--update-goldens", action="store_true", help="Rewrite the golden outputs; refused in CI.")


@pytest.fixture
def update_goldens(request: pytest.FixtureRequest) -> bool:
    wanted = bool(request.config.getoption("--update-goldens"))
    if wanted and os.environ.get("CI"):
        pytest.fail("goldens are never rewritten in CI")
    return wanted


@pytest.fixture(autouse=True, scope="session")
def _own_registry(tmp_path_factory: pytest.TempPathFactory) -> Generator[None]:
    """What tests run is recorded in a database of their own, not in that of the person who tests."""
    folder: Path = tmp_path_factory.mktemp("registry")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("JETBRIDGE_REGISTRY", f"sqlite:///{folder / 'registry.db'}")
        yield
