"""Whether a Python file was written for flytekit: by what it imports, without running it."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

_FLYTEKIT = ("flytekit", "flytekitplugins")


def uses_flytekit(file: Path) -> bool:
    """Whether a file imports flytekit and not us. One that cannot be parsed imports nothing: Python says why."""
    try:
        tree = ast.parse(file.read_bytes())
    except (OSError, ValueError, SyntaxError, RecursionError, MemoryError):  # what a deeply nested file raises
        return False
    modules = {name.partition(".")[0] for name in _imported(tree)}
    return bool(modules & set(_FLYTEKIT)) and "jetbridge" not in modules


def _imported(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.level == 0:
            yield node.module or ""
