"""Big files in little memory: each way through the store in a process of its own, whose peak is measured."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.sdk.small_s3 import small_s3

MIB = 1024 * 1024
SIZE = 192 * MIB
PEAK = 130
"""MiB of a process that would need more than 192 if it held the file."""
PROGRAM = """
import shutil, sys
from pathlib import Path
from jetbridge.store import open_store
action, path, uri = sys.argv[1], Path(sys.argv[2]), sys.argv[3]
store = open_store()
if action in ("upload", "download"):
    getattr(store, action)(*((path, uri) if action == "upload" else (uri, path)))
elif action == "write":
    with path.open("rb") as source, store.open_writer(uri) as target:
        shutil.copyfileobj(source, target, 1 << 20)
else:
    with store.open_reader(uri) as source, path.open("wb") as target:
        shutil.copyfileobj(source, target, 1 << 20)
# Not ru_maxrss, which keeps the parent's peak over fork and exec.
print(next(line.split()[1] for line in open("/proc/self/status") if line.startswith("VmHWM:")))
"""


def peak(action: str, path: Path, uri: str, environ: dict[str, str]) -> int:
    """MiB of memory that one transfer needs at most."""
    command = [sys.executable, "-c", PROGRAM, action, str(path), uri]
    done = subprocess.run(command, check=True, capture_output=True, text=True, env={**os.environ, **environ})
    return int(done.stdout) // 1024


def start(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(5)


@pytest.fixture
def sparse(tmp_path: Path) -> Path:
    path = tmp_path / "big"
    with path.open("wb") as file:
        file.truncate(SIZE)
        file.write(b"start")
    return path


@pytest.mark.parametrize("way", [("upload", "download"), ("write", "read")], ids=["files", "streams"])
def test_a_local_store(sparse: Path, tmp_path: Path, way: tuple[str, str]) -> None:
    uri, back = f"file://{tmp_path}/store/big", tmp_path / "back"
    assert peak(way[0], sparse, uri, {}) < PEAK
    assert peak(way[1], back, uri, {}) < PEAK
    assert (back.stat().st_size, start(back)) == (SIZE, b"start")
    for path in (sparse, back, tmp_path / "store" / "big"):
        path.unlink()


def test_s3(sparse: Path, tmp_path: Path) -> None:
    """The streams have the same bound; `tests/on_cluster/test_store_s3.py` measures them on a real gateway."""
    back = tmp_path / "back"
    with small_s3() as s3:
        assert peak("upload", sparse, "s3://b/big", s3.environment) < PEAK
        assert len(s3.objects["big"]) == SIZE
        assert peak("download", back, "s3://b/big", s3.environment) < PEAK
    assert (back.stat().st_size, start(back)) == (SIZE, b"start")
    for path in (sparse, back):
        path.unlink()
