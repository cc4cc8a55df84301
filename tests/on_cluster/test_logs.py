"""Logs of a run on the real Argo, by its name alone: from its pods, and from the store when these are gone."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from jetbridge.cli.main import cli
from tests.on_cluster.launch import Launcher
from tests.on_cluster.site import ROOT, Site

pytestmark = pytest.mark.cluster


@pytest.fixture
def name(
    site: Site, launcher: Launcher, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> str:
    """A run that only the registry knows."""
    monkeypatch.setenv("JETBRIDGE_REGISTRY", f"sqlite:///{tmp_path / 'registry.db'}")
    monkeypatch.setenv("JETBRIDGE_STORE", f"{site.store}/elsewhere")
    options = [f"--{option}={value}" for option, value in site.options.items()]
    target = f"{ROOT}/tests/on_cluster/workflows/talking.py:talking"
    arguments = ["run", target, "--on=argo", f"--store={site.store}", f"--image={site.image}", "--json", *options]
    cli.main(args=arguments, standalone_mode=False)
    run = json.loads(capsys.readouterr().out)["run"]
    launcher.run_ids.append(run)
    return run


def test_from_the_pods_and_then_from_the_store(name: str, site: Site, capsys: pytest.CaptureFixture[str]) -> None:
    (live,) = logs(capsys, name, "says")
    assert live["lines"][-1] == "the number is 3"
    assert live["gone"] is None
    site.kubectl("delete", "pods", "-l", f"workflows.argoproj.io/workflow={name}", "--wait=true")
    (stored,) = logs(capsys, name)
    assert stored["lines"] == live["lines"]
    assert stored["gone"].startswith("pod ")
    assert "is gone; this is what the store has" in stored["gone"]
    site.kubectl("delete", "workflow", name)
    gone, stored = logs(capsys, name)
    assert "the workflow is gone" in gone["gone"]
    assert stored["lines"] == live["lines"]


def logs(capsys: pytest.CaptureFixture[str], *arguments: str) -> list[dict[str, Any]]:
    cli.main(args=["logs", *arguments, "--json"], standalone_mode=False)
    return json.loads(capsys.readouterr().out)["logs"]
