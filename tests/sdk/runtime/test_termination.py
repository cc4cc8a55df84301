"""The end of a pod: SIGTERM to a real process of the entrypoint."""

from __future__ import annotations

import signal
import subprocess
from pathlib import Path
from typing import IO

import pytest

from jetbridge.idl import ContainerError, ExecutionError
from jetbridge.runtime.termination import Terminated, terminable
from tests.sdk.runtime.run import Run


def started(run: Run, how: str, attempt: int = 0) -> subprocess.Popen[str]:
    process = run.start("n0", "interrupted", f'how=json:"{how}"', attempt=attempt)
    assert pipe(process.stdout).readline() == "working\n"
    return process


def pipe(stream: IO[str] | None) -> IO[str]:
    assert stream is not None
    return stream


def interrupted(run: Run) -> None:
    error = run.error("n0")
    assert (error.code, error.kind, error.origin) == (
        "Interrupted",
        ContainerError.RECOVERABLE,
        ExecutionError.SYSTEM,
    )
    assert "ended from outside (SIGTERM)" in error.message


def test_the_attempt_is_the_systems_failure_and_the_next_goes_on_from_the_checkpoint(tmp_path: Path) -> None:
    run = Run(tmp_path / "run")
    with started(run, "asleep") as process:
        process.terminate()
        out, err = process.communicate(timeout=20)
    assert (process.returncode, out) == (82, "cleaned\n")
    assert "n0 failed [Interrupted]" in err
    interrupted(run)
    assert "tasks.py" in run.error("n0").message
    assert not run.committed("n0")
    assert run.execute("n0", "interrupted", 'how=json:""', attempt=1, module="tests.sdk.runtime.tasks") == 0
    assert run.output("n0") == 41


def test_a_second_signal_changes_nothing(tmp_path: Path) -> None:
    run = Run(tmp_path / "run")
    with started(run, "slow to clean") as process:
        for _ in range(20):
            process.terminate()
        out, _ = process.communicate(timeout=20)
    assert (process.returncode, out) == (82, "cleaned\n")
    interrupted(run)


def test_code_that_does_not_listen_is_reported_all_the_same(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("JETBRIDGE_GRACE_SECONDS", "0.2")
    run = Run(tmp_path / "run")
    with started(run, "deaf") as process:
        process.terminate()
        out, _ = process.communicate(timeout=20)
    assert (process.returncode, out) == (82, "not listening\nworking\n")
    interrupted(run)


def test_a_child_that_is_ended_does_not_end_the_task(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("JETBRIDGE_GRACE_SECONDS", "0")
    run = Run(tmp_path / "run")
    with run.start("n0", "ends_a_child") as process:
        _, err = process.communicate(timeout=20)
    assert (process.returncode, err) == (0, "")
    assert run.output("n0") == signal.SIGTERM


def test_threads_are_shown_when_asked_and_when_the_interpreter_crashes(tmp_path: Path) -> None:
    run = Run(tmp_path / "run")
    with started(run, "asleep") as process:
        process.send_signal(signal.SIGUSR1)
        shown = [pipe(process.stderr).readline() for _ in range(3)]
        process.kill()
    assert any("most recent call first" in line for line in shown)
    with run.start("n1", "crashes") as process:
        _, err = process.communicate(timeout=20)
    assert process.returncode == -signal.SIGSEGV
    assert "Fatal Python error: Segmentation fault" in err
    assert "tasks.py" in err


def test_a_commit_under_way_is_not_disturbed() -> None:
    before = signal.getsignal(signal.SIGTERM)
    with terminable() as termination:
        termination.finish()
        signal.raise_signal(signal.SIGTERM)
        signal.raise_signal(signal.SIGTERM)
        assert termination.requested
    with terminable(), pytest.raises(Terminated):
        signal.raise_signal(signal.SIGTERM)
    assert signal.getsignal(signal.SIGTERM) is before
