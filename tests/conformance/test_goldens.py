"""T0 and T1: every example's closure, plan and native files are what a reviewer has seen."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.conformance.cases import CASES, Case, Writing, closure_text, plan, translate, writings
from tests.conformance.plan_text import plan_text

cases = pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.file}:{case.workflow}")


@cases
def test_closure(case: Case, update_goldens: bool) -> None:
    _check(case.golden / "closure.txtpb", closure_text(case).encode(), update_goldens)


@cases
def test_plan(case: Case, update_goldens: bool) -> None:
    _check(case.golden / "plan.txt", plan_text(plan(case)).encode(), update_goldens)


@cases
@pytest.mark.parametrize("writing", writings(), ids=lambda writing: writing.name)
def test_native(case: Case, writing: Writing, update_goldens: bool) -> None:
    folder = case.golden / writing.name
    files = translate(case, writing)
    for name, data in files.items():
        _check(folder / name, data, update_goldens)
    assert {path.name for path in folder.iterdir()} == set(files), "a golden file is no longer written"


def _check(path: Path, data: bytes, update: bool) -> None:
    if update:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    assert path.is_file(), f"there is no golden {path}: run `make goldens` and review it"
    assert data.decode() == path.read_text(), f"{path.name} changed: run `make goldens` and review the difference"
