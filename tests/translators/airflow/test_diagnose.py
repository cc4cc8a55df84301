"""What `doctor` finds of Airflow here, and of a server that answers as Airflow's API server does."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from http.server import ThreadingHTTPServer

import pytest

from jetbridge.errors import UsageError
from jetbridge_translators.airflow import diagnose as module
from jetbridge_translators.airflow.backend import BACKEND
from jetbridge_translators.airflow.diagnose import diagnose
from jetbridge_translators.api import complete_settings
from jetbridge_translators.base import Settings
from jetbridge_translators.diagnosis import Check
from tests.translators.argo_run.server import Answer, Handler, reply

HEALTHY = {"status": "healthy"}


def look(*answers: Answer, containers: str = "pod") -> Mapping[str, Check]:
    script = type("Script", (Handler,), {"answers": list(answers), "asked": [], "bodies": []})
    server = ThreadingHTTPServer(("127.0.0.1", 0), script)
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    url = f"http://127.0.0.1:{server.server_port}"
    connection = {"JETBRIDGE_AIRFLOW_URL": url, "JETBRIDGE_AIRFLOW_TOKEN": "t"} if answers else {}
    settings = Settings(store="s3://b/r", options={"containers": containers}, connection=connection)
    try:
        return {check.what: check for check in diagnose(complete_settings(BACKEND, settings))}
    finally:
        server.shutdown()
        server.server_close()


@pytest.fixture(autouse=True)
def _no_server(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("URL", "TOKEN", "USERNAME", "PASSWORD"):
        monkeypatch.delenv(f"JETBRIDGE_AIRFLOW_{name}", raising=False)


def installed(monkeypatch: pytest.MonkeyPatch, **found: str) -> None:
    def its_version(name: str) -> str:
        return found.get(name.rpartition("-")[2], "")

    monkeypatch.setattr(module, "_version", its_version)


def test_a_server_that_is_well() -> None:
    health = reply(200, dict.fromkeys(("metadatabase", "scheduler", "dag_processor"), HEALTHY))
    found = look(reply(200, {"version": "3.3.2"}), health, reply(200, {"dags": []}))
    assert {found[what].state for what in ("API server", "scheduler", "dag_processor", "login")} == {"ok"}
    assert "Airflow 3.3.2" in found["API server"].found


def test_parts_that_are_down_are_named() -> None:
    health = reply(200, {"metadatabase": HEALTHY, "scheduler": {"status": "unhealthy"}, "dag_processor": None})
    found = look(reply(200, {"version": "3.0.6"}), health, reply(404, {}))
    assert [what for what, check in found.items() if check.state == "warning"] == ["scheduler", "dag_processor"]
    assert found["login"].state == "failed"


def test_a_server_of_another_kind() -> None:
    assert look(reply(404, {}))["API server"].state == "failed"


def test_a_token_that_is_not_known() -> None:
    with pytest.raises(UsageError, match="refuses"):
        look(reply(200, {}), reply(200, {}), reply(401, {"detail": "no"}))


def test_no_airflow_is_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    installed(monkeypatch)
    found = look()
    assert found["Airflow"].state == "failed"
    assert "pip install" in found["Airflow"].mend


@pytest.mark.parametrize(("version", "state"), [("3.2.1", "ok"), ("2.11.0", "failed"), ("3.9.0", "warning")])
def test_versions(monkeypatch: pytest.MonkeyPatch, version: str, state: str) -> None:
    installed(monkeypatch, core=version)
    assert look()["Airflow"].state == state


@pytest.mark.parametrize(("containers", "state"), [("pod", "failed"), ("process", "warning")])
def test_pods_need_their_provider(monkeypatch: pytest.MonkeyPatch, containers: str, state: str) -> None:
    installed(monkeypatch, core="3.3.2", standard="1", sql="1")
    assert look(containers=containers)["apache-airflow-providers-cncf-kubernetes"].state == state
