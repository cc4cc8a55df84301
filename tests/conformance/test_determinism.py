"""The same input gives the same bytes, whatever the hash seed of the process."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from pathlib import Path

from tests.conformance.cases import CASES, ROOT

SCRIPT = """
import sys
from pathlib import Path
from jetbridge.cli.main import main
targets, out = sys.argv[2:], Path(sys.argv[1])
for index, target in enumerate(targets):
    for arguments in (
        ["package", target, "-o", str(out / f"{index}.tgz")],
        ["translate", target, "--to", "argo", "-o", str(out / f"{index}-argo"), "--store", "s3://b/r"],
        ["translate", target, "--to", "airflow", "-o", str(out / f"{index}-airflow"), "--store", "s3://b/r"],
    ):
        try:
            main(arguments)
        except SystemExit as end:
            assert not end.code, arguments
"""


def test_two_processes_write_the_same_bytes(tmp_path: Path) -> None:
    digests = [_write(tmp_path / seed, seed) for seed in ("1", "4242")]
    assert len(digests[0]) >= 3 * len(CASES)
    assert digests[0] == digests[1]


def _write(folder: Path, seed: str) -> dict[str, str]:
    command = [sys.executable, "-c", SCRIPT, str(folder), *(case.target for case in CASES)]
    subprocess.run(command, check=True, capture_output=True, cwd=ROOT, env={**os.environ, "PYTHONHASHSEED": seed})
    files = [path for path in sorted(folder.rglob("*")) if path.is_file()]
    return {str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}
