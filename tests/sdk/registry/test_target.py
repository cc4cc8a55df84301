"""What is registered is a TARGET like a file or a package."""

from __future__ import annotations

import json
from collections.abc import Generator
from pathlib import Path

import pytest

from jetbridge.cli.main import cli
from jetbridge.cli.target import load_target, load_targets
from jetbridge.errors import UsageError
from jetbridge.serialize.settings import SerializationSettings

SHOP = """
from jetbridge import LaunchPlan, task, workflow

@task
def double(n: int) -> int:
    return 2 * n

@workflow
def quadruple(n: int) -> int:
    return double(n=double(n=n))

six = LaunchPlan.get_or_create(quadruple, "six", fixed_inputs={"n": 6})
"""


@pytest.fixture(scope="module", autouse=True)
def shop(tmp_path_factory: pytest.TempPathFactory) -> Generator[Path]:
    """A shop that is registered as v1, and its code where a task's process finds it."""
    folder = tmp_path_factory.mktemp("shop")
    (folder / "registered_shop.py").write_text(SHOP)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("JETBRIDGE_REGISTRY", f"sqlite:///{folder / 'registry.db'}")
        patch.setenv("PYTHONPATH", str(folder))
        patch.chdir(folder)
        verb("register", "registered_shop.py", "-p", "shop", "-v", "v1")
        yield folder


def verb(*arguments: str) -> None:
    cli.main(args=list(arguments), standalone_mode=False)


@pytest.mark.parametrize("target", ["shop/development/quadruple@v1", "shop/development/registered_shop.quadruple@"])
def test_a_registered_workflow_runs(target: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    capsys.readouterr()
    verb("run", target, "--input", "n=3", "--store", str(tmp_path / "runs"), "--json")
    assert json.loads(capsys.readouterr().out)["outputs"] == {"o0": 12}


def test_a_launch_plan_has_its_fixed_inputs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("JETBRIDGE_PROJECT", "shop")
    (target,) = load_targets("six@v1")
    closure = target.close(SerializationSettings(image="img:1"))
    assert list(closure.launch_plan.spec.fixed_inputs.literals) == ["n"]
    assert {task.template.id.version for task in closure.compiled.tasks} == {"v1"}


@pytest.mark.parametrize(
    ("target", "message"),
    [("shop/development/quadrupel@v1", "nothing called"), ("shop/development/double@v1", "nothing called")],
)
def test_what_cannot_be_launched_is_refused(target: str, message: str) -> None:
    with pytest.raises(UsageError, match=message):
        load_target(target)


def test_an_image_has_no_effect_on_what_is_registered() -> None:
    with pytest.raises(UsageError, match="--image has no effect"):
        load_target("quadruple@v1", ["img:2"])
