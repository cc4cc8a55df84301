"""TARGET as what flytekit wrote: a file that imports it, a package with or without code, a folder."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner

from jetbridge.cli.main import cli
from jetbridge.cli.target import load_target, load_targets
from jetbridge.code_bundle import bundle_uri
from jetbridge.errors import InvalidPackageError, UsageError
from jetbridge.flytekit_project.detect import uses_flytekit
from jetbridge.package import read_package
from jetbridge.serialize.settings import SerializationSettings

SETTINGS = SerializationSettings(image="unused:1")
FLOW = """
from flytekit import ImageSpec, LaunchPlan, task, workflow
from helper import inc

@task(container_image=ImageSpec(name="built", packages=["pandas"], registry="ghcr.io/birds"))
def double(n: int) -> int:
    return 2 * n

@workflow
def flow(n: int = 3) -> int:
    return inc(n=double(n=n))

@workflow
def other(n: int = 3) -> int:
    return double(n=n)

plan = LaunchPlan.get_or_create(flow, "birds-nightly", fixed_inputs={"n": 20})
print("what the author prints")
"""
HELPER = """
from flytekit import task

@task
def inc(n: int) -> int:
    return n + 1
"""


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "project"
    folder.mkdir()
    (folder / "flow.py").write_text(FLOW)
    (folder / "helper.py").write_text(HELPER)
    monkeypatch.chdir(folder)
    monkeypatch.setenv("JETBRIDGE_STORE", str(tmp_path / "runs"))
    return folder


def pyflyte(*arguments: str) -> None:
    command = [str(Path(sys.executable).with_name("pyflyte")), *arguments]
    subprocess.run(command, env={**os.environ, "PYTHONPATH": "."}, check=True, capture_output=True)


def tasks_of(text: str, *images: str) -> dict[str, str]:
    """The images of a target's tasks."""
    closure = load_target(text, images).close(SETTINGS)
    return {task.template.id.name: task.template.container.image for task in closure.compiled.tasks}


@pytest.mark.usefixtures("project")
def test_a_file_of_flytekit_is_packaged_by_flytekit_and_never_imported_here() -> None:
    before = set(sys.modules)
    images = tasks_of("flow.py:flow", "ghcr.io/birds/flows:7")
    assert images["helper.inc"] == "ghcr.io/birds/flows:7"
    assert images["flow.double"].startswith("ghcr.io/birds/built:"), "named by its content, without being built"
    assert load_target("flow:plan").name == "birds-nightly"
    assert load_target("flow.py:birds-nightly").name == "birds-nightly"
    assert [each.name for each in load_targets("flow.py")] == ["flow.flow", "flow.other", "birds-nightly"]
    assert not {"flytekit", "flow", "helper"} & (set(sys.modules) - before)


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("flow.py:flw", ("'flow.py' has no workflow 'flw'", "Did you mean 'flow'?")),
        ("flow.py", ("'flow.py' holds 3 workflows: flow, other, plan", "Name one: `flow.py:NAME`.")),
        ("missing.py:flow", ("'missing.py' needs the module 'birds'", "pip install birds")),
        ("raising.py:flow", ("importing 'raising.py' raised ValueError: no birds (raising.py:3)",)),
        ("broken.py:flow", ("'broken.py' is not valid Python", "broken.py:2)")),
        ("leaving.py:flow", ("importing 'leaving.py' ended Python",)),
        ("empty.py", ("'empty.py' has no task and no workflow",)),
        ("cycle.py:flow", ("'cycle.py' raised",)),
    ],
)
def test_what_is_wrong_with_a_file_is_said_cleanly(text: str, parts: tuple[str, ...], project: Path) -> None:
    (project / "missing.py").write_text("import flytekit\nimport birds.of_prey\n")
    (project / "raising.py").write_text("import flytekit\n\nraise ValueError('no birds')\n")
    (project / "broken.py").write_text("import flytekit\ndef flow(:\n")
    (project / "leaving.py").write_text("import flytekit, os\nos._exit(3)\n")
    (project / "empty.py").write_text("import flytekit\n")
    (project / "cycle.py").write_text(
        "from flytekit import task, workflow\n\n@task\ndef a(n: int) -> int:\n    return n\n\n"
        "@workflow\ndef flow(n: int) -> int:\n    return a(m=n)\n"
    )
    with pytest.raises(UsageError) as caught:
        load_target(text).close(SETTINGS)
    for part in parts:
        assert part in str(caught.value)


def test_another_python_may_have_flytekit(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    bare = project / "bare"
    bare.write_text(f'#!/bin/sh\nexec {sys.executable} -S "$@"\n')
    bare.chmod(0o755)
    for python, part in ((bare, "needs flytekit, which"), (project / "gone", "cannot be started")):
        monkeypatch.setenv("JETBRIDGE_FLYTEKIT_PYTHON", str(python))
        with pytest.raises(UsageError, match=part) as caught:
            load_target("flow.py:flow")
        assert "JETBRIDGE_FLYTEKIT_PYTHON" in str(caught.value)


@pytest.mark.usefixtures("project")
def test_a_package_and_a_folder_hold_the_same() -> None:
    pyflyte("--pkgs", "flow", "package", "--image", "img:1", "--output", "flow.tgz")
    Path("out").mkdir()
    pyflyte("--pkgs", "flow", "serialize", "--image", "img:1", "workflows", "-f", "out")
    names = [sorted(each.name for each in load_targets(place)) for place in ("flow.tgz", "out")]
    assert names[0] == names[1] == ["birds-nightly", "flow.flow", "flow.other"]
    closures = [load_target(f"{place}:birds-nightly").close(SETTINGS) for place in ("flow.tgz", "out")]
    assert closures[0] == closures[1]
    with pytest.raises(UsageError, match="--image has no effect"):
        load_target("out:flow", ["img:2"])
    with pytest.raises(UsageError, match="no workflow 'nightly'"):
        load_target("out:nightly")


@pytest.mark.usefixtures("project")
@pytest.mark.parametrize("option", ["--fast", "--copy"])
def test_the_code_in_a_package_runs_from_anywhere(option: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    options = [option] if option == "--fast" else [option, "auto"]
    pyflyte("--pkgs", "flow", "package", *options, "--image", "img:1", "--output", str(tmp_path / "flow.tgz"))
    target = load_target(f"{tmp_path / 'flow.tgz'}:flow.flow")
    assert target.brings_code
    monkeypatch.chdir(tmp_path)
    result = CliRunner().invoke(cli, ["run", "flow.tgz:flow.flow", "--input", "n=4", "--json"])
    assert result.exit_code == 0, result.output
    assert '"o0": 9' in result.output
    assert target.bundle is not None
    uri = bundle_uri("s3://bucket/runs", target.bundle("auto"))
    closure = target.close(SerializationSettings(image="unused:1", code_bundle=uri))
    assert all(uri in task.template.container.args for task in closure.compiled.tasks)


def _link(folder: Path) -> None:
    (folder / "0_a_1.pb").symlink_to("/etc/passwd")


def _no_message(folder: Path) -> None:
    (folder / "0_a_1.pb").write_bytes(b"\xff\xff\xff")


def _no_name(folder: Path) -> None:
    (folder / "0_a_1.pb").write_bytes(b"")


def _folder(folder: Path) -> None:
    (folder / "0_a_1.pb").mkdir()


def _other_kind(folder: Path) -> None:
    (folder / "0_a_7.pb").write_bytes(b"")


@pytest.mark.parametrize(
    ("spoil", "part"),
    [
        (_link, "not a plain file"),
        (_folder, "not a plain file"),
        (_no_message, "is no TaskSpec"),
        (_no_name, "has no name"),
        (_other_kind, "is no `<index>_<name>_<kind>.pb`"),
    ],
)
def test_a_folder_is_not_trusted(spoil: Callable[[Path], None], part: str, tmp_path: Path) -> None:
    spoil(tmp_path)
    with pytest.raises(InvalidPackageError, match=part):
        read_package(tmp_path)


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("from flytekit import task", True),
        ("import flytekit.types.file as f", True),
        ("def f():\n    import flytekitplugins.spark", True),
        ("from .flytekit import x", False),
        ("import flytekit_of_mine", False),
        ("import jetbridge, flytekit", False),
        ("'flytekit'", False),
        ("import flytekit\n)(", False),
        ("\0", False),
        ("-" * 100_000, False),
    ],
)
def test_a_file_is_flytekits_by_what_it_imports(source: str, expected: bool, tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text(source)
    assert uses_flytekit(tmp_path / "a.py") is expected
