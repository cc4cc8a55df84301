"""T4: every case runs on the reference, and ends as a reviewer has seen it end."""

from __future__ import annotations

from typing import Any, cast

import pytest

from tests.conformance.case import Case
from tests.conformance.cases import CASES
from tests.conformance.golden import check_golden
from tests.conformance.outcome import golden_text, surprises
from tests.conformance.profile import reference
from tests.conformance.refusals import expect
from tests.conformance.runs import Runs

cases = pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
PENGUINS = next(case for case in CASES if case.name == "penguins-pipeline")


@cases
def test_case(case: Case, expected: Runs, update_goldens: bool, request: pytest.FixtureRequest) -> None:
    expect(request, case, reference()[0])
    found = expected.outcome(case)
    assert list(surprises(found, case.fails, case.says)) == []
    if case.exact:
        check_golden(case.golden / "outcome.json", golden_text(found).encode(), update_goldens)


@pytest.mark.parametrize("case", [PENGUINS], ids=lambda case: case.name)
def test_penguins(case: Case, expected: Runs) -> None:
    """Its floats and its picture depend on the machine, its counts do not."""
    found = expected.outcome(case)
    report = cast("dict[str, Any]", found.values["report"])
    assert (report["rows_read"], report["rows_used"], report["steepest"]) == (344, 342, "Gentoo")
    assert [line["penguins"] for line in report["fits"]] == [151, 68, 123]
    assert len(found.nodes) == 7
