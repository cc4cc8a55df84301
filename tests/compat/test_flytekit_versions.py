"""Packages that older releases of flytekit wrote (`packages/README.md`): read, checked, planned, translated and run."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from jetbridge.cli.inputs import read_inputs
from jetbridge.cli.target import load_target, load_targets
from jetbridge.serialize.closure import Closure
from jetbridge.serialize.settings import SerializationSettings
from jetbridge.types.json_codec import to_json
from jetbridge_translators.api import Engine, read_outputs
from jetbridge_translators.base import RunRequest, Settings
from tests.conformance.profile import find

HERE = Path(__file__).parent / "packages"
PACKAGES = sorted(HERE.glob("*.tgz"))
RELEASES = {"1.10", "1.11", "1.12", "1.13", "1.14", "1.15", "1.16"}
WORKFLOWS = ["attribute", "chosen", "enums", "files", "grown", "mapped", "nightly", "structs"]
ENGINE = Engine(find)
EVERY = [pytest.param(path, id=path.stem) for path in PACKAGES]


def closure(path: Path, name: str, code: str = "") -> Closure:
    return load_target(f"{path}:old_flows.{name}").close(SerializationSettings(image="unused:1", code_bundle=code))


def test_there_is_a_package_of_every_release() -> None:
    found = {match[1] for path in PACKAGES if (match := re.match(r"flytekit-(\d+\.\d+)\.", path.name))}
    assert found == RELEASES
    assert {path.stem.rpartition("-")[2] for path in PACKAGES} >= {"fast", "copy"}


@pytest.mark.parametrize("path", EVERY)
def test_every_workflow_is_planned(path: Path) -> None:
    targets = load_targets(str(path))
    assert sorted(target.name.removeprefix("old_flows.") for target in targets) == WORKFLOWS
    for name in WORKFLOWS:
        assert ENGINE.plan(closure(path, name), "local").nodes


@pytest.mark.parametrize("path", EVERY)
def test_inputs_are_written_as_the_release_reads_them(path: Path) -> None:
    release = float(path.stem.split("-")[1].split(".")[1])
    literals = read_inputs(closure(path, "structs"), ['point={"x": 4, "y": 0.25}', "by=3"], None).literals
    kind = literals["point"].scalar.WhichOneof("value")
    assert kind == ("binary" if release >= 14 else "generic")
    assert to_json(literals["point"]) == {"x": 4, "y": 0.25}
    assert to_json(read_inputs(closure(path, "structs"), [], None).literals["point"]) == {"x": 1, "y": 2.5}


@pytest.mark.parametrize("path", [param for param in EVERY if str(param.id).endswith(("-fast", "-copy"))])
def test_code_in_the_package_is_asked_for_only_where_it_will_be(path: Path) -> None:
    target = load_target(f"{path}:old_flows.mapped")
    assert target.brings_code
    there = closure(path, "grown", "s3://bucket/code/abc.tar.gz").compiled.tasks
    here = closure(path, "grown").compiled.tasks
    assert all("s3://bucket/code/abc.tar.gz" in task.template.container.args for task in there)
    assert all(task.template.container.args[0] == "pyflyte-execute" for task in here)


@pytest.mark.parametrize("path", [param for param in EVERY if param.id in ("flytekit-1.10.7", "flytekit-1.13.15-fast")])
def test_they_run_with_the_flytekit_that_is_installed(path: Path, tmp_path: Path) -> None:
    """Today's flytekit reads the bindings and types that the older one wrote."""
    found = closure(path, "attribute")
    plan = ENGINE.plan(found, "local")
    request = RunRequest(
        run_id="r-1",
        inputs=read_inputs(found, ["by=5"], None),
        settings=Settings(store=str(tmp_path / "runs")),
        source_root=str(HERE),
    )
    outputs = read_outputs(plan, ENGINE.run(plan, "local", request).run_root)
    assert {name: to_json(literal) for name, literal in outputs.items()} == {"o0": 7}
