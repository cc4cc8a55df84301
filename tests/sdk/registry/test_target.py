"""What is registered is a TARGET like a file or a package."""

from __future__ import annotations

import json
from collections.abc import Generator
from pathlib import Path

import pytest

from jetbridge.cli.main import cli
from jetbridge.cli.target import load_target, load_targets
from jetbridge.errors import CompileError, UsageError
from jetbridge.serialize.settings import SerializationSettings

SHOP = """
from jetbridge import LaunchPlan, reference_launch_plan, reference_task, task, workflow

@task
def double(n: int) -> int:
    return 2 * n

@workflow
def quadruple(n: int) -> int:
    return double(n=double(n=n))

@reference_task(project="shop", domain="development", name="registered_shop.double", version="v1")
def registered_double(n: int) -> int: ...

@reference_launch_plan(project="shop", domain="development", name="six", version="v1")
def registered_six() -> int: ...

@reference_task(project="shop", domain="development", name="registered_shop.triple", version="v1")
def nowhere(n: int) -> int: ...

@workflow
def referring(n: int) -> tuple[int, int, int]:
    return registered_double(n=n), registered_six(), double(n=n)

@workflow
def lost(n: int) -> int:
    return nowhere(n=n)

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
        for target in ("registered_shop.py:quadruple", "registered_shop.py:six"):
            verb("register", target, "-p", "shop", "-v", "v1")
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


def test_references_are_resolved(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    capsys.readouterr()
    verb("run", "registered_shop.py:referring", "--input", "n=1", "--store", str(tmp_path / "runs"), "--json")
    assert json.loads(capsys.readouterr().out)["outputs"] == {"o0": 2, "o1": 24, "o2": 2}


def test_a_reference_that_leads_nowhere_is_named() -> None:
    with pytest.raises(CompileError, match=r"task shop/development/registered_shop\.triple@v1 is not registered"):
        load_target("registered_shop.py:lost").close(SerializationSettings(image="img:1"))


def test_an_image_has_no_effect_on_what_is_registered() -> None:
    with pytest.raises(UsageError, match="--image has no effect"):
        load_target("quadruple@v1", ["img:2"])
