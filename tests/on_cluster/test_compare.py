"""The report of one workflow on this machine, on Argo and as pods of Airflow: what each engine knows of its pods."""

from __future__ import annotations

from collections.abc import Generator, Mapping
from pathlib import Path
from typing import Any

import pytest

from tests.on_cluster.commands import Commands, Ended
from tests.on_cluster.site import ROOT, Site

pytestmark = pytest.mark.cluster
PENGUINS = f"{ROOT}/examples/penguins.py:pipeline"
BACKENDS = ("local", "argo", "airflow")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("compare")


@pytest.fixture(scope="module")
def commands(site: Site, folder: Path) -> Commands:
    # One configuration for both engines: that of somebody who may make workflows and pods.
    return Commands(folder, {**site.environ, "KUBECONFIG": site.admin, "TMPDIR": str(folder), "COLUMNS": "200"})


@pytest.fixture(scope="module")
def ended(site: Site, folder: Path, commands: Commands) -> Generator[Ended]:
    given = {"namespace": site.namespace, "containers": "pod", **site.options}
    options = [text for name, value in given.items() for text in (f"--{name}", value)]
    where = ["--store", site.store, "--image", site.image, "-o", str(folder / "report")]
    done = commands.start("compare", PENGUINS, "--on", ",".join(BACKENDS), "--json", *where, *options).ended()
    yield done
    # The Workflow is named after its run.
    runs: list[dict[str, Any]] = done.record["runs"] if done.record else []
    made = [str(run["run"]) for run in runs if run["backend"] == "argo"]
    site.kubectl("delete", "workflows", "--ignore-not-found", "--wait=false", *made, "none")


@pytest.fixture(scope="module")
def runs(ended: Ended) -> Mapping[str, Any]:
    assert ended.code == 0, ended.said
    return {run["backend"]: run for run in ended.record["runs"]}


def test_all_outputs_are_equal(ended: Ended, runs: Mapping[str, Any]) -> None:
    assert ended.record["all_equal"]
    assert {name: len(run["nodes"]) for name, run in runs.items()} == dict.fromkeys(BACKENDS, 7)


def test_each_task_is_one_pod_and_its_containers_are_counted(runs: Mapping[str, Any]) -> None:
    figures = {name: {key: run["figures"][key] for key in ("pods", "containers")} for name, run in runs.items()}
    known = {name: (each["pods"], each["containers"]) for name, each in figures.items()}
    assert known["local"] == ({"value": 0, "unknown": 0}, {"value": 0, "unknown": 0})
    assert known["airflow"] == ({"value": 7, "unknown": 0}, {"value": 7, "unknown": 0})
    # Argo's `init` and `wait` beside the task's own.
    assert known["argo"] == ({"value": 7, "unknown": 0}, {"value": 21, "unknown": 0})


@pytest.mark.parametrize("name", BACKENDS)
def test_every_attempt_is_split_and_in_order(runs: Mapping[str, Any], name: str) -> None:
    for node in runs[name]["nodes"]:
        (attempt,) = node["attempts"]
        phases = [span["phase"] for span in attempt["spans"]]
        assert {"plumbing", "user", "upload"} <= set(phases), node
        assert "run" not in phases
        ends = [span["end"] for span in attempt["spans"]]
        assert ends == sorted(ends)
        assert attempt["cpu_seconds"] > 0
        assert attempt["peak_memory"] > 0
    assert sum(node["attempts"][0]["bytes_read"] for node in runs[name]["nodes"]) > 0


def test_pods_take_longer_to_start_than_processes(runs: Mapping[str, Any]) -> None:
    starts = {name: run["phases"]["queue"] + run["phases"]["start"] for name, run in runs.items()}
    assert starts["local"] < min(starts["argo"], starts["airflow"])


def test_the_page_is_written(folder: Path, runs: Mapping[str, Any]) -> None:
    page = (folder / "report" / "report.html").read_text(encoding="utf-8")
    assert all(run["run"] in page for run in runs.values())


def test_the_same_runs_by_their_places(commands: Commands, ended: Ended, runs: Mapping[str, Any]) -> None:
    again = commands.start("compare", *(run["run_root"] for run in runs.values()), "--json").ended()
    assert again.code == 0, again.said
    assert [run["figures"] for run in again.record["runs"]] == [run["figures"] for run in ended.record["runs"]]
    assert again.record["capabilities"] == ended.record["capabilities"]
