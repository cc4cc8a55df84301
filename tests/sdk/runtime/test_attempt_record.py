"""What an attempt leaves of its times: beside the outputs, and never in their way."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from jetbridge.errors import StoreError
from jetbridge.runtime.attempt_record import peak_memory, process_start
from jetbridge.store import ObjectStore
from tests.sdk.runtime.run import Run

HERE = Path(__file__).parents[3]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    monkeypatch.setattr(sys, "path", [*sys.path])
    return Run(tmp_path / "run")


def records(run: Run, node: str) -> list[dict[str, Any]]:
    return [json.loads(path.read_text()) for path in sorted((run.root / node / "records").iterdir())]


def test_phases_follow_each_other_and_hold_what_was_read(run: Run) -> None:
    run.write("n0/outputs.pb", o0=100)
    assert run.execute("n1", "add", "a=n0.o0") == 0
    (record,) = records(run, "n1")
    names, times = zip(*record["phases"], strict=True)
    assert names == ("code", "imports", "inputs", "user", "outputs")
    assert list(times) == sorted(times)
    assert record["ended"] >= times[-1]
    assert (record["outcome"], record["exit_code"], record["attempt"]) == ("succeeded", 0, 0)
    assert record["bytes_read"] == (run.root / "n0/outputs.pb").stat().st_size
    assert record["cpu_seconds"] is None, "the process is the test's"


def test_a_failure_and_an_attempt_without_work_are_told_apart(run: Run) -> None:
    assert run.execute("n0", "add", "a=json:1") == 0
    assert run.execute("n0", "add", "a=json:1", attempt=1) == 0
    assert [record["outcome"] for record in records(run, "n0")] == ["succeeded", "committed"]
    assert run.execute("n1", "add", 'a=json:"x"') == 80
    assert [record["outcome"] for record in records(run, "n1")] == ["failed"]


def test_a_process_of_its_own_tells_its_start_and_what_it_used(run: Run) -> None:
    argv = [f"--run-root={run.root}", "--node-path=n0", "--bind=a=json:1", "--"]
    loader = ["task-module", "tests.sdk.worker", "task-name", "add"]
    command = [sys.executable, "-m", "jetbridge.runtime.execute", *argv, *loader]
    subprocess.run(command, check=True, cwd=HERE, capture_output=True)
    (record,) = records(run, "n0")
    assert [name for name, _ in record["phases"]][:2] == ["start", "code"]
    assert 0 <= record["phases"][1][1] - record["phases"][0][1] < 30
    assert record["cpu_seconds"] > 0
    assert record["peak_memory"] > 5 * 2**20


def test_a_record_that_cannot_be_kept_fails_nothing(
    run: Run, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    write = ObjectStore.write

    def refuse(self: ObjectStore, uri: str, data: bytes, content_type: str = "") -> None:
        if "/records/" in uri:
            raise StoreError("the bucket is full")
        write(self, uri, data, content_type)

    monkeypatch.setattr(ObjectStore, "write", refuse)
    assert run.execute("n0", "add", "a=json:1") == 0
    assert run.output("n0") == 6
    assert "the times of n0 were not kept: the bucket is full" in capsys.readouterr().err


@pytest.mark.parametrize("look", [process_start, peak_memory])
def test_another_system_tells_nothing(look: Callable[[], object], monkeypatch: pytest.MonkeyPatch) -> None:
    assert look() is not None

    def missing(self: Path) -> str:
        raise FileNotFoundError(self)

    monkeypatch.setattr(Path, "read_text", missing)
    assert look() is None


def test_every_way_to_read_is_counted(tmp_path: Path) -> None:
    counts: list[int] = []
    store, uri = ObjectStore(on_read=counts.append), f"file://{tmp_path}/data"
    store.write(uri, b"12345")
    store.read(uri)
    store.download(uri, tmp_path / "copy")
    with store.open_reader(uri) as stream:
        assert stream.read(2) + stream.read() == b"12345"
    assert counts[:2] == [5, 5]
    assert sum(counts) == 15
