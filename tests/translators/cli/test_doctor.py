"""`doctor`: what it finds, what it says to do, and its exit code."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from jetbridge.cli.main import main
from jetbridge.registry.database import open_registry
from jetbridge.store import ObjectStore
from jetbridge_translators.cli.doctor import installed, places
from jetbridge_translators.diagnosis import Check

Parts = Mapping[str, Mapping[str, Mapping[str, Any]]]


@pytest.fixture(autouse=True)
def _places(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("JETBRIDGE_STORE", str(tmp_path / "runs"))
    monkeypatch.setenv("JETBRIDGE_REGISTRY", f"sqlite:///{tmp_path / 'registry.db'}")
    monkeypatch.setenv("KUBECONFIG", str(tmp_path / "missing"))
    monkeypatch.setenv("COLUMNS", "200")
    monkeypatch.delenv("JETBRIDGE_AIRFLOW_URL", raising=False)
    monkeypatch.chdir(tmp_path)


def doctor(capsys: pytest.CaptureFixture[str], *arguments: str, code: int = 0) -> Parts:
    with pytest.raises(SystemExit) as ended:
        main(["doctor", "--json", *arguments])
    told = json.loads(capsys.readouterr().out)
    assert ended.value.code == code, told
    assert told["ok"] is (code == 0)
    return {name: {each["what"]: each for each in checks} for name, checks in told["parts"].items()}


def test_a_laptop_is_well_without_any_engine(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    found = doctor(capsys)
    assert {each["state"] for each in found["store"].values()} == {"ok"}
    assert found["store"].keys() >= {"create if absent", "read", "list", "write", "delete"}
    assert not [*(tmp_path / "runs").rglob("probe-*")], "nothing is left in the store"
    assert not (tmp_path / "registry.db").exists(), "nothing is made in the registry"
    assert found["installed"]["Python"]["state"] == "ok"
    assert found["argo"]["argo"]["state"] == "failed", "said, although nobody asked for it"


def test_what_is_asked_for_must_be_there(capsys: pytest.CaptureFixture[str]) -> None:
    found = doctor(capsys, "--on", "argo", "--store", "s3://bucket/runs", code=1)
    assert "no Kubernetes cluster" in found["argo"]["argo"]["found"]
    assert "KUBECONFIG" in found["argo"]["argo"]["mend"]
    assert "airflow" not in found


def test_airflow_of_this_environment(capsys: pytest.CaptureFixture[str]) -> None:
    found = doctor(capsys, "--on", "airflow")["airflow"]
    assert found["Airflow"]["state"] == "ok"
    assert found["apache-airflow-providers-cncf-kubernetes"]["state"] == "ok"
    assert found["API server"]["state"] == "not checked"


def test_a_store_that_cannot_be_written(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    (tmp_path / "runs").write_text("a file in its place")
    failed = [each for each in doctor(capsys, code=1)["store"].values() if each["state"] == "failed"]
    assert [each["what"] for each in failed] == ["create"]
    assert failed[0]["mend"]


@pytest.mark.parametrize(
    ("first", "second", "said"), [(True, True, "replaced the first"), (False, False, "there already")]
)
def test_a_store_without_conditional_writes(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, first: bool, second: bool, said: str
) -> None:
    """As an old S3 gateway, which ignores `If-None-Match`, would answer."""
    answers = iter((first, second))
    put = ObjectStore.write

    def create(self: ObjectStore, uri: str, data: bytes) -> bool:
        put(self, uri, data)
        return next(answers)

    monkeypatch.setattr(ObjectStore, "create", create)
    (check,) = (each for each in places.store_checks(f"file://{tmp_path}/s") if each.what == "create if absent")
    assert (check.state, said in check.found) == ("failed", True)
    assert "If-None-Match" in check.mend


def registry(capsys: pytest.CaptureFixture[str], code: int = 0) -> Mapping[str, Any]:
    return doctor(capsys, "--on", "local", code=code)["registry"]


@pytest.mark.parametrize(
    ("revision", "state", "code"), [("0002", "ok", 0), ("0001", "warning", 0), ("9999", "failed", 1)]
)
def test_the_tables_are_of_some_version(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, revision: str, state: str, code: int
) -> None:
    path = tmp_path / "registry.db"
    with open_registry(f"sqlite:///{path}"):
        pass
    with sqlite3.connect(path) as connection:
        connection.execute("UPDATE alembic_version SET version_num = ?", (revision,))
    connection.close()
    assert registry(capsys, code)["tables"]["state"] == state


def test_a_registry_that_is_away(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("JETBRIDGE_REGISTRY", "postgresql://me:hidden@127.0.0.1:1/x")
    found = registry(capsys, 1)
    assert found["registry"]["state"] == "failed"
    assert "hidden" not in json.dumps(found)


def test_a_mistake_in_the_config_file_is_found(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    (tmp_path / "jetbridge.toml").write_text('stor = "x"\n')
    with pytest.raises(SystemExit) as ended:
        main(["doctor", "--store", str(tmp_path / "runs"), "--on", "local"])
    assert ended.value.code == 1
    out, err = capsys.readouterr()
    assert "jetbridge.toml:1: there is no setting 'stor'" in out + err


def versions(monkeypatch: pytest.MonkeyPatch, **found: str) -> dict[str, Check]:
    def version(name: str) -> str:
        return found.get(name.replace("-", "_"), "")

    monkeypatch.setattr(installed, "_version", version)
    return {check.what: check for check in installed.installed_checks()}


def test_distributions_that_do_not_fit(monkeypatch: pytest.MonkeyPatch) -> None:
    found = versions(monkeypatch, jetbridge="0.1.0", jetbridge_translators="0.0.9", flytekit="1.2.0")
    assert found["jetbridge-translators"].state == "failed"
    assert found["jetbridge-translators"].mend == "pip install jetbridge==0.1.0 jetbridge-translators==0.1.0"
    assert found["jetbridge-plugins"].state == "not checked"
    assert found["flytekit"].state == "warning"


def test_a_table_for_people(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["doctor"])
    out, err = capsys.readouterr()
    assert "create if absent" in out
    assert "argo, argo: " in err
    assert "Nothing that was asked for is wrong." in err
