"""The budget of a task's process: what a trivial task loads. Every task of every user pays for each module here."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

TASK = "from jetbridge import task\n\n\n@task\ndef inc(n: int) -> int:\n    return n + 1\n"
RUN = """
import sys
before = set(sys.modules)
sys.path.insert(0, {folder!r})
from jetbridge.runtime.execute import run
assert run({argv!r}) == 0
print(*sorted(set(sys.modules) - before))
"""
LOADER = ["--", "task-module", "tiny", "task-name", "inc"]
THIRD_PARTY = {"flyteidl", "google", "obstore", "typing_extensions"}
# With Python 3.11. `dataclasses` brings inspect and its ast, dis and tokenize; `pathlib` urllib and ipaddress.
# fmt: off
STANDARD = {
    "ast", "base64", "binascii", "calendar", "collections", "contextlib", "contextvars", "copy", "copyreg",
    "dataclasses", "datetime", "dis", "encodings", "enum", "errno", "fnmatch", "functools", "gc",
    "importlib", "inspect", "io", "ipaddress", "itertools", "json", "keyword", "linecache", "locale", "math",
    "ntpath", "numbers", "opcode", "operator", "os", "pathlib", "pickle", "re", "reprlib", "signal", "string",
    "struct", "threading", "time", "token", "tokenize", "types", "typing", "urllib", "warnings", "weakref",
}
# fmt: on
# Parts of ours that a trivial task has no use for.
LATE = (
    "jetbridge.deck",
    "jetbridge.launch_plan",
    "jetbridge.local_call",
    "jetbridge.runtime.checkpoint",
    "jetbridge.runtime.code",
    "jetbridge.runtime.decks",
    "jetbridge.runtime.fast_execute",
    "jetbridge.runtime.offload",
    "jetbridge.serialize",
    "jetbridge.types.casting",
    "jetbridge.types.dataframe",
    "jetbridge.types.durations",
    "jetbridge.types.file",
    "jetbridge.types.structured_dataset",
    "jetbridge.types.text_codec",
    "jetbridge.workflow",
)
HINT = """
A trivial task loads something new. Import it in the function that needs it, not at the top of the file.
Find who imports it with `python -X importtime`; extend the budget only for what every task needs.
"""


@pytest.fixture(scope="module")
def loaded(tmp_path_factory: pytest.TempPathFactory) -> set[str]:
    folder = tmp_path_factory.mktemp("budget")
    (folder / "tiny.py").write_text(TASK)
    argv = [f"--run-root={folder}/run", "--node-path=n0", "--bind=n=json:3", *LOADER]
    script = RUN.format(folder=str(folder), argv=argv)
    done = subprocess.run([sys.executable, "-I", "-c", script], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert Path(folder, "run", "n0", "outputs.pb").exists()
    return set(done.stdout.split())


def tops(modules: set[str]) -> set[str]:
    names = {name.partition(".")[0] for name in modules}
    return {name for name in names if not name.startswith("_")} - {"jetbridge", "tiny"}


def test_other_libraries(loaded: set[str]) -> None:
    new = tops(loaded) - set(sys.stdlib_module_names) - THIRD_PARTY
    assert not new, f"{sorted(new)}{HINT}"


@pytest.mark.skipif(sys.version_info[:2] != (3, 11), reason="the standard library imports itself in other ways")
def test_the_standard_library(loaded: set[str]) -> None:
    new = (tops(loaded) & set(sys.stdlib_module_names)) - STANDARD
    assert not new, f"{sorted(new)}{HINT}"


def test_parts_of_ours_that_are_for_others(loaded: set[str]) -> None:
    new = {name for name in loaded if name.startswith(tuple(f"{late}." for late in LATE)) or name in LATE}
    assert not new, f"{sorted(new)}{HINT}"


def test_the_package_itself_loads_nothing() -> None:
    script = "import sys; before = set(sys.modules); import jetbridge; print(*sorted(set(sys.modules) - before))"
    done = subprocess.run([sys.executable, "-I", "-c", script], capture_output=True, text=True, check=True)
    assert not tops(set(done.stdout.split())) - STANDARD, HINT
