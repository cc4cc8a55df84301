"""Runs one command to its end, and explains a failure by the tail of what it printed."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

from tests.cluster.errors import ClusterError

TAIL_LINES = 15


def tail(text: str, lines: int = TAIL_LINES) -> str:
    """The last lines of a log, indented to stand in an error."""
    return "\n".join("    " + line for line in text.strip().splitlines()[-lines:])


def environment(extra: Mapping[str, str] | None = None) -> dict[str, str]:
    """This process's environment with some variables replaced."""
    return {**os.environ, **(extra or {})}


def run(
    command: Sequence[str | Path],
    *,
    hint: str,
    env: Mapping[str, str] | None = None,
    cwd: Path | None = None,
    stdin: bytes | None = None,
    timeout: float = 600.0,
) -> str:
    """Run a command and return what it printed; `ClusterError` with the tail and the hint if it fails."""
    argv = [str(part) for part in command]
    try:
        done = subprocess.run(
            argv, env=environment(env), cwd=cwd, input=stdin, capture_output=True, timeout=timeout, check=False
        )
    except FileNotFoundError as error:
        raise ClusterError(f"`{argv[0]}` is not installed", hint) from error
    except subprocess.TimeoutExpired as error:
        raise ClusterError(f"`{' '.join(argv)[:200]}` took longer than {timeout:.0f} s", hint) from error
    if done.returncode != 0:
        shown = tail((done.stdout + b"\n" + done.stderr).decode(errors="replace"))
        raise ClusterError(f"`{' '.join(argv)[:200]}` failed with exit code {done.returncode}:\n{shown}", hint)
    return done.stdout.decode(errors="replace")


def run_logged(
    command: Sequence[str | Path],
    *,
    log: Path,
    hint: str,
    env: Mapping[str, str] | None = None,
    cwd: Path | None = None,
) -> None:
    """Run a long command with its output appended to `log`; the error names the log and shows its tail."""
    argv = [str(part) for part in command]
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("ab") as output:
        output.write(f"$ {' '.join(argv)}\n".encode())
        output.flush()
        try:
            code = subprocess.run(
                argv, env=environment(env), cwd=cwd, stdout=output, stderr=output, stdin=subprocess.DEVNULL, check=False
            ).returncode
        except FileNotFoundError as error:
            raise ClusterError(f"`{argv[0]}` is not installed", hint) from error
    if code != 0:
        shown = tail(log.read_text(errors="replace"))
        raise ClusterError(f"`{' '.join(argv)[:160]}` failed with exit code {code} (log: {log}):\n{shown}", hint)
