"""T5 on this machine: a real engine gives what the reference gives. The engines of a cluster: `tests/on_cluster`."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.conformance.case import Case
from tests.conformance.cases import CASES
from tests.conformance.outcome import differences, surprises
from tests.conformance.profile import marks, ways
from tests.conformance.refusals import expect
from tests.conformance.runs import Runs

PARAMS = [
    pytest.param(case, way.name, name, id=f"{way.name}-{case.name}", marks=marks(way.marker))
    for name, way in ways()
    for case in CASES
    if way.takes(case)
]


@pytest.mark.parametrize(("case", "way", "backend"), PARAMS)
def test_outcome_equals_the_references(
    case: Case, way: str, backend: str, runs: Callable[[str], Runs], expected: Runs, request: pytest.FixtureRequest
) -> None:
    expect(request, case, backend)
    found = runs(way).outcome(case)
    assert list(surprises(found, case.fails, case.says)) == []
    assert list(differences(expected.outcome(case), found)) == []
