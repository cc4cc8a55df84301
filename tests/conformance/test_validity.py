"""T2: the engine's own tools accept every file that a back end writes, at every version and in every variant."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from jetbridge_translators import registry
from tests.conformance import making
from tests.conformance.case import Case
from tests.conformance.cases import CASES
from tests.conformance.profile import Validate, Written, find, marks, profiles, writings
from tests.conformance.refusals import refusals

VALIDATED = [
    pytest.param(name, found.validate, id=name, marks=marks(found.validate_marker))
    for name, found in profiles().items()
    if found.validate is not None
]


@pytest.mark.parametrize(("backend", "validate"), VALIDATED)
def test_files_are_valid(backend: str, validate: Validate, tmp_path: Path) -> None:
    written = [one for case in CASES for one in _written(case, backend)]
    assert written
    assert list(validate(written, tmp_path)) == []


@pytest.mark.parametrize(("backend", "validate"), VALIDATED)
def test_the_check_finds_a_broken_file(backend: str, validate: Validate, tmp_path: Path) -> None:
    """A check that accepts everything would prove nothing."""
    good, bad = (text.encode() for text in profiles()[backend].broken)
    case = next(case for case in CASES if case.composite)
    written = _written(case, backend, lambda data: data.replace(good, bad))
    found = validate(written, tmp_path)
    assert all(any(one.writing.name in problem for problem in found) for one in written)


def _written(case: Case, backend: str, change: Callable[[bytes], bytes] = bytes) -> list[Written]:
    """What a back end writes for a case."""
    return [
        Written(
            case=case.name,
            writing=writing,
            files={name: change(data) for name, data in making.translate(case, writing).items()},
        )
        for writing in writings()
        if writing.backend == backend and not refusals(case, registry.backend(backend, find), writing.target)
    ]
