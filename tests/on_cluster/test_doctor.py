"""`doctor` on the real cluster, with the rights of a user who runs and of one who may do everything."""

from __future__ import annotations

import json
from typing import Any

import pytest

from jetbridge.cli.main import main
from tests.on_cluster.site import Site

pytestmark = pytest.mark.cluster


def doctor(capsys: pytest.CaptureFixture[str], site: Site, *arguments: str, code: int = 0) -> dict[str, Any]:
    options = [f"--{name}={value}" for name, value in {**site.options, "namespace": site.namespace}.items()]
    given = ["doctor", "--on=argo", f"--store={site.store}", "--json", *options, *arguments]
    with pytest.raises(SystemExit) as ended:
        main(given)
    told = json.loads(capsys.readouterr().out)
    assert ended.value.code == code, told
    assert {each["state"] for each in told["parts"]["store"]} == {"ok"}, told
    return {each["what"]: each for each in told["parts"]["argo"]}


def test_who_runs_can_run(own_site: Site, capsys: pytest.CaptureFixture[str]) -> None:
    found = doctor(capsys, own_site)
    assert found["cluster"]["found"].startswith("Kubernetes v")
    assert found["Argo's kinds"]["state"] == found["rights to run"]["state"] == "ok"
    assert found["rights to deploy"]["state"] == "warning", "this account only runs"
    assert found["store-secret"]["state"] == "not checked", "nor may it read Secrets"


def test_who_may_look_sees_what_is_missing(
    site: Site, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("KUBECONFIG", site.admin)
    found = doctor(capsys, site)
    assert {found[what]["state"] for what in ("namespace", "rights to run", "rights to deploy", "store-secret")} == {
        "ok"
    }
    found = doctor(capsys, site, "--store-secret=missing", "--namespace=nowhere", code=1)
    assert [what for what, each in found.items() if each["state"] == "failed"][:1] == ["namespace"]
    assert "create secret generic missing" in found["store-secret"]["mend"]
