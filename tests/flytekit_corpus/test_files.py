"""Every case as the files of each back end, which the engines' own tools accept; or refused, as reviewed."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from jetbridge.errors import TranslationError
from jetbridge.package import Package
from jetbridge.package_closure import closure_from_package, launchable_names
from jetbridge_translators import registry
from jetbridge_translators.base import Settings
from jetbridge_translators.capability import Level
from tests.conformance.profile import Validate, Writing, Written, find, writings
from tests.conformance.test_validity import VALIDATED
from tests.flytekit_corpus.case import Case
from tests.flytekit_corpus.cases import CASES, EVERYWHERE
from tests.flytekit_corpus.making import ENGINE, refusals

STORE = "s3://example/runs"
IMAGES = {"runner-image": "ghcr.io/birds/runner:1", "jetbridge-image": "ghcr.io/birds/jetbridge:1"}
"""What stands beside the images that the package names: for its statements, and for those that are not ours."""


def test_every_workflow_and_launch_plan_of_the_project_is_a_case(package: Package) -> None:
    helpers = {"flows.graphs.inner", "flows.graphs.middle", "flows.branches.sub", "flows.fan.summed"}
    assert set(launchable_names(package)) - helpers == {case.name for case in CASES}
    assert len(CASES) >= 40


@pytest.mark.parametrize("backend", EVERYWHERE)
@pytest.mark.parametrize("case", [pytest.param(case, id=case.name) for case in CASES])
def test_what_is_refused_is_what_was_reviewed(case: Case, backend: str, package: Package) -> None:
    refused = refusals(case, backend, package)
    assert {problem.code for problem in refused} <= _reviewed(case, backend)
    assert all(problem.hint for problem in refused), "what is refused has a way out"


def _reviewed(case: Case, backend: str) -> set[str]:
    return {*case.refused.get(backend, ()), *_of_all(backend)}


def _of_all(backend: str) -> set[str]:
    """What is said of every task in an image of flytekit's where a back end's own data does not say that it runs."""
    cells = {cell.feature: cell.level for cell in registry.backend(backend, find).capabilities}
    runs = cells.get("foreign-work", Level.REFUSED) is not Level.REFUSED
    return set() if runs else {"foreign-work", "BadTaskSpecification"}


@pytest.mark.parametrize(("backend", "validate"), VALIDATED)
def test_files_are_valid(backend: str, validate: Validate, package: Package, tmp_path: Path) -> None:
    written = [
        Written(case=case.name.replace(".", "-"), writing=writing, files=files)
        for writing in writings()
        if writing.backend == backend
        for case in CASES
        if backend not in case.unchecked and not refusals(case, backend, package)
        for files in _files(package, case, writing)
    ]
    assert written or _of_all(backend)
    assert not written or list(validate(written, tmp_path)) == []


def _files(package: Package, case: Case, writing: Writing) -> Iterator[dict[str, bytes]]:
    """The files; none where writing them shows what planning does not, which was reviewed as well."""
    known = {option.name for option in registry.backend(writing.backend, find).options}
    images = {name: image for name, image in IMAGES.items() if name in known}
    settings = Settings(store=STORE, target=writing.target, options={**images, **writing.options})
    try:
        yield dict(ENGINE.translate(closure_from_package(package, case.name), writing.backend, settings).files)
    except TranslationError as error:
        if not {problem.code for problem in error.problems} <= _reviewed(case, writing.backend):
            raise
