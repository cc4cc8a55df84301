"""More nodes than one DAG of Argo's may have, on the real controller."""

from __future__ import annotations

import pytest

from jetbridge.types.json_codec import to_json
from tests.on_cluster.launch import Launcher
from tests.on_cluster.site import Site
from tests.on_cluster.workflows.large import GATES

pytestmark = pytest.mark.cluster


def test_a_workflow_in_parts(launcher: Launcher, site: Site) -> None:
    done = launcher.start("large.py:large").done()
    assert to_json(done.outputs["o0"]) == 14
    names = [node["displayName"] for node in site.workflow(done.result.run_id)["status"]["nodes"].values()]
    assert len(names) > GATES
    assert {"part0", "part1", "part2"} <= set(names)
    assert len(site.pods(done.result.run_id)) == 2
