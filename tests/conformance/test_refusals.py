"""What is refused is refused with exactly the words of the capability data, on every back end, before anything runs."""

from __future__ import annotations

import pytest

from jetbridge.errors import TranslationError
from jetbridge_translators import registry
from jetbridge_translators.plan.features import uses
from tests.conformance import making
from tests.conformance.case import Case
from tests.conformance.cases import CASES
from tests.conformance.profile import find
from tests.conformance.refusals import Refusal, refusals

VERSIONS = [
    pytest.param(name, target, id=f"{name}-{target}")
    for name in registry.backend_names()
    for target in registry.backend(name, find).targets
]
SOME = [case for case in CASES if case.features]


@pytest.mark.parametrize(("backend", "target"), VERSIONS)
@pytest.mark.parametrize("case", SOME, ids=lambda case: case.name)
def test_a_refusal_is_the_datum(case: Case, backend: str, target: str) -> None:
    refused = refusals(case, registry.backend(backend, find), target)
    if not refused:
        making.checked_plan(case, backend, target)
        return
    with pytest.raises(TranslationError) as caught:
        making.checked_plan(case, backend, target)
    found = {Refusal(problem.code, problem.message, problem.hint) for problem in caught.value.problems}
    assert found == set(refused)
    assert all(problem.location for problem in caught.value.problems if problem.where.startswith("node"))


@pytest.mark.parametrize("case", SOME, ids=lambda case: case.name)
def test_a_case_uses_the_features_that_it_is_about(case: Case) -> None:
    assert set(case.features) <= {use.feature for use in uses(making.plan(case))}
