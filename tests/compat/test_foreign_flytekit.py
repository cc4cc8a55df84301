# flytekit has no type information.
# pyright: basic, reportMissingTypeStubs=false
"""A package of the real `pyflyte package` runs here with flytekit's own commands, and gives what flytekit gives."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from jetbridge.errors import RunError
from jetbridge.idl import LiteralMap
from jetbridge.package import read_package
from jetbridge.package_closure import closure_from_package
from jetbridge.types.json_codec import to_json
from jetbridge_translators import registry
from jetbridge_translators.api import read_outputs
from jetbridge_translators.base import RunRequest, Settings
from jetbridge_translators.local.run import run
from jetbridge_translators.plan.build import build

SOURCE = Path(__file__).with_name("foreign_flows.py")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A package, and beside it the module that the tasks import."""
    found = tmp_path_factory.mktemp("foreign")
    shutil.copyfile(SOURCE, found / "foreign.py")
    command = [str(Path(sys.executable).with_name("pyflyte")), "--pkgs", "foreign", "package", "--image", "img:1"]
    subprocess.run([*command, "--output", "p.tgz"], cwd=found, check=True, capture_output=True)
    return found


def outputs(folder: Path, name: str, store: Path) -> dict[str, object]:
    plan = build(closure_from_package(read_package(folder / "p.tgz"), f"foreign.{name}"), registry.handler)
    literals = {item.name: item.default for item in plan.inputs if item.default is not None}
    request = RunRequest(
        run_id="r", inputs=LiteralMap(literals=literals), settings=Settings(store=str(store)), source_root=str(folder)
    )
    result = run(plan, request)
    return {name: to_json(literal) for name, literal in read_outputs(plan, result.run_root).items()}


def test_outputs_are_those_of_flytekits_own_run(folder: Path, tmp_path: Path) -> None:
    code = "import foreign; print(*foreign.everything(n=3), sep=chr(10))"
    own = subprocess.run([sys.executable, "-c", code], cwd=folder, check=True, capture_output=True, text=True)
    found = outputs(folder, "everything", tmp_path)
    assert [str(value) for value in found.values()] == own.stdout.splitlines()
    assert [file.parent.name for file in tmp_path.glob("r/*/dn*/outputs.pb")]


def test_a_users_error_is_shown_as_flytekit_has_it(folder: Path, tmp_path: Path) -> None:
    with pytest.raises(RunError, match="ValueError: no 3"):
        outputs(folder, "broken", tmp_path)


def test_an_exit_of_the_process_is_told_with_its_code(folder: Path, tmp_path: Path) -> None:
    with pytest.raises(RunError, match="exit code 3"):
        outputs(folder, "left", tmp_path)
