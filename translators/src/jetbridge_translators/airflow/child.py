"""Airflow as a child process in a session of its own, of which nothing is left when it ends."""

from __future__ import annotations

import os
import signal
import subprocess
from collections.abc import Generator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from types import FrameType


@contextmanager
def child(
    command: Sequence[str], env: Mapping[str, str], log: Path, grace_seconds: float
) -> Generator[subprocess.Popen[bytes]]:
    """Starts a command whose output goes to a file, and ends it and all its descendants when the block is left.

    A termination signal to this process leaves the block like Ctrl-C does.

    Args:
        command: The program and its arguments.
        env: Its whole environment.
        log: Where its output goes.
        grace_seconds: How long it may take to clean up after it was asked to end, before it is killed.
    """
    with log.open("wb") as output, _termination_as_exit():
        process = subprocess.Popen(
            command, env=dict(env), stdin=subprocess.DEVNULL, stdout=output, stderr=output, start_new_session=True
        )
        try:
            yield process
        finally:
            _end(process, grace_seconds)


def _end(process: subprocess.Popen[bytes], grace_seconds: float) -> None:
    """First asks, so that an operator can delete its pod; then kills what is left of the process group."""
    if process.poll() is None:
        process.send_signal(signal.SIGINT)
        with suppress(subprocess.TimeoutExpired):
            process.wait(grace_seconds)
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


@contextmanager
def _termination_as_exit() -> Generator[None]:
    try:
        previous = signal.signal(signal.SIGTERM, _exit)
    except ValueError:
        # Only the main thread may set handlers; elsewhere its owner decides.
        yield
        return
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, previous)


def _exit(number: int, frame: FrameType | None) -> None:
    raise SystemExit(128 + number)
