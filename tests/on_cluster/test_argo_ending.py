"""FAIL_IMMEDIATELY on the real controller: the first failure ends what runs, and the failure node still runs."""

from __future__ import annotations

import pytest

from jetbridge.errors import RunError
from tests.on_cluster.launch import Launcher
from tests.on_cluster.site import Site

pytestmark = pytest.mark.cluster


def test_the_first_failure_ends_the_run(launcher: Launcher, site: Site) -> None:
    run = launcher.start("ending.py:at_once")
    error = run.error()
    assert isinstance(error, RunError)
    assert "node 'n0', failed on Argo [USER:RuntimeError]" in error.message
    nodes = site.workflow(run.run_id)["status"]["nodes"].values()
    phases = {node["displayName"]: node["phase"] for node in nodes}
    assert phases["fn0"] == "Succeeded", "the failure node"
    assert "n2" not in phases, "it waits for a node that took fifteen minutes"
