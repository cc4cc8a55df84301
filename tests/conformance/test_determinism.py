"""The same input gives the same bytes, whatever the hash seed of the process."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from jetbridge_translators import registry
from jetbridge_translators.planning import Planning
from tests.conformance.case import ROOT, Case
from tests.conformance.cases import CASES
from tests.conformance.profile import find, writings
from tests.conformance.refusals import refusals

SCRIPT = """
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from jetbridge.cli.main import main
out, backends, *targets = sys.argv[1:]
for index, target in enumerate(targets):
    folder = Path(out) / str(index)
    for arguments in (
        ["package", target, "-o", f"{folder}.tgz"],
        *(["translate", target, "--to", name, "-o", str(folder / name), "--store", "s3://b/r"]
          for name in backends.split(",")),
    ):
        try:
            main(arguments)
        except SystemExit as end:
            assert not end.code, arguments
"""
BACKENDS = sorted({writing.backend for writing in writings()})


def test_two_processes_write_the_same_bytes(tmp_path: Path) -> None:
    targets = [case.path for case in CASES if case.composite and _is_written(case)]
    with ThreadPoolExecutor() as pool:
        asked = [pool.submit(_write, tmp_path / seed, seed, targets) for seed in ("1", "4242")]
    digests = [each.result() for each in asked]
    assert len(digests[0]) >= len(targets) * (1 + len(BACKENDS))
    assert digests[0] == digests[1]


def _is_written(case: Case) -> bool:
    """Whether the command line writes the case without options."""
    if case.planning != Planning():
        return False
    backends = [registry.backend(name, find) for name in BACKENDS]
    return not any(refusals(case, backend, backend.default_target) for backend in backends)


def _write(folder: Path, seed: str, targets: list[str]) -> dict[str, str]:
    command = [sys.executable, "-c", SCRIPT, str(folder), ",".join(BACKENDS), *targets]
    subprocess.run(command, check=True, capture_output=True, cwd=ROOT, env={**os.environ, "PYTHONHASHSEED": seed})
    files = [path for path in sorted(folder.rglob("*")) if path.is_file()]
    return {str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}
