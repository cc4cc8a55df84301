"""The kit itself: its data is complete, and its code knows no back end."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from jetbridge_translators import registry
from jetbridge_translators.plan.features import uses
from tests.conformance import making
from tests.conformance.case import Case
from tests.conformance.cases import CASES
from tests.conformance.outcome import Failure, Outcome, differences, surprises
from tests.conformance.profile import find, profile, profiles, reference
from tests.conformance.refusals import refusals

HERE = Path(__file__).parent
FINE = Outcome(succeeded=True, nodes=("n0",), failures=(), digests={"o0": "a"}, values={"o0": 1})
FAILURE = Failure(node="n0", code="USER:RuntimeError", kind="NON_RECOVERABLE", origin="USER")
BROKEN = Outcome(succeeded=False, nodes=(), failures=(FAILURE,))


def test_cases_have_names_of_their_own() -> None:
    assert len({case.name for case in CASES}) == len(CASES)


def test_every_workflow_of_the_kit_is_a_case() -> None:
    files = {path.name for path in (HERE / "workflows").glob("*.py")}
    # Examples, and what other distributions bring, lie in folders of their own.
    assert files == {case.target.partition(":")[0] for case in CASES if "/" not in case.target}


@pytest.mark.parametrize("backend", registry.backend_names())
def test_every_back_end_says_how_it_is_checked(backend: str) -> None:
    found = profile(backend)
    assert found is not None, f"{backend} has no conformance profile: see tests/conformance/README.md"
    assert found.validate is not None or registry.backend(backend, find).translate is None


def test_there_is_one_reference() -> None:
    assert reference()[0] in profiles()


def test_composite_cases_use_what_the_others_use() -> None:
    """Engines that run only these leave no feature out, but for those that some back end refuses or that need more."""
    everywhere = [
        case
        for case in CASES
        if not case.needs and not any(refusals(case, registry.backend(name, find)) for name in profiles())
    ]
    assert _features(everywhere) == _features([case for case in everywhere if case.composite])
    assert {case.fails for case in everywhere if case.composite} == {True, False}


def _features(cases: list[Case]) -> set[str]:
    return {use.feature for case in cases for use in uses(making.plan(case))}


def test_no_shared_file_names_a_back_end() -> None:
    names = {*registry.backend_names(), *(way.name for found in profiles().values() for way in found.ways)}
    wrong = [
        f"{path.name}: {node.value!r}"
        for path in sorted(HERE.glob("*.py"))
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Constant) and node.value in names
    ]
    assert not wrong


@pytest.mark.parametrize(
    "other",
    [
        BROKEN,
        Outcome(succeeded=True, nodes=("n0", "n1"), failures=(), digests={"o0": "a"}),
        Outcome(succeeded=True, nodes=("n0",), failures=(), digests={"o0": "b"}),
        Outcome(succeeded=True, nodes=("n0",), failures=(), digests={}),
    ],
)
def test_a_difference_is_seen(other: Outcome) -> None:
    assert list(differences(FINE, FINE)) == []
    assert list(differences(FINE, other)) != []


def test_another_class_of_failure_is_seen() -> None:
    recoverable = Failure(node="n0", code="USER:Recoverable", kind="RECOVERABLE", origin="USER")
    assert list(differences(BROKEN, Outcome(succeeded=False, nodes=(), failures=(recoverable,)))) != []


def test_an_end_that_its_case_does_not_expect_is_seen() -> None:
    said = Outcome(succeeded=False, nodes=(), failures=(FAILURE,), error="it broke [USER:RuntimeError]")
    assert list(surprises(FINE, fails=False, says="")) == []
    assert list(surprises(said, fails=True, says="")) == []
    assert list(surprises(FINE, fails=True, says="")) != []
    assert list(surprises(said, fails=False, says="")) != []
    assert list(surprises(said, fails=True, says="too small")) != []
    assert list(surprises(BROKEN, fails=True, says="")) != [], "the user is not told the class"
    assert list(surprises(Outcome(succeeded=False, nodes=(), failures=(), error="lost"), fails=True, says="")) != []
