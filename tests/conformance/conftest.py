"""Runs on the engines of this machine: each case once in a session, and only those that a test asks for."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.conformance.profile import reference, ways
from tests.conformance.runs import Place, Runs, run_all
from tests.conformance.selected import selected_cases

collect_ignore_glob = ["workflows/*"]
"""Users' files: some need what is not there yet, and the cases say so."""


@pytest.fixture(scope="session")
def expected(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Runs:
    """T4: the cases on the reference."""
    name, way = reference()
    folder = tmp_path_factory.mktemp(way.name)
    place = Place(store=str(folder / "store"), scratch=folder)
    return run_all(selected_cases(request, "expected"), name, way, place)


@pytest.fixture(scope="session")
def runs(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Runs]:
    """T5: the cases on the other engines of this machine, by the way's name; started when it is first asked for."""
    done: dict[str, Runs] = {}

    def get(wanted: str) -> Runs:
        if wanted not in done:
            ((name, way),) = (found for found in ways() if found[1].name == wanted)
            folder = tmp_path_factory.mktemp(way.name)
            place = Place(store=str(folder / "store"), scratch=folder)
            done[wanted] = run_all(selected_cases(request, "runs", wanted), name, way, place)
        return done[wanted]

    return get
