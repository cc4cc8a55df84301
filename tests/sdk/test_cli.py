"""The command line: a mistake is one clear message with exit code 1 or 2, and leaves nothing half-written."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Generator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from jetbridge.cli.main import main

FLOWS = '''
import sys
from dataclasses import dataclass
from typing import Optional
from jetbridge import LaunchPlan, task, workflow

print("imported")

@dataclass
class Line:
    slope: float

@task
def double(n: int) -> int:
    print("doubling")
    return 2 * n

@task
def fails(n: int) -> int:
    raise ValueError("no good")

@task
def line(slope: float, text: Optional[str]) -> Line:
    return Line(slope)

@workflow
def first(n: int = 3) -> int:
    """Doubles twice."""
    print("traced")
    return double(n=double(n=n))

@workflow
def second(slope: float, flag: bool, text: Optional[str] = None) -> Line:
    return line(slope=slope, text=text)

@workflow
def failing() -> int:
    return fails(n=1)

fixed = LaunchPlan.get_or_create(first, "fixed", fixed_inputs={"n": 5})
'''
ONE = FLOWS[: FLOWS.index("@workflow\ndef second")]
BROKEN = """
from jetbridge import task, workflow

@task
def double(n: int) -> int:
    return 2 * n

@workflow
def broken(n: int) -> str:
    double(m=n)
    double(n="x")
    return double(n=n)
"""


@dataclass(frozen=True)
class Result:
    code: int
    out: str
    err: str


Cli = Callable[..., Result]


def handlers() -> list[object]:
    return [signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGHUP)]


@pytest.fixture
def cli(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Generator[Cli]:
    files = {"flows_a": FLOWS, "one_flow": ONE, "broken_flow": BROKEN, "no_flow": "x = 1\n"}
    for name, text in files.items():
        (tmp_path / f"{name}.py").write_text(text)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "path", [*sys.path])
    monkeypatch.setenv("JETBRIDGE_STORE", str(tmp_path / "store"))
    before, modules = handlers(), set(sys.modules)

    def run(*argv: str) -> Result:
        with pytest.raises(SystemExit) as caught:
            main(argv)
        assert handlers() == before
        captured = capsys.readouterr()
        return Result(int(caught.value.code or 0), captured.out, captured.err)

    yield run
    for name in set(sys.modules) - modules:
        if getattr(sys.modules[name], "__file__", None) and str(tmp_path) in str(sys.modules[name].__file__):
            del sys.modules[name]


def files(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir() if path.suffix != ".py" and path.name != "__pycache__"}


def assert_message(result: Result, code: int, *parts: str) -> None:
    assert result.code == code, result
    assert result.out == ""
    assert "Traceback" not in result.err
    assert any(line.startswith("Error: ") for line in result.err.splitlines())
    for part in parts:
        assert part in result.err


@pytest.mark.parametrize(
    ("target", "parts"),
    [
        ("flow_a.py:first", ("there is no file 'flow_a.py'", "flows_a.py")),
        ("nowhere:first", ("there is no module 'nowhere'", "Hint:")),
        ("flows_a.py:frist", ("has no workflow 'frist'", "Did you mean 'first'")),
        ("flows_a.py:double", ("has no workflow 'double'", "is a PythonFunctionTask")),
        ("flows_a.py", ("holds 4 workflows: first, second, failing, fixed", "flows_a.py:NAME")),
        ("no_flow.py", ("has no workflow", "@workflow")),
        ("gone.tgz", ("there is no package 'gone.tgz'", "Hint:")),
        ("gone/flow.py:x", ("there is no file 'gone/flow.py'",)),
    ],
)
def test_a_target_that_is_not_there_is_a_mistake_of_usage(cli: Cli, target: str, parts: tuple[str, ...]) -> None:
    assert_message(cli("run", target), 2, *parts)


SOURCES = {
    "syntax": ("def x(:\n", "is not valid Python"),
    "needs": ("import nothing_like_this\n", "needs the module 'nothing_like_this'"),
    "needle": ("import need\n", "needs the module 'need'"),
    "raising": ("1 / 0\n", "ZeroDivisionError: division by zero (", "raising.py:1)"),
    "exiting": ("import sys\nsys.exit(0)\n", "SystemExit"),
    "json": ("x = 1\n", "cannot be imported as 'json'", "Rename the file"),
    "task_option": ("from jetbridge import task\n@task(retrys=1)\ndef f(): ...\n", "no option 'retrys'", "'retries'"),
    "no_types": ("from jetbridge import *\n@workflow\ndef f(x): ...\n", "'x'", "no type annotation"),
}


@pytest.mark.parametrize("name", SOURCES)
def test_a_file_that_cannot_be_imported_is_said(cli: Cli, tmp_path: Path, name: str) -> None:
    source, *parts = SOURCES[name]
    (tmp_path / f"{name}.py").write_text(source)
    result = cli("package", f"{name}.py:f", "-o", "x.tgz")
    assert result.code in (1, 2)
    assert_message(result, result.code, *parts)
    assert files(tmp_path) == set()


@pytest.mark.parametrize(
    ("inputs", "parts"),
    [
        (["n=three"], ("input 'n' (int)", "three")),
        (["m=1"], ("there is no input 'm'",)),
        (["n"], ("--input takes NAME=VALUE",)),
        (["n=1.5", "m=2"], ("input 'n' (int)", "there is no input 'm'")),
    ],
)
def test_wrong_inputs_are_shown_together(cli: Cli, tmp_path: Path, inputs: list[str], parts: tuple[str, ...]) -> None:
    options = [word for text in inputs for word in ("--input", text)]
    assert_message(cli("run", "flows_a.py:first", *options), 2, *parts)
    assert files(tmp_path) == set()


def test_missing_and_fixed_inputs_are_said(cli: Cli) -> None:
    assert_message(
        cli("run", "flows_a.py:second"), 2, "input 'flag' (bool) is missing", "input 'slope' (float) is missing"
    )
    assert_message(cli("run", "flows_a.py:fixed", "-i", "n=1"), 2, "input 'n' is fixed by the launch plan")


@pytest.mark.parametrize("content", ["", "[]", "{", '{"n": "x"}', '{"m": 1}', "[" * 100_000, "\udcff"])
def test_a_wrong_inputs_file_is_said(cli: Cli, tmp_path: Path, content: str) -> None:
    (tmp_path / "inputs.json").write_text(content, errors="surrogateescape")
    assert_message(cli("run", "flows_a.py:first", "--inputs-file", "inputs.json"), 2, "Hint:")


def test_every_problem_of_a_workflow_is_shown_with_its_line_and_nothing_is_written(cli: Cli, tmp_path: Path) -> None:
    for verb in (["package", "-o", "x.tgz"], ["run"], ["translate", "--to", "argo", "-o", "out"]):
        result = cli(verb[0], "broken_flow.py:broken", *verb[1:])
        places = ("broken_flow.py:10:", "broken_flow.py:11:", "broken_flow.py:8 outputs.o0: ")
        assert_message(result, 1, *places, "[VariableNameNotFound]", "[MismatchingTypes]")
    assert files(tmp_path) == set()


@pytest.mark.parametrize(
    ("argv", "parts"),
    [
        (["rum"], ("there is no verb 'rum'", "Did you mean 'run'")),
        (["run", "flows_a.py:first", "--on", "nowhere"], ("nothing installed provides 'nowhere'",)),
        (["translate", "flows_a.py:first", "--to", "local", "-o", "out"], ("writes no files",)),
        (
            ["translate", "flows_a.py:first", "--to", "argo", "-o", "out", "--target", "argo=9"],
            ("'9' is not a version",),
        ),
        (
            ["translate", "flows_a.py:first", "--to", "argo", "-o", "out", "--containers", "pod"],
            ("is an option of airflow",),
        ),
        (["translate", "flows_a.py:first", "--to", "argo", "-o", "flows_a.py"], ("is not a folder",)),
        (["package", "flows_a.py", "-o", "no_flow.py/x.tgz"], ("cannot be written",)),
        (["package", "flows_a.py", "-o", "."], ("cannot be written",)),
        (["package", "flows_a.py", "--image", "a", "--image", "b"], ("two images without a name",)),
        (["run", "flows_a.py:first", "--store", "nosuch://x"], ("the store refused",)),
    ],
)
def test_wrong_options_are_said(cli: Cli, tmp_path: Path, argv: list[str], parts: tuple[str, ...]) -> None:
    result = cli(*argv)
    assert result.code in (1, 2)
    assert_message(result, result.code, *parts)
    assert files(tmp_path) == set()


@pytest.mark.parametrize("argv", [[], ["run"], ["package", "x", "--nope"]])
def test_clicks_own_mistakes_are_usage(cli: Cli, argv: list[str]) -> None:
    result = cli(*argv)
    assert result.code == 2
    assert "Usage:" in result.err + result.out
    assert "Traceback" not in result.err


def test_broken_packages_are_said(cli: Cli, tmp_path: Path) -> None:
    assert cli("package", "one_flow.py", "-o", "good.tgz").code == 0
    good = (tmp_path / "good.tgz").read_bytes()
    for data in (b"", b"no tar", good[: len(good) // 2], good[:-20]):
        (tmp_path / "bad.tgz").write_bytes(data)
        assert_message(cli("run", "bad.tgz"), 1, "'bad.tgz'", "Hint:")
    assert files(tmp_path) == {"good.tgz", "bad.tgz"}
    assert_message(cli("run", "good.tgz:frist"), 2, "has no workflow 'frist'")
    assert_message(cli("package", "good.tgz", "-o", "x.tgz"), 2, "is a package already")


def test_packages_are_written_whole_and_replaced(cli: Cli, tmp_path: Path) -> None:
    (tmp_path / "x.tgz").write_text("old")
    result = cli("package", "flows_a.py", "-o", "x.tgz", "--image", "img:1")
    assert (result.code, result.out) == (0, "")
    assert "Wrote x.tgz: 3 tasks, 3 workflows, 4 launch plans." in result.err
    assert files(tmp_path) == {"x.tgz"}
    assert (tmp_path / "x.tgz").stat().st_mode & 0o044


def run_json(cli: Cli, *argv: str) -> Any:
    result = cli(*argv, "--json")
    assert result.code == 0, result.err
    return json.loads(result.out)


def test_json_is_the_only_thing_on_standard_output(cli: Cli) -> None:
    package = run_json(cli, "package", "flows_a.py", "-o", "x.tgz")
    assert {"kind": "TaskSpec", "name": "flows_a.double"} in package["entities"]
    files_written = run_json(cli, "translate", "flows_a.py:first", "--to", "argo", "-o", "out", "--store", "s3://b")
    assert [Path(path).is_file() for path in files_written["files"]] == [True] * len(files_written["files"])
    ran = run_json(cli, "run", "flows_a.py:first", "-i", "n=4")
    assert (ran["backend"], ran["outputs"], len(ran["steps"])) == ("local", {"o0": 16}, 2)


def test_a_run_from_a_package_gives_the_same_outputs(cli: Cli) -> None:
    assert cli("package", "flows_a.py", "-o", "x.tgz").code == 0
    assert run_json(cli, "run", "x.tgz:first")["outputs"] == {"o0": 12}
    assert run_json(cli, "run", "x.tgz:fixed")["outputs"] == {"o0": 20}


def test_a_run_says_what_failed(cli: Cli) -> None:
    result = cli("run", "flows_a.py:failing", "--json")
    assert (result.code, result.out) == (1, "")
    assert "ValueError: no good" in result.err
    line = FLOWS.splitlines().index("    return fails(n=1)") + 1
    assert f"task 'flows_a.fails' (flows_a.py:{line}), node 'n0', failed on local" in result.err
    # The one traceback is the author's own, inside the error document.
    assert "jetbridge/runtime" not in result.err


def test_outputs_are_shown_as_a_table(cli: Cli) -> None:
    result = cli("run", "flows_a.py:second", "-i", "slope=2", "-i", "flag=true")
    assert result.code == 0, result.err
    assert "Outputs of flows_a.second" in result.out
    assert '{"slope": 2.0}' in result.out


def test_the_console_script_works_without_a_terminal(tmp_path: Path) -> None:
    (tmp_path / "one_flow.py").write_text(ONE)
    script = [str(Path(sys.executable).with_name("jetbridge")), "run", "one_flow.py", "--json"]
    env = {**os.environ, "JETBRIDGE_STORE": str(tmp_path / "store"), "LC_ALL": "C"}
    ended = subprocess.run(script, cwd=tmp_path, env=env, capture_output=True, text=True, check=False)
    assert ended.returncode == 0, ended.stderr
    assert json.loads(ended.stdout)["outputs"] == {"o0": 12}
    assert "\x1b" not in ended.stderr


def test_every_verb_has_help_with_an_example(cli: Cli) -> None:
    for verb in ("package", "translate", "run", "compare"):
        result = cli(verb, "--help")
        assert result.code == 0
        assert f"jetbridge {verb} " in result.out
