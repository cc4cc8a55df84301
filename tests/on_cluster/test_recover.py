"""A run that failed on this machine goes on, on the real Argo and here: what had succeeded does not run again."""

from __future__ import annotations

import json
from typing import Any

import pytest

from jetbridge.cli.main import cli
from jetbridge.errors import RunError
from jetbridge.store import open_store
from jetbridge_translators.recovery import committed_paths
from tests.on_cluster.launch import Launcher
from tests.on_cluster.site import Site

pytestmark = pytest.mark.cluster
OUTPUTS = {"o0": 6, "o1": 12, "o2": 102}
TASKS = 9


@pytest.fixture
def failed(launcher: Launcher, site: Site, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> str:
    """The run root of a run on this machine, with its data in the cluster's store, of which a task has failed."""
    monkeypatch.setenv("BROKEN", request.param)
    run = launcher.start("recovering.py:recoverable", backend="local")
    assert isinstance(run.error(), RunError)
    monkeypatch.delenv("BROKEN")
    return f"{site.store}/{run.run_id}"


def recover(site: Site, capsys: pytest.CaptureFixture[str], root: str, backend: str) -> dict[str, Any]:
    """What a user types, and what it prints."""
    options = [f"--{name}={value}" for name, value in site.options.items()] if backend == "argo" else []
    cli.main(args=["recover", root, f"--on={backend}", "--json", *options], standalone_mode=False)
    return json.loads(capsys.readouterr().out)


@pytest.mark.parametrize("failed", ["101"], indirect=True)
def test_only_the_failed_task_runs_again(
    launcher: Launcher, site: Site, failed: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert len(committed_paths(open_store(), failed)) == TASKS - 1
    on_argo = recover(site, capsys, failed, "argo")
    launcher.run_ids.append(on_argo["run"])
    assert on_argo["outputs"] == OUTPUTS
    assert len(site.pods(on_argo["run"])) == 1, "one task was left"
    here = recover(site, capsys, on_argo["run_root"], "local")
    assert here["outputs"] == OUTPUTS, "and back again"


@pytest.mark.parametrize("failed", ["1"], indirect=True)
def test_an_element_of_a_map_had_failed(
    launcher: Launcher, site: Site, failed: str, capsys: pytest.CaptureFixture[str]
) -> None:
    on_argo = recover(site, capsys, failed, "argo")
    launcher.run_ids.append(on_argo["run"])
    assert on_argo["outputs"] == OUTPUTS
    committed = open_store().list(f"{failed}/n1")
    assert sum(uri.endswith("outputs.pb") for uri in committed) < 3, "the map was not whole"
    # Those of `numbers` are done; a map that lacks an element starts a pod for each, and those done end at once.
    assert len(site.pods(on_argo["run"])) == TASKS - 1
