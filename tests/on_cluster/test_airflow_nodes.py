"""A branch, maps and sub-workflows as pods of Airflow: one pod for each task and element, none for what decides."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from tests.on_cluster.airflow_helpers import WORKFLOWS, airflow, watched
from tests.on_cluster.site import Site

pytestmark = pytest.mark.cluster
DECIDED = f"{WORKFLOWS}/decided.py:decided"


def test_only_tasks_and_elements_have_pods(site: Site, tmp_path: Path) -> None:
    with watched(site, tmp_path / "pods") as seen:
        ended = airflow(site, tmp_path).command("compare", DECIDED, "--on", "local,airflow", "--json").ended()
    assert ended.code == 0, ended.said
    assert set(ended.record["equal"].values()) == {True}
    assert ended.record["runs"][1]["outputs"] == {"o0": 30, "o1": 1, "o2": 0}
    assert Counter(seen.tasks("decided.decided")) == {
        "add_up_n0": 1,
        "scaled_n1_n0.numbers": 1,
        "scaled_n1_n0.map_scale": 3,
        "scaled_n1_n0.add_up": 1,
        "numbers": 1,
        "map_odd_only": 2,
        "missing": 1,
        "scaled_n5.numbers": 1,
        "scaled_n5.add_up": 1,
    }
    for states in seen.pods("decided.decided").values():
        assert [container["name"] for container in states[0]["spec"]["containers"]] == ["base"]
