"""Packages of flytekit on the real Argo: images without jetbridge, one pod a task, errors with their classes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from jetbridge.types.json_codec import to_json
from tests.on_cluster.foreign import MODULE, foreign_package
from tests.on_cluster.launch import Launcher, Run
from tests.on_cluster.site import Site

pytestmark = pytest.mark.cluster

# The outputs, and how many pods: one for each task and each attempt.
VALUES: Mapping[str, tuple[dict[str, Any], int]] = {
    "most": ({"o0": "w0,w1,w2", "o1": 6, "o2": 10}, 8),
    "deciding": ({"o0": 60}, 2),
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


@pytest.mark.parametrize("name", VALUES)
def test_outputs_and_pods(site: Site, runs: Mapping[str, Run], name: str) -> None:
    expected, pods = VALUES[name]
    done = runs[name].done()
    assert {output: to_json(literal) for output, literal in done.outputs.items()} == expected
    assert len(site.pods(done.result.run_id)) == pods


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
