"""Real DAG runs through the command line: authored tasks, the real entrypoint, the real Airflow."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from jetbridge.store import ObjectStore
from jetbridge_translators.run_end import read_end

pytestmark = pytest.mark.airflow
COMMAND = (
    "import signal; signal.signal(signal.SIGINT, signal.default_int_handler);"
    "from jetbridge.cli.main import main; main()"
)
"""The command line. A shell's background jobs ignore SIGINT, and hand that on."""
FLOWS = """
import time
from pathlib import Path

from jetbridge import task, workflow
from jetbridge.errors import FlyteRecoverableException

TEXT = "{{ $(HOME) 'q' {% x %} größe \\n.sh"

@task(retries=2)
def flaky(n: int, marker: str) -> int:
    path = Path(marker)
    print(f"the marker is there: {path.exists()}")
    if not path.exists():
        path.touch()
        raise FlyteRecoverableException("try again")
    return n + 1

@task
def repeat(text: str, n: int) -> str:
    return text * n

@task(retries=3)
def broken(n: int) -> int:
    raise ValueError(f"{n} is no good")

@task
def sleepy(marker: str) -> int:
    Path(marker).touch()
    time.sleep(60)
    return 1

@workflow
def good(marker: str, n: int = 1, text: str = TEXT) -> str:
    return repeat(text=text, n=flaky(n=n, marker=marker))

@workflow
def bad(n: int) -> str:
    return repeat(text="x", n=broken(n=n))

@workflow
def slow(marker: str) -> int:
    return sleepy(marker=marker)
"""
TEXT = "{{ $(HOME) 'q' {% x %} größe \n.sh"

BROKEN_LINE = FLOWS[: FLOWS.index("n=broken(")].count("\n") + 1


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "flows.py").write_text(FLOWS)
    (tmp_path / "tmp").mkdir()
    return tmp_path


def start(folder: Path, workflow: str, *inputs: str) -> subprocess.Popen[str]:
    given = [part for text in inputs for part in ("--input", text)]
    options = ["--on", "airflow", "--containers", "process", "--store", str(folder / "store"), "--json"]
    return subprocess.Popen(
        [sys.executable, "-c", COMMAND, "run", f"{folder / 'flows.py'}:{workflow}", *options, *given],
        env={**os.environ, "TMPDIR": str(folder / "tmp")},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def kept_homes(folder: Path) -> list[Path]:
    return sorted((folder / "tmp").glob("jetbridge-airflow-*"))


def test_a_run_gives_the_outputs_and_retries_what_can_be_retried(folder: Path) -> None:
    marker = folder / "marker"
    out, err = start(folder, "good", f"marker={marker}").communicate()
    found = json.loads(out)
    assert found["outputs"] == {"o0": TEXT * 2}, err
    assert {step["name"]: step["state"] for step in found["steps"]} == {"flaky": "succeeded", "repeat": "succeeded"}
    assert all(step["seconds"] > 0 for step in found["steps"])
    assert found["run_root"] == f"file://{folder}/store/{found['run']}"
    assert "airflow: retrying flaky" in err
    assert "the marker is there: True" in err
    assert kept_homes(folder) == []
    end = read_end(ObjectStore(), found["run_root"])
    assert end is not None
    told = sorted((one.path, one.number, one.state, one.containers) for one in end.attempts)
    assert told == [("n0", 0, "failed", 0), ("n0", 1, "succeeded", 0), ("n1", 0, "succeeded", 0)], "history counts"
    assert all(end.started < (one.started or 0) < (one.ended or 0) < time.time() for one in end.attempts)


def test_a_users_error_is_final_and_told(folder: Path) -> None:
    process = start(folder, "bad", "n=7")
    _, err = process.communicate()
    assert process.returncode == 1
    assert "retrying" not in err
    assert "ValueError: 7 is no good" in err
    assert f"flows.py:{BROKEN_LINE}" in err
    (home,) = kept_homes(folder)
    assert str(home / "airflow.log") in re.sub(r"\s*\n\s*", "", err)
    frames = re.findall(r'File "([^"]+)"', err)
    assert frames
    assert all(Path(frame).name == "flows.py" for frame in frames), "only the user's own lines are shown"


def test_ctrl_c_leaves_nothing(folder: Path) -> None:
    marker = folder / "marker"
    process = start(folder, "slow", f"marker={marker}")
    while not marker.exists():
        assert process.poll() is None, process.communicate()
        time.sleep(0.1)
    process.send_signal(signal.SIGINT)
    process.communicate(timeout=20)
    assert process.returncode == 130
    assert kept_homes(folder) == []
    assert not [line for line in processes() if str(folder) in line]


def processes() -> list[str]:
    found: list[str] = []
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            found.append(path.read_text(errors="replace").replace("\0", " "))
        except (FileNotFoundError, ProcessLookupError):
            continue
    return found
