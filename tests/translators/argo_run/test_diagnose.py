"""What `doctor` asks of a cluster and makes of the answers, through the real Kubernetes client."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from jetbridge_translators.argo.diagnose import cluster_checks
from jetbridge_translators.argo.options import read_options
from jetbridge_translators.base import Settings
from jetbridge_translators.diagnosis import Check
from tests.translators.argo_run.server import Answer, api_server, refused, reply

OPTIONS = read_options(Settings(store="s3://b/runs", options={"store-secret": "keys", "service-account": "runner"}))
VERSION = reply(200, {"gitVersion": "v1.34.1"})
THERE = reply(200, {})
KINDS = reply(
    200,
    {
        "resources": [
            {"name": name} for name in ("workflows", "workflowtemplates", "cronworkflows", "workflowtaskresults")
        ]
    },
)
YES, NO = (reply(201, {"status": {"allowed": allowed}}) for allowed in (True, False))
RIGHTS = 6 + 10


def controller(image: str, **env: str) -> Answer:
    container = {"image": image, "env": [{"name": name, "value": value} for name, value in env.items()]}
    item = {"metadata": {"name": "workflow-controller"}, "spec": {"template": {"spec": {"containers": [container]}}}}
    return reply(200, {"items": [item]})


def look(folder: Path, *answers: Answer) -> dict[str, Check]:
    with api_server(folder, *answers) as (cluster, script):
        found = [*cluster_checks(cluster, OPTIONS)]
        assert not script.answers, "all answers were asked for"
    return {check.what: check for check in found}


def test_all_is_well(tmp_path: Path) -> None:
    engine = controller("quay.io/argoproj/workflow-controller:v3.7.16", DEFAULT_REQUEUE_TIME="1s")
    found = look(tmp_path, VERSION, THERE, KINDS, engine, *[YES] * RIGHTS, THERE, THERE)
    assert {check.state for check in found.values()} == {"ok"}
    assert found["store-secret"].found == "keys"


@pytest.mark.parametrize(
    ("image", "state"), [("x:v3.7.15", "failed"), ("x:v4.0.7", "warning"), ("x:latest", "not checked")]
)
def test_the_version_of_the_controller(tmp_path: Path, image: str, state: str) -> None:
    found = look(tmp_path, VERSION, THERE, KINDS, controller(image), *[YES] * RIGHTS, THERE, THERE)
    assert found["Argo's controller"].state == state
    assert found["pace"].state == "warning", "its default makes chains of short tasks slow"


def test_missing_rights_are_named(tmp_path: Path) -> None:
    rights = [NO, *[YES] * 4, NO, *[NO] * 10]
    found = look(tmp_path, VERSION, THERE, KINDS, controller("x:v3.7.16"), *rights, THERE, THERE)
    run, deploy = found["rights to run"], found["rights to deploy"]
    assert (run.state, run.found) == ("failed", "missing: create on workflows; get on pods/log")
    assert deploy.state == "warning", "who only runs needs them not"
    assert "'team'" in run.mend


def test_what_we_may_not_see_is_not_called_missing(tmp_path: Path) -> None:
    no = refused(403, "forbidden")
    found = look(tmp_path, VERSION, no, KINDS, no, no, no, *[YES] * RIGHTS, no, no)
    assert [what for what, check in found.items() if check.state == "not checked"] == [
        "namespace",
        "Argo's controller",
        "service-account",
        "store-secret",
    ]


def test_what_is_missing_says_how_to_make_it(tmp_path: Path) -> None:
    kinds: dict[str, Any] = {"resources": [{"name": "workflows"}]}
    gone = refused(404, "not found")
    engine = controller("x:v3.7.16")
    found = look(tmp_path, VERSION, gone, reply(200, kinds), engine, *[YES] * RIGHTS, gone, gone)
    assert "kubectl create namespace team" in found["namespace"].mend
    assert found["Argo's kinds"].found == "missing: cronworkflows, workflowtaskresults, workflowtemplates"
    assert "create secret generic keys" in found["store-secret"].mend
    assert found["service-account"].state == "failed"


def test_a_cluster_that_refuses_ends_it(tmp_path: Path) -> None:
    found = look(tmp_path, refused(401, "Unauthorized"))
    assert [check.state for check in found.values()] == ["failed"]
