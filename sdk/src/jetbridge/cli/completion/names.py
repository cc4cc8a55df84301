"""What TARGET and RUN may be, found without importing anything and without a server: a key press must not wait."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import click
from click.shell_completion import CompletionItem

from jetbridge.errors import JetbridgeError

Items = list[CompletionItem[str]]
_RUNS = (
    "SELECT name, state || ' on ' || backend FROM runs WHERE name LIKE ? ESCAPE '\\' ORDER BY started_at DESC LIMIT 50"
)
_FILE_URL = "sqlite:///"
_LAUNCHABLE = ("workflow", "dynamic", "LaunchPlan", "Workflow", "ImperativeWorkflow")


def complete_target(context: click.Context, parameter: click.Parameter, incomplete: str) -> Items:
    """Workflows and launch plans of a Python file after its colon, files before."""
    place, colon, begun = incomplete.rpartition(":")
    if not colon:
        return [CompletionItem(incomplete, type="file")]
    return [CompletionItem(f"{place}:{name}") for name in workflow_names(Path(place)) if name.startswith(begun)]


def workflow_names(file: Path) -> list[str]:
    """The names at the top of a file that look like workflows or launch plans; the file is read, not run."""
    try:
        tree = ast.parse(file.read_bytes())
    except (OSError, SyntaxError, ValueError):
        return []
    return [name for node in tree.body for name in _names(node)]


def _names(node: ast.stmt) -> Iterator[str]:
    if isinstance(node, ast.FunctionDef) and any("workflow" in ast.unparse(each) for each in node.decorator_list):
        yield node.name
    elif isinstance(node, ast.Assign) and isinstance(node.value, ast.Call):
        called = ast.unparse(node.value.func).split(".")
        if set(called) & set(_LAUNCHABLE):
            yield from (target.id for target in node.targets if isinstance(target, ast.Name))


def complete_run(context: click.Context, parameter: click.Parameter, incomplete: str) -> Items:
    """The latest runs of a registry in a file, each with its state; a server is not asked."""
    path = _registry_file()
    if path is None or not path.is_file():
        return []
    import sqlite3  # late: only for a key press

    begun = incomplete.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_") + "%"
    try:
        with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True, timeout=0.2)) as connection:
            return [CompletionItem(name, help=told) for name, told in connection.execute(_RUNS, (begun,))]
    except sqlite3.Error:
        return []


def _registry_file() -> Path | None:
    from jetbridge.cli.settings import registry_url

    try:
        url = registry_url()
    except (JetbridgeError, ImportError):
        return None
    return Path(url.removeprefix(_FILE_URL)) if url.startswith(_FILE_URL) else None
