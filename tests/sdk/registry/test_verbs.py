"""The registry's verbs, as a person or a program uses them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from jetbridge.cli.main import main
from jetbridge.package import package_bytes, read_package
from tests.sdk.registry.shops import entities


@pytest.fixture(autouse=True)
def _database(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("JETBRIDGE_REGISTRY", f"sqlite:///{tmp_path / 'registry.db'}")
    monkeypatch.setenv("COLUMNS", "200")
    for number in (1, 2):
        (tmp_path / f"{number}.tgz").write_bytes(package_bytes(entities(f"img:{number}")))


class Shell:
    """Runs verbs; keeps what they print."""

    def __init__(self, capsys: pytest.CaptureFixture[str]) -> None:
        self._capsys = capsys

    def __call__(self, *argv: str, code: int = 0) -> tuple[str, str]:
        with pytest.raises(SystemExit) as ended:
            main(argv)
        out, err = self._capsys.readouterr()
        assert ended.value.code == code, err
        return out, err

    def json(self, *argv: str) -> Any:
        return json.loads(self(*argv, "--json")[0])


@pytest.fixture
def shell(capsys: pytest.CaptureFixture[str]) -> Shell:
    return Shell(capsys)


@pytest.fixture
def filled(shell: Shell, tmp_path: Path) -> Shell:
    for number in (1, 2):
        shell("register", str(tmp_path / f"{number}.tgz"), "-v", f"v{number}", "-p", "shop")
    return shell


def test_registering_says_what_is_new(shell: Shell, tmp_path: Path) -> None:
    package = str(tmp_path / "1.tgz")
    assert "1 workflow, 2 launch plans registered" in shell("register", package, "-v", "v1")[1]
    assert "nothing new" in shell("register", package, "-v", "v1")[1]
    assert shell.json("register", package, "-v", "v1")["new"] == []


def test_other_content_is_an_error_with_the_difference(shell: Shell, tmp_path: Path) -> None:
    shell("register", str(tmp_path / "1.tgz"), "-v", "v1")
    _, err = shell("register", str(tmp_path / "2.tgz"), "-v", "v1", code=1)
    assert '"img:1" → "img:2" [VersionExists]' in err
    assert "Hint: A version never changes" in err


@pytest.mark.parametrize("version", ["", " ", "a b", "v@1"])
def test_a_version_that_no_reference_could_name_is_refused(shell: Shell, tmp_path: Path, version: str) -> None:
    assert "is no version" in shell("register", str(tmp_path / "1.tgz"), "-v", version, code=2)[1]


def test_a_python_file_is_registered_too(shell: Shell) -> None:
    examples = Path(__file__).parents[3] / "examples"
    assert "1 workflow" in shell("register", str(examples / "penguins.py"), "-v", "v1")[1]


def test_the_list(filled: Shell) -> None:
    out, _ = filled("list", "--kind", "workflow")
    assert "shop/development" in out
    assert "v2, v1" in out
    assert [each["versions"] for each in filled.json("list", "--kind", "workflow")] == [["v2", "v1"]]
    assert filled.json("list", "-p", "other") == []


def test_an_empty_registry_says_what_to_do(shell: Shell) -> None:
    assert "jetbridge register" in shell("list")[1]


def test_a_workflow_is_shown_with_its_graph(filled: Shell) -> None:
    out, _ = filled("show", "flow@v1", "-p", "shop")
    assert out.startswith("workflow shop/development/tests.sdk.flows.flow@v1\n")
    assert "n1  task" in out
    assert "after n0" in out
    assert filled("show", "flow", "-p", "shop", "--mermaid")[0].startswith("flowchart TD\n")
    assert filled.json("show", "flow", "-p", "shop")["entity"]["template"]["id"]["version"] == "v2"


def test_a_task_and_a_launch_plan_are_shown(filled: Shell) -> None:
    task = next(each["name"] for each in filled.json("list", "--kind", "task"))
    assert "image    img:2" in filled("show", f"shop/development/{task}")[0]
    assert "workflow tests.sdk.flows.flow@v1" in filled("show", "nightly@v1", "-p", "shop")[0]


def test_the_difference_of_two_versions(filled: Shell) -> None:
    out, _ = filled("diff", "flow", "v1", "v2", "-p", "shop")
    assert 'template.container.image: "img:1" → "img:2"' in out
    assert "same" in filled("diff", "flow", "v1", "v1", "-p", "shop")[1]
    changed = filled.json("diff", "flow", "v1", "v2", "-p", "shop")
    assert {field["field"] for each in changed for field in each["fields"]} == {"template.container.image"}


def test_one_version_is_active(filled: Shell) -> None:
    filled("activate", "nightly@v1", "-p", "shop")
    assert "v2, v1 (active)" in filled("list", "--kind", "launch plan")[0]
    filled("activate", "nightly@v1", "-p", "shop", "--off")
    assert "is not active" in filled("activate", "nightly@v1", "-p", "shop", "--off", code=2)[1]
    assert "has no version" in filled("activate", "nightly", "-p", "shop", code=2)[1]


def test_a_version_is_exported_as_a_package(filled: Shell, tmp_path: Path) -> None:
    filled("export", "v1", "-p", "shop", "-o", str(tmp_path / "again.tgz"))
    assert read_package(tmp_path / "again.tgz") == read_package(tmp_path / "1.tgz")
    assert "nothing of version" in filled("export", "v9", "-p", "shop", code=2)[1]


def test_an_unreachable_database_is_one_message(shell: Shell) -> None:
    _, err = shell("list", "--registry", "postgresql://me:hidden@127.0.0.1:1/x", code=1)
    assert "Hint:" in err
    assert "Traceback" not in err
    assert "hidden" not in err
