"""`jetbridge-fast-execute`: fetches a package's code, then becomes the command that runs the task.

This is flytekit's `pyflyte-fast-execute`, which `pyflyte package --copy` puts before a task's command.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import NoReturn

from jetbridge.errors import CodeBundleError, JetbridgeError
from jetbridge.runtime import exit_codes
from jetbridge.runtime.options import Command, last
from jetbridge.store import TASK_PATIENCE, open_store

_COMMAND = Command(
    "jetbridge-fast-execute",
    "Unpacks a code bundle, and runs the command that follows with it.",
    {
        "--additional-distribution": ("URI", "the code bundle, a .tar.gz"),
        "--dest-dir": ("DIR", "the folder to unpack it into; the current one without"),
    },
    "COMMAND…",
)
# flytekit's commands are not in an image that holds our library alone, and would not load our tasks.
_OURS = {
    **dict.fromkeys(("pyflyte-execute", "jetbridge-execute"), "execute"),
    **dict.fromkeys(("pyflyte-map-execute", "jetbridge-map-execute"), "map-execute"),
}


def fast_execute(argv: Sequence[str]) -> NoReturn:
    """Replaces this process by the command, so that signals and the exit code are the command's own."""
    given, command = _COMMAND.read(argv)
    uri = last(given, "--additional-distribution")
    folder = Path(last(given, "--dest-dir") or os.curdir)
    if not command:
        _COMMAND.refuse("tell the command after the options: -- pyflyte-execute …")
    if uri:
        _fetch_or_exit(uri, folder)
    command = command_with_code(command, uri, str(folder))
    environ = {**os.environ, "PYTHONPATH": _python_path(str(folder.expanduser().resolve()))}
    sys.stdout.flush()
    sys.stderr.flush()
    os.execvpe(command[0], command, environ)  # noqa: S606 -- the command is the container's own


def command_with_code(command: Sequence[str], uri: str, folder: str) -> list[str]:
    """The command to run: ours for flytekit's, which learns of the bundle for the tasks of dynamic workflows.

    Example:
        >>> command_with_code(["pyflyte-execute", "--resolver", "r"], "s3://b/fast1.tar.gz", "/root")[-5:]
        ['s3://b/fast1.tar.gz', '--dynamic-dest-dir', '/root', '--resolver', 'r']
    """
    name, *rest = command
    start = [sys.executable, "-m", "jetbridge.runtime.execute", _OURS[name]] if name in _OURS else [name]
    dynamic = ["--dynamic-addl-distro", uri, "--dynamic-dest-dir", folder] if uri else []
    return [*start, *(part for arg in rest for part in ([*dynamic, arg] if arg == "--resolver" else [arg]))]


def fetch_distribution(uri: str, folder: Path) -> None:
    """Downloads a package's code and puts its files into a folder, over those of the same names.

    Raises:
        CodeBundleError: the folder is missing, or the bundle is none that can be unpacked safely.
        StoreError: it cannot be read.
    """
    from tempfile import TemporaryDirectory

    from jetbridge.runtime.unpack import unpack

    if not folder.is_dir():
        raise CodeBundleError(f"there is no folder {folder} for the code", hint="Give one that exists as --dest-dir.")
    if not uri.endswith(".tar.gz"):
        raise CodeBundleError(
            f"the code bundle {uri!r} is no .tar.gz", hint="Package with `--copy auto`; pickled code is not loaded."
        )
    with TemporaryDirectory(prefix="jetbridge-code-") as name:
        archive, code = Path(name, "bundle.tar.gz"), Path(name, "code")
        open_store(TASK_PATIENCE).download(uri, archive)
        unpack(archive, code)
        _move(code, folder)


def _move(code: Path, folder: Path) -> None:
    import shutil

    shutil.copytree(code, folder, dirs_exist_ok=True)


def _fetch_or_exit(uri: str, folder: Path) -> None:
    """Without the code there is no task that could report: the reason goes to the log."""
    try:
        fetch_distribution(uri, folder)
    except (JetbridgeError, OSError) as error:
        sys.stderr.write(f"the code bundle cannot be used: {error}\n")
        raise SystemExit(exit_codes.SYSTEM) from error


def _python_path(folder: str) -> str:
    """The folder comes last, as with flytekit: what the image has installed before it wins."""
    return os.pathsep.join(filter(None, [os.environ.get("PYTHONPATH", ""), folder]))
