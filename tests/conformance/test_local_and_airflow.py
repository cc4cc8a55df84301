"""T4 and T5: the examples run on this machine and as a real Airflow DAG run, with equal outputs."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.conformance.cases import CASES, ROOT

COMMAND = [sys.executable, "-c", "from jetbridge.cli.main import main; main()"]


def test_penguins_on_this_machine(tmp_path: Path) -> None:
    record = _json(["run", CASES[0].target, "--on", "local", "--store", str(tmp_path), "--json"])
    report = record["outputs"]["report"]
    assert (report["rows_read"], report["rows_used"], report["steepest"]) == (344, 342, "Gentoo")
    assert [line["penguins"] for line in report["fits"]] == [151, 68, 123]
    assert len(record["steps"]) == 7
    assert Path(record["outputs"]["plot"].removeprefix("file://")).read_bytes().startswith(b"\x89PNG")


@pytest.mark.airflow
def test_penguins_on_airflow_gives_the_same(tmp_path: Path) -> None:
    options = ["--on", "local,airflow", "--containers", "process", "--store", str(tmp_path), "--json"]
    record = _json(["compare", CASES[0].target, *options])
    assert record["equal"] == {"plot": True, "report": True}
    assert [len(run["steps"]) for run in record["runs"]] == [7, 7]


def test_spark_is_refused_on_this_machine(tmp_path: Path) -> None:
    done = subprocess.run(
        [*COMMAND, "run", CASES[1].target, "--on", "local", "--store", str(tmp_path)],
        capture_output=True,
        text=True,
        cwd=ROOT,
        check=False,
    )
    assert done.returncode == 1
    assert "hello_spark.py:" in done.stderr
    assert "resource-work" in done.stderr
    assert not list(tmp_path.iterdir()), "nothing ran, so nothing is stored"


def _json(arguments: list[str]) -> dict[str, Any]:
    done = subprocess.run([*COMMAND, *arguments], capture_output=True, text=True, cwd=ROOT, check=False)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)
