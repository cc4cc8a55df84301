"""The corpus, packaged by the real tool, and what flytekit itself makes of each case."""

from __future__ import annotations

from collections.abc import Generator
from pathlib import Path

import pytest

from jetbridge.package import Package
from tests.flytekit_corpus import making
from tests.flytekit_corpus.making import Theirs

# Programs for processes of their own, and the project of a user of flytekit.
collect_ignore = ["project", "preloaded.py", "theirs.py"]


@pytest.fixture(scope="session")
def package() -> Package:
    """The whole project, as `pyflyte package` writes it."""
    return making.package()


@pytest.fixture(scope="session")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the files that some cases take."""
    return making.input_data(tmp_path_factory.mktemp("data"))


@pytest.fixture(scope="session")
def theirs(package: Package, data: Path, tmp_path_factory: pytest.TempPathFactory) -> Theirs:
    """What flytekit's own local execution gives."""
    return making.theirs(package, data, tmp_path_factory.mktemp("theirs"))


@pytest.fixture(scope="session")
def commands(tmp_path_factory: pytest.TempPathFactory) -> Generator[Path]:
    """A folder with flytekit's commands, which a process that has flytekit loaded carries out."""
    with making.preloaded(tmp_path_factory.mktemp("commands")) as folder:
        yield folder
