"""Launch plans on Argo: what they say of runs is seen in pods, and a schedule starts a run by itself."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator, Mapping
from itertools import pairwise
from pathlib import Path
from typing import Any, cast

import pytest

from jetbridge.cli.options import serialization_settings
from jetbridge.cli.target import load_target
from jetbridge.store import join, normalize_uri
from jetbridge.types.json_codec import to_json
from jetbridge_translators.api import Engine, read_outputs
from jetbridge_translators.base import Settings
from jetbridge_translators.cli.code import code_of, publish
from jetbridge_translators.cli.execution import Execution
from jetbridge_translators.plan.model import Plan
from tests.on_cluster.launch import WORKFLOWS, Launcher
from tests.on_cluster.site import Site

pytestmark = pytest.mark.cluster
LIMITED = f"{WORKFLOWS}/launched.py:limited"
EVERY_MINUTE = f"{WORKFLOWS}/launched.py:every_minute"
_LONGEST = 600.0


@pytest.fixture(scope="module")
def done(launcher: Launcher, _as_submitter: None) -> Execution:
    return launcher.start(LIMITED).done()


@pytest.fixture(scope="module")
def pods(site: Site, done: Execution) -> list[dict[str, Any]]:
    return site.pods(done.result.run_id)


def test_one_task_at_a_time(done: Execution) -> None:
    spans = sorted(cast("list[float]", to_json(value))[:2] for value in done.outputs.values())
    assert len(spans) == 3
    assert all(before[1] <= after[0] for before, after in pairwise(spans))


def test_shared_memory_is_as_large_as_asked(done: Execution) -> None:
    assert {cast("list[float]", to_json(value))[2] for value in done.outputs.values()} == {64.0}


def test_the_pods_have_the_labels_and_act_as_the_account(site: Site, pods: list[dict[str, Any]]) -> None:
    assert len(pods) == 3
    for pod in pods:
        labels, annotations = pod["metadata"]["labels"], pod["metadata"]["annotations"]
        assert (labels["team"], labels["own"]) == ("plan", "yes")
        assert annotations["example.com/note"] == "of the plan"
        assert pod["spec"]["serviceAccountName"] == "jetbridge-workflow" != site.options["service-account"]
        assert {"medium": "Memory", "sizeLimit": "64Mi"} in [
            volume.get("emptyDir") for volume in pod["spec"]["volumes"]
        ]


def test_the_workflow_has_the_labels(site: Site, done: Execution) -> None:
    workflow = site.workflow(done.result.run_id)
    assert workflow["metadata"]["labels"]["team"] == "plan"
    assert workflow["spec"]["parallelism"] == 1


@pytest.fixture
def scheduled(site: Site, tmp_path: Path) -> Iterator[Plan]:
    """The files of a launch plan with a schedule, applied as a user does."""
    loaded = load_target(EVERY_MINUTE)
    settings = Settings(
        store=normalize_uri(site.store),
        target=site.targets.get("argo", ""),
        options={**site.options, "namespace": site.namespace},
    )
    code = code_of(loaded, "auto", settings.store)
    publish(code)
    engine = Engine()
    closure = loaded.close(serialization_settings([site.image], loaded.source_root, code.uri))
    plan = engine.plan(closure, "argo")
    files = engine.translate(closure, "argo", settings).files
    paths = [tmp_path / name for name in files if not name.startswith("run-")]
    for path in paths:
        path.write_bytes(files[path.name])
        site.kubectl("apply", "-f", str(path))
    yield plan
    for path in paths:
        site.kubectl("delete", "--ignore-not-found", "-f", str(path))


def _ended(site: Site) -> Mapping[str, Any]:
    """The first run that the schedule has started, when it has ended."""
    deadline = time.monotonic() + _LONGEST
    found: list[dict[str, Any]] = []
    while time.monotonic() < deadline:
        found = json.loads(site.kubectl("get", "workflows", "-l", "team=clock", "-o", "json"))["items"]
        ended = [item for item in found if item.get("status", {}).get("finishedAt")]
        if ended:
            return ended[0]
        time.sleep(1)
    raise AssertionError(f"no run of the schedule has ended: {[item['metadata']['name'] for item in found]}")


def test_a_schedule_starts_a_run_with_its_time(site: Site, scheduled: Plan) -> None:
    workflow = _ended(site)
    assert workflow["status"]["phase"] == "Succeeded", workflow["status"].get("message")
    name, uid = workflow["metadata"]["name"], workflow["metadata"]["uid"]
    outputs = read_outputs(scheduled, join(normalize_uri(site.store), f"{name}-{uid}"))
    (value,) = [to_json(output) for output in outputs.values()]
    time_of_schedule = workflow["metadata"]["annotations"]["workflows.argoproj.io/scheduled-time"]
    assert str(value).startswith(time_of_schedule.removesuffix("Z"))
