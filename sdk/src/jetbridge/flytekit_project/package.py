"""A flytekit file as a package, written by flytekit's own tool in a process of its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from jetbridge.errors import UsageError
from jetbridge.flytekit_project.environment import VARIABLE, flytekit_python
from jetbridge.package import Package, read_package

_STANDARD_ERROR = 2
_SCRIPT = Path(__file__).with_name("packager.py")


@dataclass(frozen=True, slots=True)
class FlytekitModule:
    """A Python module that flytekit imports.

    Attributes:
        shown: How the user calls it.
        name: Its dotted name.
        root: The folder from which it is imported.
        images: What `--image` said.
    """

    shown: str
    name: str
    root: Path
    images: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Packaged:
    """What flytekit made of a module.

    Attributes:
        package: The package; None when the module has no task or workflow.
        launchables: The names of workflows and launch plans by the module's attributes.
    """

    package: Package | None
    launchables: Mapping[str, str]


def package_module(module: FlytekitModule, copy: str = "") -> Packaged:
    """The package of a module.

    Args:
        module: The module.
        copy: `auto` or `all` puts the module's code into the package.

    Raises:
        UsageError: flytekit is missing, or the module cannot be imported or packaged.
        InvalidPackageError: what flytekit wrote is no package.
    """
    with tempfile.TemporaryDirectory(prefix="jetbridge-flytekit-") as folder:
        answer, output = Path(folder, "answer.json"), Path(folder, "package.tgz")
        _run(module, copy, answer, output)
        told = _read(answer, module)
        if "failure" in told:
            raise _error(module, told["failure"])
        return Packaged(read_package(output) if output.exists() else None, told["launchables"])


def _run(module: FlytekitModule, copy: str, answer: Path, output: Path) -> None:
    images = [part for image in module.images for part in ("--image", image)]
    arguments = [str(answer), str(module.root), module.name, copy, "--output", str(output), *images]
    python = flytekit_python()
    try:
        subprocess.run(
            [python, str(_SCRIPT), *arguments], stdin=subprocess.DEVNULL, stdout=_STANDARD_ERROR, check=False
        )
    except OSError as error:
        raise UsageError(
            f"the Python {python!r} cannot be started: {error.strerror}", hint=f"{VARIABLE} names one that can."
        ) from error


def _read(answer: Path, module: FlytekitModule) -> dict[str, Any]:
    try:
        return json.loads(answer.read_text())
    except (OSError, ValueError) as error:
        raise UsageError(
            f"importing {module.shown!r} ended Python, without an exception",
            hint="Import the file by itself with `python -c` to see why.",
        ) from error


def _error(module: FlytekitModule, failure: Mapping[str, Any]) -> UsageError:
    stage, missing, shown = failure["stage"], failure["module"], module.shown
    if stage == "flytekit":
        return UsageError(
            f"{shown!r} needs flytekit, which {flytekit_python()} cannot import: {failure['message']}",
            hint=f"pip install flytekit, or name the Python that has it by {VARIABLE}.",
        )
    if missing:
        return UsageError(f"{shown!r} needs the module {missing!r}, which is not installed", hint=_install(missing))
    place = f" ({_relative(failure['file'])}:{failure['line']})" if failure["file"] else ""
    if failure["kind"] == "SyntaxError":
        return UsageError(f"{shown!r} is not valid Python: {failure['message']}{place}", hint="Mend that line.")
    raised = f"raised {failure['kind']}: {failure['message']}{place}"
    if stage == "import":
        return UsageError(f"importing {shown!r} {raised}", hint="The file must be importable without side effects.")
    return UsageError(
        f"`pyflyte package` of {shown!r} {raised}", hint="It must be packaged by flytekit itself without this error."
    )


def _install(module: str) -> str:
    python = flytekit_python()
    command = "pip install" if python == sys.executable else f"{python} -m pip install"
    return f"{command} {module.partition('.')[0]}"


def _relative(file: str) -> str:
    """A path below the current folder as the user sees it."""
    return os.path.relpath(file) if Path(file).is_relative_to(Path.cwd()) else file
