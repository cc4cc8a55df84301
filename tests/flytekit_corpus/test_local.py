"""Every case runs here with flytekit's own commands, and gives what flytekit's own local execution gives."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from jetbridge.errors import RunError
from jetbridge.package import Package
from jetbridge.package_closure import closure_from_package
from jetbridge.store import open_store
from jetbridge.types.digest import content_digest
from jetbridge.types.json_codec import to_json
from jetbridge_translators.api import read_outputs
from jetbridge_translators.base import RunRequest, Settings
from tests.flytekit_corpus.case import PROJECT, Case
from tests.flytekit_corpus.cases import CASES
from tests.flytekit_corpus.making import ENGINE, Theirs, inputs_of, refusals

RUN = [pytest.param(case, id=case.name) for case in CASES if case.here]


@pytest.fixture
def environment(commands: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """flytekit is where the commands are, and loaded already."""
    (commands / "python").unlink(missing_ok=True)
    (commands / "python").symlink_to(sys.executable)
    monkeypatch.setenv("JETBRIDGE_FLYTEKIT_PYTHON", str(commands / "python"))
    monkeypatch.setenv("FLYTEKIT_PRELOADED", str(commands / "socket"))


@pytest.mark.usefixtures("environment")
@pytest.mark.parametrize("case", RUN)
def test_outputs_are_those_of_flytekit(
    case: Case, package: Package, data: Path, theirs: Theirs, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if refusals(case, "local", package):
        pytest.skip("refused, as test_files.py reviews")
    for name, value in case.secrets.items():
        monkeypatch.setenv(name, value)
    lines: list[str] = []
    answers = iter(case.answers)
    request = RunRequest(
        run_id="r-1",
        inputs=inputs_of(case, package, data),
        settings=Settings(store=str(tmp_path / "runs")),
        source_root=str(PROJECT),
        on_output=lambda step, line: lines.append(f"{step}: {line}"),
        ask=lambda question, wanted: _word(next(answers)),
    )
    plan = ENGINE.plan(closure_from_package(package, case.name), "local")
    expected = theirs.get(case.name)
    if case.fails:
        assert expected is not None
        assert case.fails in expected.error
        with pytest.raises(RunError, match=case.fails):
            ENGINE.run(plan, "local", request)
        return
    try:
        result = ENGINE.run(plan, "local", request)
    except RunError as error:
        pytest.fail(f"{error}\n\n" + "\n".join(lines[-60:]))
    outputs = read_outputs(plan, result.run_root)
    if case.apart:
        assert {name: to_json(literal) for name, literal in outputs.items()} == case.gives
        return
    assert expected is not None
    assert not expected.error, expected.trace
    assert outputs.keys() == expected.outputs.keys()
    for name, literal in outputs.items():
        digests = [content_digest(open_store(), each) for each in (literal, expected.outputs[name])]
        assert digests[0] == digests[1], f"{name}: {to_json(literal)} is not {to_json(expected.outputs[name])}"


def _word(answer: object) -> str:
    return {True: "yes", False: "no"}.get(answer, str(answer)) if isinstance(answer, bool) else str(answer)
