"""Packages of flytekit on the real Argo: images without jetbridge, one pod a task, errors with their classes.

Their dynamic tasks make child Workflows as ours do, by the companion's container.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from jetbridge.types.json_codec import to_json
from tests.cluster.paths import default_paths
from tests.on_cluster.dynamic_image import dynamic_image
from tests.on_cluster.foreign import MODULE, foreign_package
from tests.on_cluster.launch import Launcher, Run
from tests.on_cluster.site import Site

pytestmark = pytest.mark.cluster
RIGHTS = Path(__file__).parent / "dynamic_rights.yaml"
MOUNTED = "/var/run/secrets/kubernetes.io/serviceaccount"

# The outputs, and how many pods: one for each task and each attempt.
VALUES: Mapping[str, tuple[dict[str, Any], int]] = {
    "most": ({"o0": "w0,w1,w2", "o1": 6, "o2": 10}, 8),
    "deciding": ({"o0": 60}, 2),
    "podded": ({"o0": "hello 3"}, 1),
}
# With code that the package brings.
FAST: Mapping[str, tuple[dict[str, Any], int]] = {
    "deciding": ({"o0": 60}, 2),
    "located": ({"o0": "/var/jetbridge/code"}, 1),
}
DYNAMIC: Mapping[str, tuple[dict[str, Any], int]] = {
    "everything": ({"o0": "w0,w1,w2", "o1": 6, "o2": 10, "o3": 0}, 9),
    "grown": ({"o0": 3}, 2),
}
ERRORS = {
    "broken": "ValueError: no 3",
    "left": "exit code 3",
    "starved": "more memory than its limit",
}


@pytest.fixture(scope="module")
def runs(
    site: Site, launcher: Launcher, tmp_path_factory: pytest.TempPathFactory, _as_submitter: None
) -> Mapping[str, Run]:
    """All of them at a time."""
    package = foreign_package(tmp_path_factory.mktemp("foreign"))
    options = {"jetbridge-image": site.image}
    return {name: launcher.start(f"{package}:{MODULE}.{name}", options=options) for name in (*VALUES, *ERRORS)}


@pytest.fixture(scope="module")
def fast(
    site: Site, launcher: Launcher, tmp_path_factory: pytest.TempPathFactory, _as_submitter: None
) -> Mapping[str, Run]:
    package = foreign_package(tmp_path_factory.mktemp("fast"), "--copy", "all")
    options = {"jetbridge-image": site.image}
    return {name: launcher.start(f"{package}:{MODULE}.{name}", options=options) for name in FAST}


@pytest.fixture(scope="module")
def dynamic(
    site: Site, launcher: Launcher, tmp_path_factory: pytest.TempPathFactory, _as_submitter: None
) -> Mapping[str, Run]:
    site.kubectl("apply", "-f", str(RIGHTS))
    if not site.ours and not site.dynamic_image:
        pytest.fail("JETBRIDGE_TEST_DYNAMIC_IMAGE names no image with jetbridge-translators", pytrace=False)
    image = site.dynamic_image or dynamic_image(default_paths())
    package = foreign_package(tmp_path_factory.mktemp("dynamic"), "--copy", "all")
    options = {"jetbridge-image": image, "dynamic-service-account": "jetbridge-dynamic"}
    return {name: launcher.start(f"{package}:{MODULE}.{name}", options=options) for name in (*DYNAMIC, "grown_wrong")}


@pytest.mark.parametrize("name", VALUES)
def test_outputs_and_pods(site: Site, runs: Mapping[str, Run], name: str) -> None:
    expected, pods = VALUES[name]
    done = runs[name].done()
    assert {output: to_json(literal) for output, literal in done.outputs.items()} == expected
    assert len(site.pods(done.result.run_id)) == pods


@pytest.mark.parametrize("name", FAST)
def test_code_in_the_package_is_unpacked_beside_a_read_only_root(
    site: Site, fast: Mapping[str, Run], name: str
) -> None:
    expected, pods = FAST[name]
    done = fast[name].done()
    assert {output: to_json(literal) for output, literal in done.outputs.items()} == expected
    assert len(site.pods(done.result.run_id)) == pods


@pytest.mark.parametrize("name", DYNAMIC)
def test_dynamic_tasks_make_a_child(site: Site, dynamic: Mapping[str, Run], name: str) -> None:
    expected, pods = DYNAMIC[name]
    done = dynamic[name].done()
    assert {output: to_json(literal) for output, literal in done.outputs.items()} == expected
    found = site.pods(done.result.run_id)
    assert len(found) == pods, [(each["metadata"]["name"], each["status"]) for each in found]


def test_a_failure_of_what_was_made_is_that_of_its_node(dynamic: Mapping[str, Run]) -> None:
    error = str(dynamic["grown_wrong"].error())
    assert "ValueError: no 2" in error
    assert "USER:RuntimeError" in error


def test_the_program_of_a_dynamic_task_has_no_token(site: Site, dynamic: Mapping[str, Run]) -> None:
    pods = site.pods(dynamic["grown"].done().result.run_id)
    (pod,) = (each for each in pods if "'jetbridge-dynamic'" in str(each["spec"]["initContainers"]))
    containers = [*pod["spec"]["initContainers"], *pod["spec"]["containers"]]
    places = {each["name"]: [mount["mountPath"] for mount in each["volumeMounts"]] for each in containers}
    assert MOUNTED in places["companion"]
    assert MOUNTED not in places["main"]


@pytest.mark.parametrize("name", ERRORS)
def test_failures_tell_their_reason(runs: Mapping[str, Run], name: str) -> None:
    assert ERRORS[name] in str(runs[name].error())


def test_the_task_s_own_log_is_shown(runs: Mapping[str, Run]) -> None:
    runs["broken"].error()
    assert any("no 3" in line for _, line in runs["broken"].heard.lines)


def test_both_containers_are_locked_down(site: Site, runs: Mapping[str, Run]) -> None:
    (pod, *_) = site.pods(runs["deciding"].done().result.run_id)
    found = [
        container["securityContext"]
        for container in (*pod["spec"]["initContainers"], *pod["spec"]["containers"])
        if container["name"] in ("companion", "main")
    ]
    expected = {
        "allowPrivilegeEscalation": False,
        "capabilities": {"drop": ["ALL"]},
        "readOnlyRootFilesystem": True,
    }
    assert found == [expected, expected]
