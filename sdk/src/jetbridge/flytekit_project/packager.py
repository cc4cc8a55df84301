"""Runs where flytekit is installed: imports a module and has flytekit's own `pyflyte package` write it.

`python packager.py ANSWER ROOT MODULE COPY OPTION…` writes a JSON object to the file ANSWER: `launchables`, the names
of entities by the module's attributes, or `failure`, what went wrong. What the author prints goes to standard error.
Only Python's own library and flytekit may be imported here, and flytekit 1.10 runs on Python 3.8.
"""

from __future__ import annotations

import importlib
import io
import json
import os
import sys
import traceback
from contextlib import redirect_stdout
from pathlib import Path
from typing import Any, cast

_LIBRARIES = {"importlib", "flytekit", "click", "rich_click"}


class NoImageIsBuilt:
    """Stands for the builder of images: an ImageSpec's name is a hash of its content, known without building it.

    `pyflyte package` would call a container engine here, which reading a workflow must not do.
    """

    @classmethod
    def build(cls, spec: Any) -> None:
        """Does nothing."""


def main(answer: str, root: str, module: str, copy: str, options: list[str]) -> None:
    """Packages a module; what went wrong is in the answer."""
    sys.path[0] = root  # in the place of this script's folder
    os.dup2(2, 1)
    Path(answer).write_text(json.dumps(_packaged(root, module, copy, options)), encoding="utf-8")


def _packaged(root: str, module: str, copy: str, options: list[str]) -> dict[str, Any]:
    try:
        _without_building_images()
    except ImportError as error:
        return {"failure": _failure("flytekit", error)}
    try:
        loaded = importlib.import_module(module)
    except BaseException as error:
        return {"failure": _failure("import", error)}
    try:
        launchables = _launchables(loaded)
        _pyflyte_package(root, module, copy, options)
    except BaseException as error:
        return {"failure": _failure("package", error)}
    return {"launchables": launchables}


def _without_building_images() -> None:
    images = importlib.import_module("flytekit.image_spec.image_spec")
    images.ImageBuildEngine.build = NoImageIsBuilt.build


def _pyflyte_package(root: str, module: str, copy: str, options: list[str]) -> None:
    command = importlib.import_module("flytekit.clis.sdk_in_container.package").package
    argv = ["--source", root, *_copy_options(command, copy), *options]
    sys.argv = ["pyflyte", "package", *argv]  # the command looks there for what was given
    with redirect_stdout(io.StringIO()):
        command.main(argv, standalone_mode=False, obj={"pkgs": [module], "verbose": 0})


def _copy_options(command: Any, copy: str) -> list[str]:
    """How this flytekit is told to pack the code: `--copy` is younger than `--fast`, which takes all files."""
    if not copy:
        return []
    knows_copy = any(option.name == "copy" for option in command.params)
    return ["--copy", copy] if knows_copy else ["--fast"]


def _launchables(module: Any) -> dict[str, str]:
    """Workflows of the module and launch plans in it: attribute to name, in the author's order."""
    workflows = importlib.import_module("flytekit.core.workflow").WorkflowBase
    plans = importlib.import_module("flytekit.core.launch_plan").LaunchPlan
    attributes = cast("dict[str, Any]", vars(module))
    found = {attribute: value for attribute, value in attributes.items() if isinstance(value, (plans, workflows))}
    return {
        attribute: str(value.name)
        for attribute, value in found.items()
        if isinstance(value, plans) or not _is_foreign(str(value.name), module.__name__)
    }


def _is_foreign(name: str, module: str) -> bool:
    """Whether a workflow comes from another module; one made by `Workflow(name=…)` has a name of any form."""
    origin = name.rpartition(".")[0]
    return origin != module and origin in sys.modules


def _failure(stage: str, error: BaseException) -> dict[str, Any]:
    frames = [frame for frame in traceback.extract_tb(error.__traceback__) if _is_authors(frame.filename)]
    syntax = isinstance(error, SyntaxError)
    return {
        "stage": stage,
        "kind": type(error).__name__,
        "message": error.msg if syntax else str(error),
        "module": error.name if isinstance(error, ModuleNotFoundError) else None,
        "file": error.filename if syntax else frames[-1].filename if frames else "",
        "line": error.lineno if syntax else frames[-1].lineno if frames else 0,
    }


def _is_authors(file: str) -> bool:
    return file != __file__ and not file.startswith("<frozen") and not _LIBRARIES & set(Path(file).parts)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], sys.argv[3], sys.argv[4], sys.argv[5:])
