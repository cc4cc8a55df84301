"""The launcher, as it is in the package: the first process of a container whose image has nothing of ours."""

from __future__ import annotations

import os
import platform
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from jetbridge.runtime.companion.exchange import Exchange
from jetbridge.runtime.companion.program import Ended, Program

SOURCES = Path(__file__).parents[4] / "sdk/launcher"
pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="the launcher is a Linux program")


@pytest.fixture(params=["packaged", "built"])
def exchange(request: pytest.FixtureRequest, tmp_path: Path) -> Exchange:
    """The shared folder with the launcher in it: that of the package, and one built now of the same source."""
    found = Exchange(tmp_path)
    found.offer_launcher()
    if request.param == "built":
        compiler = f"{platform.machine()}-linux-gnu-gcc"
        if shutil.which(compiler) is None:
            pytest.skip(f"there is no {compiler}")
        build = [str(SOURCES / "build.sh"), platform.machine()]
        subprocess.run(build, env={**os.environ, "OUT": str(tmp_path)}, check=True)
        (tmp_path / f"launch-{platform.machine()}").rename(tmp_path / "launch")
    return found


@pytest.fixture
def start(exchange: Exchange) -> Iterator[list[subprocess.Popen[str]]]:
    started: list[subprocess.Popen[str]] = []
    yield started
    for process in started:
        process.kill()
        process.communicate()


def launch(exchange: Exchange, started: list[subprocess.Popen[str]], **env: str) -> subprocess.Popen[str]:
    command = [str(exchange.folder / "launch"), str(exchange.folder)]
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
    process = subprocess.Popen(command, env=env, **pipes)  # type: ignore[call-overload] # of text
    started.append(process)
    return process


def test_it_runs_the_command_with_its_variables_and_ends_with_the_verdict(
    exchange: Exchange, start: list[subprocess.Popen[str]]
) -> None:
    process = launch(exchange, start, PATH=os.environ["PATH"], KEPT="k", CHANGED="before", CHANGED_TOO="kept")
    show = 'printf "%s|" "$@"; echo "$KEPT $CHANGED $CHANGED_TOO $NEW"; exit 3'
    argv = ("sh", "-c", show, "sh", "", "a b", "ü$x")
    exchange.start(Program(argv, {"CHANGED": "after", "NEW": "n"}))
    assert exchange.wait() == Ended(3)
    assert process.poll() is None
    exchange.end(81)
    out, _ = process.communicate(timeout=20)
    assert (process.returncode, out) == (81, "|a b|ü$x|k after kept n\n")


def test_a_verdict_without_a_command_runs_nothing(exchange: Exchange, start: list[subprocess.Popen[str]]) -> None:
    exchange.end(0)
    assert launch(exchange, start).wait(20) == 0


def test_without_arguments_it_only_shows_that_it_is_there(exchange: Exchange) -> None:
    assert subprocess.run([str(exchange.folder / "launch")], check=False).returncode == 0


@pytest.mark.parametrize(("name", "status"), [("no-such-program", 127), ("/no/such", 127), ("/etc/passwd", 126)])
def test_a_program_that_cannot_be_run_is_said(
    exchange: Exchange, start: list[subprocess.Popen[str]], name: str, status: int
) -> None:
    process = launch(exchange, start, PATH=os.environ["PATH"])
    exchange.start(Program((name,)))
    assert exchange.wait() == Ended(status)
    exchange.end(80)
    assert name in process.communicate(timeout=20)[1]


def test_a_signal_reaches_the_program_and_is_told(exchange: Exchange, start: list[subprocess.Popen[str]]) -> None:
    process = launch(exchange, start, PATH=os.environ["PATH"])
    exchange.start(Program(("sh", "-c", "trap 'exit 9' TERM; echo ready; while :; do sleep 0.1; done")))
    assert process.stdout is not None
    assert process.stdout.readline() == "ready\n"
    process.send_signal(signal.SIGTERM)
    assert exchange.wait() == Ended(9, signal.SIGTERM)
    exchange.end(82)
    assert process.wait(20) == 82


def test_a_program_that_is_killed_has_the_status_of_a_shell(
    exchange: Exchange, start: list[subprocess.Popen[str]]
) -> None:
    launch(exchange, start, PATH=os.environ["PATH"])
    exchange.start(Program(("sh", "-c", "kill -9 $$")))
    assert exchange.wait() == Ended(137)


def test_before_there_is_a_command_a_signal_ends_it(exchange: Exchange, start: list[subprocess.Popen[str]]) -> None:
    process = launch(exchange, start)
    time.sleep(0.2)
    process.send_signal(signal.SIGTERM)
    assert process.wait(20) == 128 + signal.SIGTERM


def test_a_companion_that_was_started_again_goes_on_waiting(exchange: Exchange) -> None:
    exchange.start(Program(("true",)))
    again = Exchange(exchange.folder)
    assert again.is_started()
    assert not again.is_over()
    threading.Timer(0.1, lambda: (exchange.folder / "ended").write_text("0 0")).start()
    assert again.wait() == Ended(0)


def test_both_processors_have_one() -> None:
    folder = Path(sys.modules[Exchange.__module__].__file__ or "").parent
    assert {file.name for file in folder.glob("launch-*")} == {"launch-x86_64", "launch-aarch64"}


def test_its_arguments_are_those_of_the_companion(exchange: Exchange, start: list[subprocess.Popen[str]]) -> None:
    words = ["--a=b c", "", "--", "ü"]
    command = [str(exchange.folder / "launch"), str(exchange.folder), *words]
    start.append(subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True))
    assert exchange.arguments() == words
