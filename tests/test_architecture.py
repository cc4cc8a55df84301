"""The architecture as tests: who may import whom, what a worker loads, and which names shared files must not know."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
SOURCES = {
    "jetbridge": ROOT / "sdk/src/jetbridge",
    "jetbridge_translators": ROOT / "translators/src/jetbridge_translators",
    "jetbridge_plugins": ROOT / "plugins/src/jetbridge_plugins",
}
OURS = {*SOURCES, "examples", "tests"}
ALLOWED = {
    "jetbridge": {"jetbridge"},
    "jetbridge_translators": {"jetbridge", "jetbridge_translators"},
    "jetbridge_plugins": {"jetbridge", "jetbridge_translators", "jetbridge_plugins"},
}
AUTHORING = ("task.py", "__init__.py")
LATE = {"hera", "airflow", "pandas", "pyarrow", "numpy", "rich", "click"}


def files(package: str) -> Iterator[Path]:
    return (path for path in sorted(SOURCES[package].rglob("*.py")))


def imports(path: Path, *, only_at_import: bool = False) -> Iterator[str]:
    """The modules that a file imports; with `only_at_import` not those inside functions or for type checking."""
    tree = ast.parse(path.read_text())
    nodes = _at_import(tree.body) if only_at_import else ast.walk(tree)
    for node in nodes:
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield node.module or ""


def _at_import(body: list[ast.stmt]) -> Iterator[ast.AST]:
    for node in body:
        if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test):
            continue
        if isinstance(node, ast.If | ast.Try):
            yield from _at_import(node.body)
        yield node


@pytest.mark.parametrize("package", SOURCES)
def test_imports_go_in_one_direction(package: str) -> None:
    wrong = [
        f"{path.relative_to(ROOT)} imports {module}"
        for path in files(package)
        for module in imports(path)
        if (top := module.partition(".")[0]) in OURS and top not in ALLOWED[package]
    ]
    assert not wrong


def test_authoring_side_of_plugins_knows_no_translator() -> None:
    wrong = [
        str(path.relative_to(ROOT))
        for path in files("jetbridge_plugins")
        if path.name in AUTHORING and any(module.startswith("jetbridge_translators") for module in imports(path))
    ]
    assert not wrong


def test_heavy_libraries_are_imported_late() -> None:
    """Hera, Airflow and the data libraries are loaded by the function that needs them, the CLI's only in the CLI."""
    wrong = [
        f"{path.relative_to(ROOT)} imports {module}"
        for package in SOURCES
        for path in files(package)
        if not {"cli", "argo"} & set(path.parts) and path.name != "dataframe.py"
        for module in imports(path, only_at_import=True)
        if module.partition(".")[0] in LATE
    ]
    assert not wrong


def test_finding_a_back_end_loads_no_engine_library() -> None:
    script = (
        "import sys; from jetbridge_translators import registry;"
        "[registry.backend(name) for name in registry.backend_names()]; print(*sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert not {name.partition(".")[0] for name in done.stdout.split()} & LATE


def test_the_airflow_translator_never_imports_airflow() -> None:
    folder = SOURCES["jetbridge_translators"] / "airflow"
    wrong = [path.name for path in folder.rglob("*.py") if any(m.split(".")[0] == "airflow" for m in imports(path))]
    assert not wrong


def test_flyteidl_has_one_importer_in_the_sdk() -> None:
    importers = {
        path.name for path in files("jetbridge") if any(module.startswith("flyteidl") for module in imports(path))
    }
    assert importers == {"idl.py", "idl_admin.py"}


BACKENDS = ("argo", "airflow", "local")
PLUGINS = ("spark", "athena", "bigquery", "container.plan", "python-task")


def test_no_shared_file_names_a_back_end_or_a_plugin() -> None:
    """Code of shared files may mention them in documentation and help texts, never in logic."""
    wrong = [
        f"{path.relative_to(ROOT)}: {text!r}"
        for package in ("jetbridge", "jetbridge_translators")
        for path in files(package)
        if not any(part in BACKENDS for part in path.relative_to(SOURCES[package]).parts)
        for text in _plain_strings(path)
        if text in (*BACKENDS, *PLUGINS) and (path.name, text) not in KNOWN
    ]
    assert not wrong


KNOWN = {
    ("run.py", "local"),  # the default of `jetbridge run --on`
    ("task_config.py", "python-task"),  # the authoring side of a plain Python task
    ("local_call.py", "local"),  # the execution id of a plain call
    ("unknown.py", "airflow"),  # the task type of that name, which Flyte has
}


def _plain_strings(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value


WORKER = """
import sys
sys.path.insert(0, {folder!r})
from jetbridge.runtime.execute import execute
from jetbridge.runtime.arguments import parse_arguments
code = execute(parse_arguments([
    "--run-root", {store!r}, "--node-path", "n0", "--bind", "n=json:3", "--", "task-module", "tiny", "task-name", "inc"
]))
assert code == 0
print(*sorted({{name.partition(".")[0] for name in sys.modules}}))
"""
# What a trivial task may load beside the standard library: the budget of the entrypoint.
WORKER_MODULES = {"flyteidl", "google", "jetbridge", "msgpack", "obstore", "tiny", "typing_extensions"}


def test_a_worker_loads_little(tmp_path: Path) -> None:
    (tmp_path / "tiny.py").write_text(
        "from jetbridge import task\n\n@task\ndef inc(n: int) -> int:\n    return n + 1\n"
    )
    script = WORKER.format(folder=str(tmp_path), store=str(tmp_path / "run"))
    done = subprocess.run([sys.executable, "-I", "-c", script], capture_output=True, text=True, check=True)
    loaded = {name for name in done.stdout.split() if not name.startswith("_") and name not in sys.stdlib_module_names}
    assert loaded - WORKER_MODULES <= _always_loaded(), loaded - WORKER_MODULES


def _always_loaded() -> set[str]:
    """What Python itself loads here before our first line (editable installs bring their finders)."""
    done = subprocess.run(
        [sys.executable, "-I", "-c", "import sys; print(*sys.modules)"], capture_output=True, text=True, check=True
    )
    return {name.partition(".")[0] for name in done.stdout.split()}


@pytest.mark.parametrize("package", SOURCES)
def test_files_and_functions_stay_small(package: str) -> None:
    wrong = [problem for path in files(package) for problem in _too_long(path)]
    assert not wrong


def _too_long(path: Path) -> Iterator[str]:
    text = path.read_text()
    if text.count("\n") > 400:
        yield f"{path.relative_to(ROOT)} has {text.count(chr(10))} lines"
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef):
            docs = ast.get_docstring(node, clean=False) or ""
            lines = (node.end_lineno or 0) - node.lineno + 1 - docs.count("\n")
            if lines > 45:
                yield f"{path.relative_to(ROOT)}:{node.lineno} {node.name} has {lines} lines"


SECRETS = re.compile(r"(AKIA[0-9A-Z]{16}|-----BEGIN [A-Z ]*PRIVATE KEY-----)")


def test_golden_files_hold_no_credentials() -> None:
    found = [
        str(path) for path in (ROOT / "tests/golden").rglob("*") if path.is_file() and SECRETS.search(path.read_text())
    ]
    assert not found
