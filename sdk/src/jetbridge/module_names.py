"""The module name under which a worker finds a function again."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any


def module_name_of(function: Callable[..., Any]) -> str:
    """The function's module; for a script that is run directly, the name it has when it is imported."""
    if function.__module__ != "__main__":
        return function.__module__
    file = getattr(sys.modules["__main__"], "__file__", None)
    return module_name_for(Path(file)) if file else "__main__"


def source_root_of(file: Path) -> Path:
    """The folder from which a file's module is imported: the first one above it that is not a package."""
    folder = file.resolve().parent
    while (folder / "__init__.py").is_file():
        folder = folder.parent
    return folder


def module_name_for(file: Path) -> str:
    """The dotted module name of a file, relative to its source root.

    Example:
        >>> module_name_for(Path("/nowhere/penguins.py"))
        'penguins'
    """
    relative = file.resolve().relative_to(source_root_of(file)).with_suffix("")
    return ".".join(relative.parts)
