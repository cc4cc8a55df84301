"""The documented exit codes, from processes: what a script sees."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from jetbridge.cli.exit_codes import MEANINGS

ROOT = Path(__file__).parents[2]
COMMAND = (
    "import signal; signal.signal(signal.SIGINT, signal.default_int_handler);"
    "from jetbridge.cli.main import main; main()"
)
FLOWS = """
import time
from jetbridge import task, workflow


@task
def waits() -> int:
    print("it begins")
    time.sleep(60)
    return 1


@task
def breaks() -> int:
    raise ValueError("broken")


@workflow
def long() -> int:
    return waits()


@workflow
def failing() -> int:
    return breaks()
"""


def start(tmp_path: Path, *arguments: str) -> subprocess.Popen[bytes]:
    (tmp_path / "flows.py").write_text(FLOWS)
    environ = {**os.environ, "JETBRIDGE_STORE": str(tmp_path / "runs")}
    command = [sys.executable, "-c", COMMAND, *arguments]
    return subprocess.Popen(command, env=environ, cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.PIPE)


def ended(tmp_path: Path, *arguments: str) -> tuple[int, str]:
    with start(tmp_path, *arguments) as process:
        _, said = process.communicate(timeout=120)
        return process.returncode, said.decode()


def test_done(tmp_path: Path) -> None:
    assert ended(tmp_path, "--version") == (0, "")


def test_the_workflow_failed(tmp_path: Path) -> None:
    code, said = ended(tmp_path, "run", "flows.py:failing")
    assert code == 1
    assert "ValueError: broken" in said


@pytest.mark.parametrize(
    "arguments",
    [("runn",), ("run",), ("run", "flows.py:missing"), ("run", "flows.py:long", "--on", "nowhere"), ("list", "--x")],
)
def test_wrong_usage(tmp_path: Path, arguments: tuple[str, ...]) -> None:
    code, said = ended(tmp_path, *arguments)
    assert code == 2, said
    assert "Traceback" not in said


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_a_signal(tmp_path: Path, number: signal.Signals, code: int) -> None:
    with start(tmp_path, "run", "flows.py:long") as process:
        assert process.stderr is not None
        line = b""
        while b"it begins" not in line:
            line = process.stderr.readline()
            assert line, "it has ended"
        started = time.monotonic()
        process.send_signal(number)
        process.communicate(timeout=60)
        assert process.returncode == code
        assert time.monotonic() - started < 50, "the task does not go on"


def test_a_reader_that_goes_away_hears_nothing_more(tmp_path: Path) -> None:
    with start(tmp_path, "config", "show", "--json") as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.close()
        assert process.stderr.read() == b"", "no traceback"


def test_the_codes_are_documented() -> None:
    told = (ROOT / "docs/reference/cli.md").read_text()
    assert re.findall(r"^\| (\S+(?: \+ n)?) \|", told, re.M)[1:6] == list(MEANINGS)
