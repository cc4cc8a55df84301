"""Every code block of the README and of the docs is run, or says why it is not."""

from __future__ import annotations

import contextlib
import importlib.util
import io
import json
import re
import shlex
import sys
import tomllib
from collections import Counter
from collections.abc import Callable, Generator, Mapping
from pathlib import Path

import click
import pytest
import yaml

from jetbridge.cli.main import cli, main
from tests.docs.blocks import FAILS, GENERATED, NOT_RUN, PAGES, ROOT, Block, Command, blocks, every, saved_as

# How many blocks of a page are not run. A new one is a decision.
MARKED = {
    "README.md": 2,
    "docs/guide/coming-from-flytekit.md": 2,
    "docs/guide/compare.md": 1,
    "docs/guide/deploy.md": 2,
    "docs/guide/doctor.md": 1,
    "docs/guide/export-to-airflow.md": 1,
    "docs/guide/raw-containers.md": 1,
    "docs/guide/registry.md": 3,
    "docs/guide/run-on-argo-and-airflow.md": 3,
    "docs/guide/spark.md": 2,
    "docs/guide/start.md": 2,
    "docs/guide/write-a-back-end.md": 1,
    "docs/guide/write-a-plugin.md": 1,
}
LANGUAGES = {"", "console", "dockerfile", "json", "python", "text", "toml", "yaml"}
PARSERS: Mapping[str, Callable[[str], object]] = {
    "json": json.loads,
    "toml": tomllib.loads,
    "yaml": lambda text: list(yaml.safe_load_all(text)),
}
# Pages whose blocks are files of a tested package, which tests/outside_plugin compares.
SHOWN = {"docs/guide/write-a-plugin.md", "docs/guide/write-a-back-end.md"}
PYTHON = [page for page in PAGES if any(block.language == "python" and not block.file for block in blocks(page))]
CONSOLE = [page for page in PAGES if any(block.language == "console" for block in blocks(page))]


def name(page: Path) -> str:
    return str(page.relative_to(ROOT))


def test_blocks_are_of_known_languages_and_marks_have_reasons() -> None:
    found = [block for page in PAGES for block in blocks(page)]
    fences = sum(len(re.findall(r"^ *```", page.read_text(), re.M)) for page in PAGES)
    assert fences == 2 * len(found), "a block is not seen"
    assert {block.language for block in found} <= LANGUAGES
    assert not [block.place for block in found if block.mark == NOT_RUN and not block.reason]
    assert not [block.place for block in found if block.language == "dockerfile" and block.mark != NOT_RUN]


def test_how_many_blocks_are_not_run() -> None:
    found = Counter(block.page for page in PAGES for block in blocks(page) if block.mark == NOT_RUN)
    assert found == MARKED


@pytest.mark.parametrize("block", [each for kind in PARSERS for each in every(kind)], ids=lambda block: block.place)
def test_data_can_be_read(block: Block) -> None:
    assert PARSERS[block.language](block.text)


@pytest.fixture(autouse=True)
def forgotten_modules(tmp_path: Path) -> Generator[None]:
    """Each page is read by itself: what it has imported from its folder is gone afterwards."""
    yield
    for module in [key for key, found in sys.modules.items() if str(tmp_path) in str(getattr(found, "__file__", ""))]:
        del sys.modules[module]


@pytest.mark.parametrize("page", PYTHON, ids=name)
def test_the_python_of_a_page_runs(page: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    file = written(page, tmp_path)
    spec = importlib.util.spec_from_file_location(file.stem, file)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    monkeypatch.setitem(sys.modules, file.stem, module)
    spec.loader.exec_module(module)


def written(page: Path, folder: Path) -> Path:
    """The page's Python as a reader has it; lines stay where they are in the first block."""
    file = folder / saved_as(page)
    own = [block.text for block in blocks(page) if block.language == "python" and not block.file]
    file.write_text("\n\n".join(own))
    return file


@pytest.mark.parametrize("block", every("console"), ids=lambda block: block.place)
def test_commands_are_ones_that_exist(block: Block, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What needs an engine is not run: then its verb, its arguments and its options are checked."""
    (profiles,) = (each.text for each in every("toml") if each.page == "docs/guide/profiles.md")
    (tmp_path / "jetbridge.toml").write_text(profiles)
    monkeypatch.setenv("JETBRIDGE_CONFIG", str(tmp_path / "jetbridge.toml"))
    commands = block.commands()
    assert commands, "a console block without a command"
    for command in commands:
        program, *arguments = shlex.split(command.text, comments=True)
        if program == "make":
            makefile = (ROOT / "Makefile").read_text()
            assert all(re.search(rf"^{re.escape(target)}:", makefile, re.M) for target in arguments), command
        elif program == "jetbridge":
            parsed(arguments)
        else:
            assert program in OTHERS, command


OTHERS = {"JETBRIDGE_SHELL_GOLDENS=golden", "export", "git", "pip", "pyflyte"}


def parsed(arguments: list[str]) -> None:
    arguments = arguments[: arguments.index(">")] if ">" in arguments else arguments
    with cli.make_context("jetbridge", arguments[:1]) as group:
        command = cli.get_command(group, arguments[0])
        assert command is not None, arguments
        parse(command, arguments[1:], group)


def parse(command: click.Command, arguments: list[str], parent: click.Context) -> None:
    """As click does before it calls the command. Raises `click.UsageError`."""
    if isinstance(command, click.Group) and arguments:
        inner = command.get_command(parent, arguments[0])
        assert inner is not None, arguments
        parse(inner, arguments[1:], parent)
    else:
        command.make_context(command.name or "", arguments, parent=parent)


@pytest.mark.parametrize("page", CONSOLE, ids=name)
def test_what_runs_here_is_run(page: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A page's commands one after the other, in a folder as its reader has it."""
    (tmp_path / "examples").symlink_to(ROOT / "examples")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("JETBRIDGE_STORE", str(tmp_path / "store"))
    monkeypatch.setenv("JETBRIDGE_REGISTRY", f"sqlite:///{tmp_path}/registry.db")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    # What is said of s3://bucket is never asked there.
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:9")
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "nobody")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "nothing")
    monkeypatch.setenv("COLUMNS", "300")
    monkeypatch.setattr(sys, "path", [*sys.path])
    if page in PYTHON:
        written(page, tmp_path)
    for block in blocks(page):
        if block.language == "console" and block.mark != NOT_RUN:
            for command in block.commands():
                run(command, block)


def run(command: Command, block: Block) -> None:
    """Runs a command of ours; the lines that the page shows must be in what it prints."""
    program, *arguments = shlex.split(command.text, comments=True)
    if program != "jetbridge":
        raise AssertionError(f"{block.place}: {command.text} is not run, and does not say so")
    target = Path(arguments[arguments.index(">") + 1]) if ">" in arguments else None
    if target is not None:
        arguments = arguments[: arguments.index(">")]
    out, code = printed(arguments)
    assert bool(code) == (block.mark == FAILS), f"{block.place}: {command.text}\n{out}"
    for line in command.prints:
        assert re.search(pattern(line), plain(out)), f"{block.place}: {command.text} does not print {line!r}:\n{out}"
    if target is not None:
        target.write_text(out)


def printed(arguments: list[str]) -> tuple[str, int]:
    out, code = io.StringIO(), 0
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(out):
        try:
            main(arguments)
        except SystemExit as ended:
            code = int(ended.code or 0)
    return out.getvalue(), code


def plain(text: str) -> str:
    """Words with one space between them: how a table is aligned does not matter."""
    return " ".join(text.split())


def pattern(line: str) -> str:
    """`…` stands for anything."""
    return ".*".join(re.escape(part) for part in plain(line.partition("   #")[0]).split("…"))


def test_every_page_of_shown_files_is_compared_elsewhere() -> None:
    named = {block.page for page in PAGES for block in blocks(page) if block.file}
    assert named == SHOWN


def test_generated_pages_are_no_exception() -> None:
    assert {page.parent for page in PAGES} >= {GENERATED}
