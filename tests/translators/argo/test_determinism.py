"""The same plan gives the same bytes, whatever the process."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[3]
_PROGRAM = """
import hashlib
{first}
from tests.translators.argo.plans import everything, settings
from jetbridge_translators.argo.backend import translate
for name, data in translate(everything(), settings(service_account="runner")).files.items():
    print(name, hashlib.sha256(data).hexdigest())
"""


def _translate(seed: str, first: str = "") -> str:
    environment = {**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-c", _PROGRAM.format(first=first)]
    return subprocess.run(command, env=environment, capture_output=True, check=True, text=True).stdout


def test_bytes_do_not_depend_on_hash_seed_or_on_who_imported_hera() -> None:
    written = _translate("1")
    assert len(written.splitlines()) == 3
    assert _translate("2", first="import hera.workflows, yaml") == written


def test_the_back_end_s_record_does_not_import_hera() -> None:
    program = "import sys, jetbridge_translators.argo.backend; print('hera' in sys.modules, 'yaml' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, check=True, text=True)
    assert done.stdout.split() == ["False", "False"]
