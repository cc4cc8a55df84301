"""Dynamic tasks on the real Argo: each is one pod, and what it makes is a child Workflow."""

from __future__ import annotations

import json
import secrets
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from jetbridge.cli.main import cli
from jetbridge.errors import UsageError
from jetbridge.types.json_codec import to_json
from tests.on_cluster.dynamic_image import OPTIONS
from tests.on_cluster.launch import Launcher, Run
from tests.on_cluster.site import Site

pytestmark = pytest.mark.cluster
FLOWS = str(Path(__file__).parents[1] / "translators" / "dynamic_flows.py")


@pytest.fixture(scope="module")
def image(dynamic_site: Site) -> str:
    """An image with the translators; the account that may create Workflows is there."""
    return dynamic_site.image


@pytest.fixture(scope="module")
def runs(launcher: Launcher, image: str, _as_submitter: None) -> Mapping[str, Run]:
    names = ("grown", "deciding", "all_of_it", "recursive", "child_fails", "launched")
    return {
        **{name: launcher.start(f"{FLOWS}:{name}", image=image, options=OPTIONS) for name in names},
        "nothing": launcher.start(f"{FLOWS}:grown", ("times=0",), image=image, options=OPTIONS),
        "without rights": launcher.start(f"{FLOWS}:grown", image=image),
        "without translators": launcher.start(f"{FLOWS}:grown", options=OPTIONS),
    }


@pytest.mark.parametrize(
    ("name", "outputs"),
    [
        ("grown", {"o0": 3}),
        ("nothing", {"o0": 1}),
        ("deciding", {"o0": 3}),
        ("all_of_it", {"o0": [3, 4], "o1": 2, "o2": {"sum": 7}, "o3": 7}),
        ("recursive", {"o0": 2}),
    ],
)
def test_outputs(runs: Mapping[str, Run], name: str, outputs: Mapping[str, Any]) -> None:
    assert {var: to_json(literal) for var, literal in runs[name].done().outputs.items()} == outputs


def test_one_pod_for_each_node(site: Site, runs: Mapping[str, Run]) -> None:
    runs["grown"].done()
    parent = site.workflow(runs["grown"].run_id)
    assert len(site.pods(runs["grown"].run_id)) == 2, "the dynamic task and the one after it"
    (child,) = _children(site, parent)
    assert len(site.pods(child["metadata"]["name"])) == 2, "the two that it made"
    assert child["status"]["phase"] == "Succeeded"


def test_nothing_made_is_no_child(site: Site, runs: Mapping[str, Run]) -> None:
    runs["nothing"].done()
    assert _children(site, site.workflow(runs["nothing"].run_id)) == []


def test_a_failure_of_what_was_made_is_final(site: Site, runs: Mapping[str, Run]) -> None:
    error = runs["child_fails"].error()
    assert "with_a_failure" in error.message
    assert "USER:RuntimeError" in error.message
    assert "ValueError: 3 is never right" in error.message
    assert len(site.pods(runs["child_fails"].run_id)) == 1, "no retry, although the dynamic task has three"


def test_a_launch_plan_needs_a_server(runs: Mapping[str, Run]) -> None:
    error = runs["launched"].error()
    assert "DynamicWorkflowBuildFailed" in error.message
    assert "launch plan 'launched_in_dynamic'" in error.message


def test_missing_rights_are_explained(runs: Mapping[str, Run]) -> None:
    error = runs["without rights"].error()
    assert "access to Kubernetes cannot be used" in error.message
    assert "--dynamic-service-account" in error.message


def test_an_image_without_the_translators_is_named(runs: Mapping[str, Run]) -> None:
    assert "jetbridge-dynamic" in runs["without translators"].error().message


def test_the_child_ends_with_its_parent(site: Site, launcher: Launcher, image: str) -> None:
    run = launcher.start(f"{FLOWS}:waiting", image=image, options=OPTIONS)
    parent = _until(lambda: site.workflow(run.run_id) if _created(site, run.run_id) else None)
    child = _until(lambda: next(iter(_children(site, parent)), None))
    site.kubectl("patch", "workflow", run.run_id, "--type=merge", "-p", '{"spec": {"shutdown": "Terminate"}}')
    run.error()
    name = child["metadata"]["name"]
    assert _until(lambda: site.workflow(name)["status"].get("finishedAt"))
    site.kubectl("delete", "workflow", run.run_id)
    _until(lambda: not _created(site, name))


def test_a_cached_one_asks_once_and_its_nodes_have_the_labels_of_the_launch_plan(
    site: Site, launcher: Launcher, image: str
) -> None:
    given = (f"n={secrets.randbelow(10**9)}",)
    run = launcher.start("growing.py:marked", given, image=image, options=OPTIONS)
    root = f"{site.store}/{run.run_id}"
    _until(lambda: _answered(root))
    outputs = run.done().outputs
    (child,) = _children(site, site.workflow(run.run_id))
    pods = site.pods(child["metadata"]["name"])
    assert [pod["metadata"]["labels"]["team"] for pod in pods] == ["plan"], "one pod, and none for the gate"
    assert child["metadata"]["labels"]["team"] == "plan"
    again = launcher.start("growing.py:marked", given, image=image, options=OPTIONS)
    assert again.done().outputs == outputs
    assert len(site.pods(again.run_id)) == 1
    assert _children(site, site.workflow(again.run_id)) == []


def _answered(root: str) -> bool:
    try:
        cli.main(args=["set", root, "amount", "1"], standalone_mode=False)
    except UsageError:
        return False  # the gate does not wait yet
    return True


def _created(site: Site, name: str) -> str:
    return site.kubectl("get", "workflow", name, "--ignore-not-found", "-o", "name").strip()


def _children(site: Site, parent: Mapping[str, Any]) -> list[dict[str, Any]]:
    found = json.loads(site.kubectl("get", "workflows", "-o", "json"))["items"]
    uid = parent["metadata"]["uid"]
    return [each for each in found if uid in [owner["uid"] for owner in each["metadata"].get("ownerReferences", ())]]


def _until(look: Any) -> Any:
    deadline = time.monotonic() + 600
    while not (found := look()):
        assert time.monotonic() < deadline, "it does not come"
        time.sleep(0.5)
    return found
