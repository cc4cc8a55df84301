"""Deployment into a namespace, through the real Kubernetes client: what is asked, and what is refused."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from jetbridge.errors import RunError, UsageError
from jetbridge_translators.api import complete_settings
from jetbridge_translators.argo.backend import BACKEND
from jetbridge_translators.argo.deploy import prepare_objects
from jetbridge_translators.argo.translate import standing_objects
from jetbridge_translators.base import Settings
from jetbridge_translators.deployment import Deployment, Prepared
from tests.translators import deploy_flows
from tests.translators.argo_run.server import Answer, api_server, listed, refused, reply
from tests.translators.plan_helpers import plan

SETTINGS = complete_settings(BACKEND, Settings(store="s3://bucket/runs"))
PLAN = plan(deploy_flows.first)
(TEMPLATE,) = standing_objects(PLAN, SETTINGS)
NAME: str = TEMPLATE["metadata"]["name"]  # type: ignore[index, assignment]  # a tree of plain values
OURS = [{"manager": "jetbridge", "operation": "Apply"}]
ABSENT = refused(404, f'workflowtemplates.argoproj.io "{NAME}" not found')
NONE = listed()


def deployment(**more: Any) -> Deployment:
    return Deployment(owner="team", plans=(PLAN,), settings=SETTINGS, options={}, **more)


def stored(owner: str = "team", name: str = NAME, **spec: Any) -> dict[str, Any]:
    """What the server holds."""
    labels = {"jetbridge/deployment": owner} if owner else {}
    metadata = {"name": name, "labels": labels, "uid": "u", "resourceVersion": "7", "managedFields": OURS}
    return {"kind": "WorkflowTemplate", "metadata": metadata, "spec": {"entrypoint": "first", **spec}}


def conflict(*fields: str) -> Answer:
    causes = [{"field": field, "message": 'conflict with "kubectl-edit"'} for field in fields]
    body = {"kind": "Status", "code": 409, "message": "Apply failed", "details": {"causes": causes}}
    return reply(409, body)


def prepared(folder: Path, *answers: Answer, apply: bool = False, **more: Any) -> tuple[Prepared, Any]:
    with api_server(folder, *answers) as (cluster, script):
        found = prepare_objects(cluster, deployment(**more), [TEMPLATE])
        if apply:
            found.apply()
    return found, script


def test_a_new_object_is_tried_before_it_is_made(tmp_path: Path) -> None:
    answers = (ABSENT, NONE, NONE, reply(200, stored()), reply(201, stored()))
    found, script = prepared(tmp_path, *answers, apply=True)
    (change,) = found.changes
    assert (change.what, change.name) == ("create", f"WorkflowTemplate {NAME}")
    assert "+  entrypoint: first" in change.difference
    tried, made = script.asked[3], script.asked[4]
    assert tried[0] == made[0] == "PATCH"
    assert tried[2] == {"fieldManager": ["jetbridge"], "force": ["false"], "dryRun": ["All"]}
    assert made[2] == {"fieldManager": ["jetbridge"], "force": ["false"]}
    assert json.loads(script.bodies[4])["metadata"]["labels"]["jetbridge/deployment"] == "team"


def test_the_difference_is_what_the_server_would_make(tmp_path: Path) -> None:
    answers = (reply(200, stored(parallelism=1)), NONE, NONE, reply(200, stored(parallelism=2)))
    found, _ = prepared(tmp_path, *answers)
    (change,) = found.changes
    assert change.what == "change"
    assert [line for line in change.difference.splitlines()[2:] if line[0] in "+-"] == [
        "-  parallelism: 1",
        "+  parallelism: 2",
    ]


def test_what_is_as_it_should_be_is_kept(tmp_path: Path) -> None:
    newer = {**stored(), "metadata": {**stored()["metadata"], "resourceVersion": "8", "generation": 3}}
    found, _ = prepared(tmp_path, reply(200, stored()), NONE, NONE, reply(200, newer))
    assert [(change.what, change.difference) for change in found.changes] == [("keep", "")]


def test_only_its_own_is_pruned(tmp_path: Path) -> None:
    copied = stored(name="copied")
    copied["metadata"]["managedFields"] = [{"manager": "kubectl", "operation": "Apply"}]
    gone = reply(200, {})
    crons, templates = NONE, listed(stored(), stored(name="old"), copied)
    answers = (reply(200, stored()), crons, templates, reply(200, stored()), reply(200, stored()), gone)
    found, script = prepared(tmp_path, *answers, apply=True)
    assert [(each.what, each.name) for each in found.changes][1:] == [("remove", "WorkflowTemplate old")]
    assert script.asked[2][2]["labelSelector"] == ["jetbridge/deployment=team"]
    deleted = [path for method, path, _ in script.asked if method == "DELETE"]
    assert [path.rpartition("/")[2] for path in deleted] == ["old"]
    assert json.loads(script.bodies[-1])["preconditions"] == {"uid": "u", "resourceVersion": "7"}


def test_nothing_is_pruned_when_told_so(tmp_path: Path) -> None:
    found, script = prepared(tmp_path, reply(200, stored()), reply(200, stored()), prune=False)
    assert len(found.changes) == 1
    assert len(script.asked) == 2


@pytest.mark.parametrize(("owner", "said"), [("", "not deployed by jetbridge"), ("other", "deployment 'other'")])
def test_an_object_of_others_is_refused(tmp_path: Path, owner: str, said: str) -> None:
    with pytest.raises(UsageError, match=said) as caught:
        prepared(tmp_path, reply(200, stored(owner)))
    assert NAME in caught.value.message
    assert "--take-over" in caught.value.hint


def test_fields_of_others_are_named_all_at_once(tmp_path: Path) -> None:
    answers = (reply(200, stored()), NONE, NONE, conflict(".spec.templates", ".spec.parallelism"))
    with pytest.raises(UsageError) as caught:
        prepared(tmp_path, *answers)
    assert f'WorkflowTemplate {NAME}: .spec.templates: conflict with "kubectl-edit"' in caught.value.message
    assert ".spec.parallelism" in caught.value.message


def test_they_are_taken_over_when_told_so(tmp_path: Path) -> None:
    _, script = prepared(tmp_path, reply(200, stored("")), NONE, NONE, reply(200, stored()), take_over=True)
    assert script.asked[3][2]["force"] == ["true"]


def test_a_missing_right_names_the_rights(tmp_path: Path) -> None:
    with pytest.raises(RunError, match="forbidden here") as caught:
        prepared(tmp_path, refused(403, "forbidden here"))
    assert "cronworkflows" in caught.value.hint


def test_a_cluster_without_argo(tmp_path: Path) -> None:
    with pytest.raises(RunError) as caught:
        prepared(tmp_path, refused(404, "the server could not find the requested resource"))
    assert "Install Argo" in caught.value.hint


def test_a_refusal_names_its_fields(tmp_path: Path) -> None:
    body: Mapping[str, Any] = {"message": "invalid", "details": {"causes": [{"field": "spec.x", "message": "bad"}]}}
    with pytest.raises(RunError, match=r"spec\.x: bad"):
        prepared(tmp_path, ABSENT, NONE, NONE, reply(422, body))


def test_two_workflows_of_one_name_are_refused(tmp_path: Path) -> None:
    with api_server(tmp_path) as (cluster, _), pytest.raises(UsageError, match="one object"):
        prepare_objects(cluster, deployment(), [TEMPLATE, TEMPLATE])


def test_a_schedule_stands_too() -> None:
    kinds = [tree["kind"] for tree in standing_objects(plan(deploy_flows.regular, schedule=SCHEDULE), SETTINGS)]
    assert kinds == ["WorkflowTemplate", "CronWorkflow"]


SCHEDULE = deploy_flows.nightly.schedule
