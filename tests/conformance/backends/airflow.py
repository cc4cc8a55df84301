"""Airflow: DAG files imported by a DagBag, runs by `airflow dags test` with processes or with pods.

A run costs ten seconds of two cores before its first task starts, so only the composite cases run on Airflow.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from tests.conformance.profile import CLUSTER, Profile, Way, Written
from tests.conformance.read_back.airflow import as_expected, read
from tests.conformance.read_back.graph import ReadBack

_DAG_BAGS = Path(__file__).with_name("dag_bags.py")


def validate(written: Sequence[Written], folder: Path) -> list[str]:
    """Errors and warnings of DagBags, one for each variant: the same DAG ids occur in all of them."""
    dags = folder / "dags"
    for one in written:
        place = dags / one.writing.name / one.case
        place.mkdir(parents=True)
        for name, data in one.files.items():
            (place / name).write_bytes(data)
    # Without the script's folder on the path: this file's name would hide Airflow.
    command = [sys.executable, "-P", str(_DAG_BAGS), str(dags)]
    done = subprocess.run(command, env=_environment(folder), capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    problems: list[str] = json.loads(done.stdout.splitlines()[-1])
    return problems


def _environment(folder: Path) -> dict[str, str]:
    return {
        **os.environ,
        "AIRFLOW_HOME": str(folder),
        "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
        "AIRFLOW__USAGE_DATA_COLLECTION__ENABLED": "False",
    }


PROFILE = Profile(
    validate=validate,
    validate_marker="airflow",
    read_back=ReadBack(read, as_expected, frozenset({"sql-work"})),
    variants=({"containers": "pod"}, {"containers": "process"}),
    ways=(
        Way(name="airflow-process", marker="airflow", options={"containers": "process"}, all_cases=False),
        Way(
            name="airflow-pod",
            marker=CLUSTER,
            options={"containers": "pod"},
            all_cases=False,
            at_once=6,
            account="jetbridge-airflow",
        ),
    ),
)
