"""What `jetbridge.toml` settles holds for every verb; an option, and the environment, stand over it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from jetbridge.cli.main import cli
from jetbridge.errors import UsageError
from tests.translators import deploy_flows, running

RUNNING, FLOWS = Path(running.__file__), Path(deploy_flows.__file__)
TEXT = """\
store = "{folder}/all"
service-account = "everybody"

[profile.team]
store = "{folder}/team"
image = "me/tasks:9"
registry = "sqlite:///{folder}/team.db"
project = "shop"

[profile.team.argo]
namespace = "team"
kubeconfig = "/clusters/team"

[profile.team.airflow]
url = "https://airflow.example"
username = "me"
password = {{ env = "MY_PASSWORD" }}
"""


@pytest.fixture(autouse=True)
def _folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "jetbridge.toml").write_text(TEXT.format(folder=tmp_path))
    (tmp_path / "below").mkdir()
    monkeypatch.chdir(tmp_path / "below")
    monkeypatch.delenv("JETBRIDGE_STORE", raising=False)
    monkeypatch.delenv("JETBRIDGE_REGISTRY", raising=False)
    monkeypatch.delenv("KUBECONFIG", raising=False)
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    monkeypatch.setenv("MARKS", str(tmp_path))


@pytest.fixture
def verb(capsys: pytest.CaptureFixture[str]) -> Any:
    def call(*arguments: str) -> Any:
        capsys.readouterr()
        cli.main(args=[*arguments, "--json"], standalone_mode=False)
        return json.loads(capsys.readouterr().out)

    return call


def test_a_run_takes_its_store_and_its_registry(verb: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    ran = verb("run", f"{RUNNING}:small", "--profile", "team")
    assert ran["run_root"].startswith(f"file://{tmp_path}/team/")
    assert [each["name"] for each in verb("runs", "--profile", "team")] == [ran["run"]]
    assert verb("runs") == [], "without the profile it is another registry"
    monkeypatch.setenv("JETBRIDGE_PROFILE", "team")
    assert verb("status", ran["run"])["nodes"]
    monkeypatch.setenv("JETBRIDGE_STORE", f"{tmp_path}/env")
    assert verb("run", f"{RUNNING}:small")["run_root"].startswith(f"file://{tmp_path}/env/")
    given = verb("run", f"{RUNNING}:small", "--store", f"{tmp_path}/option")
    assert given["run_root"].startswith(f"file://{tmp_path}/option/")


def translated(verb: Any, folder: Path, *arguments: str) -> str:
    store = ("--store", "s3://bucket/runs")
    target = (f"{FLOWS}:first", "--to", "argo", "-o", str(folder / "out"), *store)
    return Path(verb("translate", *target, *arguments)["files"][0]).read_text()


def test_a_translation_takes_the_image_and_the_options_of_its_back_end(verb: Any, tmp_path: Path) -> None:
    text = translated(verb, tmp_path, "--profile", "team")
    assert "namespace: team" in text
    assert "image: me/tasks:9" in text
    assert "serviceAccountName: everybody" in text
    over = translated(verb, tmp_path, "--profile", "team", "--namespace", "mine", "--image", "other:1")
    assert "namespace: mine" in over
    assert "image: other:1" in over


def test_an_option_of_the_environment(verb: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("JETBRIDGE_ARGO_NAMESPACE", "from-env")
    assert "namespace: from-env" in translated(verb, tmp_path, "--profile", "team")


def test_what_is_settled_for_one_back_end_disturbs_no_other(verb: Any) -> None:
    assert verb("run", f"{RUNNING}:small", "--on", "local", "--profile", "team")["outputs"]


def test_config_show_says_what_holds_and_why(verb: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("MY_PASSWORD", "hidden")
    monkeypatch.setenv("JETBRIDGE_REGISTRY", "postgresql://me:secret@db/x")
    shown = verb("config", "show", "--profile", "team")
    assert shown["precedence"] == ["option", "environment", "profile", "file", "default"]
    assert (shown["profile"], shown["profiles"]) == ("team", ["team"])
    held = {(each["of"], each["name"]): each for each in shown["settings"]}
    assert held[None, "store"]["place"] == f"{tmp_path}/jetbridge.toml:5"
    assert held["argo", "service-account"]["source"] == "file"
    assert held["argo", "namespace"]["option"] == "--namespace"
    assert held["airflow", "namespace"]["value"] is None
    assert held["airflow", "password"]["reference"] == "env MY_PASSWORD"
    assert held[None, "registry"]["value"] == "postgresql://me:***@db/x"
    assert held[None, "registry"]["source"] == "environment"
    assert held[None, "domain"]["source"] == "default"
    assert "hidden" not in json.dumps(shown)


def test_config_show_is_a_table_for_people(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "300")
    monkeypatch.setenv("MY_PASSWORD", "hidden")
    cli.main(args=["config", "show", "--profile", "team"], standalone_mode=False)
    out, err = capsys.readouterr()
    assert "airflow.url" in out
    assert "hidden" not in out
    assert "in use: team" in err


def test_a_mistake_in_the_file_stops_every_verb_that_asks_it(tmp_path: Path) -> None:
    (tmp_path / "jetbridge.toml").write_text('namespce = "x"\n')
    with pytest.raises(UsageError, match=r"jetbridge\.toml:1: there is no setting 'namespce'.*'namespace'"):
        cli.main(args=["run", f"{RUNNING}:small"], standalone_mode=False)
