"""Deployment into a DAG folder: whole files, pruning by a manifest, and nothing of others."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from jetbridge.cli.main import cli
from jetbridge.errors import RunError, UsageError
from jetbridge_translators.airflow.backend import BACKEND
from jetbridge_translators.airflow.deploy import prepare
from jetbridge_translators.airflow.home import environment, new_home
from jetbridge_translators.api import complete_settings
from jetbridge_translators.base import Settings
from jetbridge_translators.deployment import Deployment
from tests.translators import deploy_flows
from tests.translators.plan_helpers import plan

FLOWS = Path(deploy_flows.__file__)
SETTINGS = complete_settings(BACKEND, Settings(store="s3://bucket/runs", options={"containers": "process"}))
FIRST, SECOND = plan(deploy_flows.first), plan(deploy_flows.second)
ONE, TWO = "tests_translators_deploy_flows_first.py", "tests_translators_deploy_flows_second.py"


@pytest.fixture
def team(tmp_path: Path) -> Deployment:
    (tmp_path / "dags").mkdir()
    (tmp_path / "dags" / "theirs.py").write_text("# by hand\n")
    options = {"dags-folder": str(tmp_path / "dags")}
    return Deployment(owner="team", plans=(FIRST, SECOND), settings=SETTINGS, options=options)


def folder(team: Deployment) -> Path:
    return Path(team.options["dags-folder"])


def files(team: Deployment) -> set[str]:
    return {path.name for path in folder(team).iterdir() if path.is_file()}


def deploy(team: Deployment) -> list[tuple[str, str]]:
    prepared = prepare(team)
    prepared.apply()
    return [(change.what, change.name) for change in prepared.changes]


def test_looking_changes_nothing(team: Deployment) -> None:
    found = prepare(team).changes
    assert [(change.what, change.name) for change in found] == [("create", ONE), ("create", TWO)]
    assert "+from airflow.sdk import" in found[0].difference
    assert {path.name for path in folder(team).iterdir()} == {"theirs.py"}


def test_files_come_and_go_with_their_workflows(team: Deployment) -> None:
    assert deploy(team) == [("create", ONE), ("create", TWO)]
    assert deploy(team) == [("keep", ONE), ("keep", TWO)]
    assert deploy(replace(team, plans=(SECOND,))) == [("keep", TWO), ("remove", ONE)]
    assert files(team) == {TWO, "theirs.py"}
    assert (folder(team) / "theirs.py").read_text() == "# by hand\n"


def test_a_changed_workflow_is_shown_as_a_difference(team: Deployment) -> None:
    deploy(team)
    other = complete_settings(BACKEND, replace(SETTINGS, store="s3://other/runs"))
    changes = prepare(replace(team, settings=other)).changes
    assert {change.what for change in changes} == {"change"}
    assert "s3://other/runs" in changes[0].difference


def test_without_pruning_all_stay_ours(team: Deployment) -> None:
    deploy(team)
    assert deploy(replace(team, plans=(SECOND,), prune=False)) == [("keep", TWO)]
    assert deploy(replace(team, plans=(SECOND,))) == [("keep", TWO), ("remove", ONE)]


@pytest.mark.parametrize("name", [ONE, TWO])
def test_a_file_that_somebody_changed_is_a_conflict(team: Deployment, name: str) -> None:
    """Whether it would be written again (the second), or pruned (the first)."""
    deploy(team)
    (folder(team) / name).write_text("# edited\n")
    with pytest.raises(UsageError, match=f"{name} was changed since it was deployed"):
        prepare(replace(team, plans=(SECOND,)))
    deploy(replace(team, plans=(SECOND,), take_over=True))
    assert files(team) == {TWO, "theirs.py"}


def test_a_file_of_others_is_never_written(team: Deployment) -> None:
    (folder(team) / ONE).write_text("# mine\n")
    with pytest.raises(UsageError, match=f"{ONE} is not deployed by jetbridge"):
        prepare(team)
    assert (folder(team) / ONE).read_text() == "# mine\n"


def test_another_deployment_is_another_owner(team: Deployment) -> None:
    deploy(team)
    other = replace(team, owner="other", plans=(FIRST,))
    with pytest.raises(UsageError, match="of the deployment 'team'"):
        prepare(other)
    deploy(replace(other, take_over=True))
    assert deploy(replace(team, plans=(SECOND,))) == [("keep", TWO)], "and not removed"
    assert files(team) == {ONE, TWO, "theirs.py"}


def test_a_deployment_that_was_killed_is_taken_up_again(team: Deployment, monkeypatch: pytest.MonkeyPatch) -> None:
    unlink = Path.unlink

    def killed(path: Path, missing_ok: bool = False) -> None:
        if path.name == ONE:
            raise KeyboardInterrupt
        unlink(path, missing_ok)

    deploy(replace(team, plans=(FIRST,)))
    with monkeypatch.context() as patch:
        patch.setattr(Path, "unlink", killed)
        with pytest.raises(KeyboardInterrupt):
            deploy(replace(team, plans=(SECOND,)))
    assert files(team) == {ONE, TWO, "theirs.py"}
    assert deploy(replace(team, plans=(SECOND,))) == [("keep", TWO), ("remove", ONE)]


@pytest.mark.parametrize("content", ["", "{}", '{"version": 2}', '{"version": 1, "files": {"../x.py": []}}'])
def test_a_damaged_manifest_is_said(team: Deployment, content: str) -> None:
    deploy(team)
    (folder(team) / ".jetbridge" / "team.json").write_text(content)
    with pytest.raises(UsageError, match=r"team\.json'.* cannot be read"):
        prepare(team)


@pytest.mark.parametrize("place", ["", "missing"])
def test_the_folder_must_be_there(team: Deployment, tmp_path: Path, place: str) -> None:
    options = {"dags-folder": place and str(tmp_path / place)}
    with pytest.raises(UsageError, match="folder"):
        prepare(replace(team, options=options))


def test_two_workflows_of_one_file_are_refused(team: Deployment) -> None:
    with pytest.raises(UsageError, match="one file"):
        prepare(replace(team, plans=(FIRST, FIRST)))


def test_a_folder_that_cannot_be_written(team: Deployment) -> None:
    prepared = prepare(team)
    (folder(team) / ".jetbridge").write_text("a file in its place")
    with pytest.raises(RunError, match="cannot be written"):
        prepared.apply()


def verb(*arguments: str) -> None:
    cli.main(args=["deploy", *arguments], standalone_mode=False)


def test_the_verb_shows_asks_and_deploys(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "dags").mkdir()
    where = [f"--dags-folder={tmp_path / 'dags'}", "--containers=process", f"--store={tmp_path / 'runs'}"]
    target = [f"{FLOWS}:first", "--to=airflow", *where]
    verb(*target, "--dry-run")
    out, err = capsys.readouterr()
    assert "+from airflow.sdk import" in out
    assert "nothing is changed" in err
    with pytest.raises(UsageError, match="nobody is there"):
        verb(*target)
    capsys.readouterr()
    verb(*target, "--yes", "--json")
    told: dict[str, Any] = json.loads(capsys.readouterr().out)
    assert (told["deployment"], told["deployed"]) == ("deploy_flows.first", True)
    assert [each["change"] for each in told["changes"]] == ["create"]
    verb(*target)
    assert "is as it should be" in capsys.readouterr().err


def test_a_back_end_without_a_place_is_refused() -> None:
    with pytest.raises(UsageError, match="no place to deploy to"):
        verb(f"{FLOWS}:first", "--to=local")
    with pytest.raises(UsageError, match="--dags-folder is no option of deploying to argo"):
        verb(f"{FLOWS}:first", "--to=argo", "--dags-folder=x", "--store=s3://b/runs")


@pytest.mark.airflow
def test_airflow_reads_what_is_deployed(tmp_path: Path) -> None:
    """The manifest beside the files disturbs nothing, and what is pruned is no DAG any more."""
    program = str(Path(sys.executable).parent / "airflow")
    home = new_home(program, os.environ)
    where = [f"--dags-folder={home.dags}", "--containers=process", f"--store={tmp_path / 'runs'}", "--to=airflow"]
    where += ["--name=team", "--yes"]
    environ = environment(home, {**os.environ, "PATH": f"{Path(program).parent}:{os.environ['PATH']}"})
    verb(f"{FLOWS}:first", *where)
    verb(f"{FLOWS}:second", *where)
    verb(f"{FLOWS}:nightly", "--no-prune", *where)
    command = [program, "dags", "list", "--local", "--output", "json"]
    done = subprocess.run(command, env=environ, capture_output=True, text=True, check=True)
    listed = json.loads(re.search(r"^\[\{.*", done.stdout, re.M | re.S)[0])  # type: ignore[index]  # else it fails
    assert {each["dag_id"] for each in listed} == {"deploy_flows.second", "nightly"}
