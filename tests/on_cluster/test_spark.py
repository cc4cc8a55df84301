"""Spark for real: on this machine, and both ways on the cluster from Argo and from Airflow, with the same float.

The runs go one after the other: a driver and its executors take what a small node has.
"""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from collections.abc import Generator
from pathlib import Path
from typing import Any

import pytest

from tests.on_cluster.airflow_helpers import airflow
from tests.on_cluster.commands import Command, Commands, Ended
from tests.on_cluster.site import ROOT, Site

pytestmark = [pytest.mark.cluster, pytest.mark.spark]
HELLO = f"{ROOT}/examples/hello_spark.py:my_spark"
TASKS = f"{Path(__file__).parent}/workflows/spark_tasks.py"
PI = 3.14716
WAYS = [(backend, way) for backend in ("argo", "airflow") for way in ("operator", "client")]


@pytest.fixture(scope="session")
def image(site: Site) -> str:
    """The Spark image; on our own cluster the operator and the name service are started with it."""
    if not site.ours:
        pytest.skip("Spark's tests need an image with Java and the Spark operator; they know only those of our cluster")
    command = [sys.executable, "-m", "tests.cluster", "spark"]
    return subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout.split()[-1]


class Way:
    """How Spark's tasks run: a back end, and what runs their drivers."""

    def __init__(self, site: Site, folder: Path, image: str) -> None:
        self._airflow = airflow(site, folder)
        self._site = site
        self._image = image
        self.argo = Commands(folder, {**site.environ, "COLUMNS": "200"})

    def start(self, backend: str, way: str, target: str, *arguments: str, image: str = "") -> Command:
        """Starts a run."""
        given = ("run", target, "--on", backend, "--json", "--spark", way, *arguments)
        if backend == "airflow":
            return self._airflow.command(*given, image=image or self._image)
        options = [text for name, value in self._site.options.items() for text in (f"--{name}", value)]
        return self.argo.start(*given, "--store", self._site.store, "--image", image or self._image, *options)

    def run(self, backend: str, way: str, target: str, *arguments: str) -> Ended:
        """A run that has ended."""
        return self.start(backend, way, target, *arguments).ended()

    def end(self) -> None:
        """Ends what still runs."""
        self.argo.end()
        self._airflow.commands.end()


@pytest.fixture
def way(site: Site, tmp_path: Path, image: str) -> Generator[Way]:
    made = Way(site, tmp_path, image)
    yield made
    made.end()


def applications(site: Site) -> list[dict[str, Any]]:
    return json.loads(site.kubectl("get", "sparkapplications", "-o", "json"))["items"]


def executors(site: Site) -> list[str]:
    return site.kubectl("get", "pods", "-l", "spark-role=executor", "-o", "name").split()


def test_on_this_machine_the_example_gives_pi(tmp_path: Path) -> None:
    done = Commands(tmp_path, {}).start("run", HELLO, "--json", "--input", "partitions=2").ended()
    assert done.code == 0, done.said
    assert done.record["outputs"] == {"o0": PI}


@pytest.mark.parametrize(("backend", "which"), WAYS)
def test_the_example_gives_the_same_float(way: Way, backend: str, which: str) -> None:
    done = way.run(backend, which, HELLO, "--input", "partitions=2")
    assert done.code == 0, done.said
    assert done.record["outputs"] == {"o0": PI}
    assert [step["state"] for step in done.record["steps"]] == ["succeeded"]


@pytest.mark.parametrize("which", ["operator", "client"])
def test_executors_read_and_write_frames_in_the_store(way: Way, which: str) -> None:
    done = way.run("argo", which, f"{TASKS}:frames")
    assert done.code == 0, done.said
    assert done.record["outputs"] == {"o0": 12}


@pytest.mark.parametrize(("backend", "which"), WAYS)
def test_an_exception_in_the_driver_is_shown_with_its_traceback(way: Way, backend: str, which: str) -> None:
    done = way.run(backend, which, f"{TASKS}:raises")
    assert done.code == 1
    assert "ZeroDivisionError: division by zero" in done.said
    assert "current_context().spark_session.range(a).count() / 0" in done.said
    assert "USER:RuntimeError" in done.said
    assert "dividing" in done.said, "the driver's log is shown"


@pytest.mark.parametrize("which", ["operator", "client"])
def test_an_image_that_is_missing_is_the_reason(way: Way, site: Site, which: str) -> None:
    done = way.start("argo", which, HELLO, image="localhost/there-is-none:1").ended()
    assert done.code == 1
    assert "localhost/there-is-none:1" in done.said
    assert "--image" in done.said
    assert not applications(site), "what cannot start is deleted"


@pytest.mark.parametrize("which", ["operator", "client"])
def test_a_run_that_is_stopped_leaves_neither_application_nor_executors(way: Way, site: Site, which: str) -> None:
    command = way.start("argo", which, f"{TASKS}:sleeps")
    command.wait_for("sleeping")
    command.process.send_signal(signal.SIGINT)
    assert command.ended().code == 130
    assert not applications(site)
    site.kubectl("wait", "--for=delete", "pod", "-l", "spark-role", "--timeout=120s")
    assert not executors(site)
