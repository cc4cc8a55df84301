"""Transfers that take long tell it where nobody has set logging up, as in a worker: on stderr."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

SCRIPT = """
import sys
from pathlib import Path
from jetbridge.store import open_store
import jetbridge.store.progress as progress
progress.LOG_EVERY = {every}
open_store().upload(Path(sys.argv[1]), sys.argv[2])
"""


def _told(tmp_path: Path, every: float) -> str:
    (tmp_path / "big.bin").write_bytes(bytes(1000))
    command = [sys.executable, "-c", SCRIPT.format(every=every), str(tmp_path / "big.bin"), f"file://{tmp_path}/stored"]
    return subprocess.run(command, capture_output=True, text=True, check=True).stderr


def test_a_long_transfer_tells_it(tmp_path: Path) -> None:
    assert "upload of big.bin done" in _told(tmp_path, 0.0)


def test_a_short_transfer_is_silent(tmp_path: Path) -> None:
    assert _told(tmp_path, 10.0) == ""
