"""The translated file in an Airflow of a user's: scheduler, LocalExecutor, REST API, and pods on the cluster."""

from __future__ import annotations

import json
import os
from collections.abc import Generator, Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest

from jetbridge.runtime.layout import inputs_uri
from jetbridge.store import join, open_store
from jetbridge_translators.api import read_outputs
from jetbridge_translators.base import RunResult
from jetbridge_translators.cli.execution import Execution
from tests.on_cluster.airflow_helpers import WORKFLOWS, Seen, airflow, watched
from tests.on_cluster.launch import Launcher
from tests.on_cluster.outputs import equal_outputs
from tests.on_cluster.site import ROOT, Site
from tests.on_cluster.workflows.every_type import HOSTILE
from tests.translators.airflow.standalone import Standalone, standalone

pytestmark = pytest.mark.cluster
TARGETS = {
    "penguins.pipeline": f"{ROOT}/examples/penguins.py:pipeline",
    "every_type.everything": f"{WORKFLOWS}/every_type.py:everything",
}
GIVEN: Mapping[str, Mapping[str, object]] = {
    "penguins.pipeline": {"min_mass": 3000},
    "every_type.everything": {
        "i": -7,
        "s": "$(HOME) {{ params.s }} {% raw %} {# .sh",
        "strings": [*HOSTILE, "{{ '}}' }}"],
        "numbers": {"{{=1}}": 1.5, "a.yaml": -0.0},
        "record": {"number": 7, "inner": {"label": "$(PATH) {{x}}.sh", "weights": []}, "by_name": {}, "note": "{%"},
    },
}


@dataclass(frozen=True, slots=True)
class Ended:
    """A DAG run: its id, its state, and state and attempts of each task."""

    run_id: str
    state: str
    tasks: Mapping[str, tuple[str, int]]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("airflow")


@pytest.fixture(scope="module")
def running(site: Site, folder: Path) -> Generator[Standalone]:
    user = airflow(site, folder)
    options = ("--to", "airflow", "-o", str(folder / "dags"), "--copy", "auto")
    for target in TARGETS.values():
        done = user.command("translate", target, *options).ended()
        assert done.code == 0, done.said
    with standalone(folder / "dags", {**os.environ, **user.commands.environ}) as found:
        yield found
    assert not _processes(found.home.folder), "Airflow leaves no process behind"


def _processes(home: Path) -> list[str]:
    found: list[str] = []
    for path in Path("/proc").glob("[0-9]*/environ"):
        try:
            found += [str(path)] if f"AIRFLOW_HOME={home}".encode() in path.read_bytes() else []
        except OSError:
            continue
    return found


@pytest.fixture(scope="module")
def seen(site: Site, folder: Path) -> Generator[Seen]:
    with watched(site, folder / "pods") as found:
        yield found


@pytest.fixture(scope="module")
def ended(running: Standalone, seen: Seen) -> Mapping[str, Ended]:
    """Both DAGs, triggered at once."""
    started = {dag_id: running.trigger(dag_id, GIVEN[dag_id]) for dag_id in TARGETS}
    assert [status for status, _ in started.values()] == [200, 200], started
    ids = {dag_id: run["dag_run_id"] for dag_id, (_, run) in started.items()}
    states = {dag_id: running.ended(dag_id, run_id) for dag_id, run_id in ids.items()}
    return {name: Ended(run_id, states[name], running.tasks(name, run_id)) for name, run_id in ids.items()}


@pytest.mark.parametrize("dag_id", TARGETS)
def test_every_task_succeeds_at_once_in_one_pod(
    site: Site, ended: Mapping[str, Ended], seen: Seen, dag_id: str
) -> None:
    assert ended[dag_id].state == "success", ended[dag_id]
    assert set(ended[dag_id].tasks.values()) == {("success", 1)}
    assert seen.tasks(dag_id, join(site.store, dag_id, ended[dag_id].run_id)) == sorted(ended[dag_id].tasks)


@pytest.mark.parametrize("dag_id", TARGETS)
def test_outputs_equal_those_of_this_machine(
    site: Site, launcher: Launcher, ended: Mapping[str, Ended], dag_id: str
) -> None:
    given = tuple(
        f"{name}={value if isinstance(value, str) else json.dumps(value)}" for name, value in GIVEN[dag_id].items()
    )
    local = launcher.start(TARGETS[dag_id], given, backend="local").done()
    remote = _execution(site, local, dag_id, ended[dag_id].run_id)
    assert equal_outputs(local, remote) == dict.fromkeys(local.outputs, True)


def _execution(site: Site, local: Execution, dag_id: str, run_id: str) -> Execution:
    """The run of the user's Airflow, read where its tasks have left everything."""
    root, store = join(site.store, dag_id, run_id), open_store()
    # An output that is an input passed through stands in no task's outputs, and the user knows the inputs.
    store.write(inputs_uri(root), store.read(inputs_uri(local.result.run_root)))
    result = RunResult(run_id=run_id, run_root=root, seconds=0.0, steps=())
    return Execution(local.plan, "airflow", result, read_outputs(local.plan, root))


@pytest.mark.parametrize("conf", [{"min_mass": "heavy"}, {"min_mass": 1.5}, {"min_mass": None}])
def test_inputs_are_checked_by_their_types(running: Standalone, conf: Mapping[str, object]) -> None:
    status, answer = running.trigger("penguins.pipeline", conf)
    assert status == 400
    assert "min_mass" in json.dumps(answer)


def test_a_call_without_a_token_is_refused(running: Standalone) -> None:
    status, _ = Standalone(running.home, running.port, "").request("GET", "dags")
    assert status == 401
