"""T0 and T1: each case's plan and native files are what a reviewer has seen, the composite ones' of every version."""

from __future__ import annotations

import pytest

from jetbridge_translators import registry
from tests.conformance import making
from tests.conformance.case import Case
from tests.conformance.cases import CASES
from tests.conformance.golden import check_golden
from tests.conformance.plan_text import plan_text
from tests.conformance.profile import Writing, find, profiles, writings
from tests.conformance.refusals import expect

EVERY_VERSION = [case for case in CASES if case.composite]
cases = pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)


def is_default(writing: Writing) -> bool:
    """Whether it is what a user gets who chooses nothing."""
    backend = registry.backend(writing.backend, find)
    defaults = {option.name: option.default for option in backend.options}
    return writing.target == backend.default_target and defaults | dict(writing.options) == defaults


NATIVE = [
    pytest.param(case, writing, id=f"{writing.name}-{case.name}")
    for case in CASES
    for writing in writings()
    if case in EVERY_VERSION or is_default(writing)
]


@pytest.mark.parametrize("case", EVERY_VERSION, ids=lambda case: case.name)
def test_closure(case: Case, update_goldens: bool) -> None:
    check_golden(case.golden / "closure.txtpb", making.closure_text(case).encode(), update_goldens)


@cases
def test_plan(case: Case, update_goldens: bool) -> None:
    check_golden(case.golden / "plan.txt", plan_text(making.plan(case)).encode(), update_goldens)


@pytest.mark.parametrize(("case", "writing"), NATIVE)
def test_native(case: Case, writing: Writing, update_goldens: bool, request: pytest.FixtureRequest) -> None:
    expect(request, case, writing.backend, writing.target)
    folder = (case.goldens or profiles()[writing.backend].goldens) / case.name / writing.name
    files = making.translate(case, writing)
    for name, data in files.items():
        check_golden(folder / name, data, update_goldens)
    assert {path.name for path in folder.iterdir()} == set(files), "a golden file is no longer written"
