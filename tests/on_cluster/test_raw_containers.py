"""Raw containers on the real engines and on this machine: an image without Python, one pod a task, equal outputs."""

from __future__ import annotations

from collections.abc import Generator, Iterator, Mapping
from typing import Any

import pytest

from jetbridge.types.json_codec import to_json
from tests.cluster.containerd import ctr_command
from tests.cluster.paths import default_paths
from tests.on_cluster.airflow_helpers import WORKFLOWS, Pod, Seen, airflow, watched
from tests.on_cluster.commands import Command, Ended
from tests.on_cluster.foreign_images import box_image
from tests.on_cluster.launch import Launcher, Run
from tests.on_cluster.site import Site
from tests.on_cluster.workflows.boxed import TEXT

pytestmark = pytest.mark.cluster
# The outputs, and the tasks: each is one pod.
VALUES: Mapping[str, tuple[dict[str, Any], int]] = {
    "every_value": (
        {
            "o0": 41,
            "o1": TEXT,
            "o2": 2.5,
            "o3": True,
            "o4": "2026-01-31T08:00:00.250Z",
            "o5": "90s",
            "o6": "41 [one,two] hello $(PATH) {{x}}",
            "o7": ["one", "three"],
        },
        1,
    ),
    "with_files": ({"o0": "DEAR BIRDS ['deep/inner/deep.txt'] 2"}, 4),
    "deciding": ({"o0": 70}, 2),
    "plain": ({"o0": "plain"}, 1),
    "secretive": ({"o0": "found"}, 1),
}
ERRORS = {
    "reporting": ("[USER:RuntimeError]", "no more birds"),
    "exiting": ("[ContainerExited]", "exit code 3"),
    "forgetting": ("[OutputsNotFound]", "output 'n' (int): the program ended well and left no /var/out/n"),
    "confusing": ("[OutputsNotFound]", "output 'n' (int): expected int, got the text 'many'"),
    "peeking": ("[OutputsNotFound]", "got is a link that leads out of the output folder"),
}


@pytest.fixture(scope="module")
def boxed(own_site: Site) -> Iterator[None]:
    """The image is loaded, and this machine's containerd is that of the cluster, which holds it."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("JETBRIDGE_TEST_BOX", box_image(default_paths()))
        patch.setenv("JETBRIDGE_CONTAINER_ENGINE", " ".join(ctr_command(default_paths())))
        yield


@pytest.fixture(scope="module")
def on_argo(site: Site, launcher: Launcher, boxed: None, _as_submitter: None) -> Mapping[str, Run]:
    """All of them at a time."""
    options = {"jetbridge-image": site.image}
    return {name: launcher.start(f"boxed.py:{name}", options=options) for name in (*VALUES, *ERRORS)}


@pytest.fixture(scope="module")
def seen(site: Site, tmp_path_factory: pytest.TempPathFactory) -> Generator[Seen]:
    with watched(site, tmp_path_factory.mktemp("seen") / "pods") as found:
        yield found


@pytest.fixture(scope="module")
def on_airflow(site: Site, boxed: None, seen: Seen, tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, Command]:
    """All of them at a time; those that succeed also here."""
    user = airflow(site, tmp_path_factory.mktemp("airflow"))
    options = ("--json", "--jetbridge-image", site.image)
    ways = {name: ("compare", "local,airflow") for name in VALUES if name != "secretive"}
    return {
        name: user.command(verb, f"{WORKFLOWS}/boxed.py:{name}", "--on", backends, *options)
        for name in (*VALUES, *ERRORS)
        for verb, backends in (ways.get(name, ("run", "airflow")),)
    }


@pytest.mark.parametrize("name", VALUES)
def test_outputs_and_pods_on_argo(site: Site, on_argo: Mapping[str, Run], name: str) -> None:
    expected, pods = VALUES[name]
    done = on_argo[name].done()
    assert {output: to_json(literal) for output, literal in done.outputs.items()} == expected
    assert len(site.pods(done.result.run_id)) == pods


@pytest.mark.parametrize("name", ERRORS)
def test_failures_tell_their_reason_on_argo(on_argo: Mapping[str, Run], name: str) -> None:
    error = str(on_argo[name].error())
    assert all(text in error for text in ERRORS[name]), error


def test_a_program_s_own_log_is_shown(on_argo: Mapping[str, Run]) -> None:
    on_argo["exiting"].error()
    assert ("exits", "going down") in on_argo["exiting"].heard.lines


def test_the_program_has_no_credentials_of_the_store(site: Site, on_argo: Mapping[str, Run]) -> None:
    (pod,) = site.pods(on_argo["plain"].done().result.run_id)
    sources = {
        each["name"]: "envFrom" in each for kind in ("initContainers", "containers") for each in pod["spec"][kind]
    }
    assert (sources["companion"], sources["main"]) == (True, False)


@pytest.mark.parametrize("name", VALUES)
def test_outputs_and_pods_on_airflow(on_airflow: Mapping[str, Command], seen: Seen, name: str) -> None:
    ended = on_airflow[name].ended()
    assert ended.code == 0, ended.said
    expected, pods = VALUES[name]
    run = _airflow_s(ended)
    assert run["outputs"] == expected
    assert len(seen.pods(f"boxed.{name}", run["run_root"])) == pods
    assert set(ended.record.get("equal", {}).values()) <= {True}


def _airflow_s(ended: Ended) -> dict[str, Any]:
    runs: list[dict[str, Any]] = ended.record.get("runs", [ended.record])
    return runs[-1]


@pytest.mark.parametrize("name", ERRORS)
def test_failures_tell_their_reason_on_airflow(on_airflow: Mapping[str, Command], name: str) -> None:
    ended = on_airflow[name].ended()
    assert ended.code == 1
    assert all(text in ended.said for text in ERRORS[name]), ended.said


def test_both_containers_are_locked_down_on_airflow(on_airflow: Mapping[str, Command], seen: Seen) -> None:
    run = _airflow_s(on_airflow["plain"].ended())
    ((first, *_),) = seen.pods("boxed.plain", run["run_root"]).values()
    expected = {
        "allowPrivilegeEscalation": False,
        "capabilities": {"drop": ["ALL"]},
        "readOnlyRootFilesystem": True,
    }
    assert [each["securityContext"] for each in _containers(first)] == [expected, expected]
    assert ["envFrom" in each for each in _containers(first)] == [True, False]
    assert first["spec"]["securityContext"]["runAsUser"] == 8737


def _containers(pod: Pod) -> list[dict[str, Any]]:
    return [*pod["spec"]["initContainers"], *pod["spec"]["containers"]]
