"""Pods as Argo templates: every field in its place, and what Argo cannot keep told with its name."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any, cast

import pytest
import yaml

from jetbridge.bindings import JsonConstant
from jetbridge.errors import TranslationError
from jetbridge_translators.argo.backend import BACKEND
from jetbridge_translators.base import Settings
from jetbridge_translators.work import JsonTree, PodWork
from tests.translators.argo.plans import STORE, container_work, plan, step

MOUNT: JsonTree = {"name": "shared", "mountPath": "/tmp"}  # noqa: S108 -- of a container
POD = PodWork(
    main=container_work("n"),
    name="primary",
    container={
        "env": [
            {"name": "A", "value": "{{x}} $(B)"},
            {"name": "C", "valueFrom": {"resourceFieldRef": {"containerName": "primary", "resource": "limits.cpu"}}},
        ],
        "volumeMounts": [MOUNT],
        "securityContext": {"readOnlyRootFilesystem": False},
    },
    containers=(
        {"name": "helper", "image": "h:1", "command": ["sh", "{{x}}"], "env": [{"name": "E", "value": "{{y}}"}]},
    ),
    init_containers=({"name": "first", "image": "f:1", "restartPolicy": "Always"},),
    spec={
        "volumes": [{"name": "shared", "emptyDir": {}}],
        "nodeSelector": {"disk": "ssd"},
        "tolerations": [{"key": "a", "operator": "Exists"}],
        "securityContext": {"runAsUser": 1, "fsGroup": 2},
        "serviceAccountName": "robot",
        "hostname": "{{not}} a template",
        "dnsPolicy": "Default",
    },
    labels=(("team", "a"),),
    annotations=(("note", "b"),),
)


def translated(work: PodWork, **options: str) -> dict[str, Any]:
    """The template of a task."""
    flow = plan(step("n0", work, args={"n": JsonConstant('"x"')}))
    files = cast("Any", BACKEND.translate)(flow, Settings(store=STORE, options=options)).files
    manifest = yaml.safe_load(next(iter(files.values())))  # the WorkflowTemplate
    (found,) = (each for each in manifest["spec"]["templates"] if "container" in each)
    return found


def test_each_field_is_in_its_place() -> None:
    found = translated(POD)
    assert found["nodeSelector"] == {"disk": "ssd"}
    assert found["tolerations"] == [{"key": "a", "operator": "Exists"}]
    assert found["serviceAccountName"] == "robot"
    assert found["metadata"]["labels"]["team"] == "a"
    assert found["metadata"]["annotations"]["note"] == "b"
    assert found["securityContext"] == {
        "fsGroup": 2,
        "runAsNonRoot": True,
        "runAsUser": 1,
        "seccompProfile": {"type": "RuntimeDefault"},
    }
    assert json.loads(found["podSpecPatch"]) == {"hostname": "{{not}} a template", "dnsPolicy": "Default"}
    assert "{{" not in found["podSpecPatch"]
    assert found["initContainers"][0]["restartPolicy"] == "Always"


def test_the_tasks_own_container_is_main() -> None:
    container = translated(POD)["container"]
    assert container["command"] == ["jetbridge-execute"]
    assert container["volumeMounts"] == [MOUNT], "the author's own /tmp takes the place of ours"
    assert container["securityContext"]["readOnlyRootFilesystem"] is False
    assert container["securityContext"]["allowPrivilegeEscalation"] is False
    (reference,) = (entry for entry in container["env"] if entry["name"] == "C")
    assert reference["valueFrom"]["resourceFieldRef"]["containerName"] == "main"


def test_texts_come_through_argo() -> None:
    found = translated(POD)
    assert [entry["name"] for entry in found["container"]["env"]][:1] == ["JETBRIDGE_OPEN_BRACE"]
    (entry,) = (entry for entry in found["container"]["env"] if entry["name"] == "A")
    assert entry["value"] == "$(JETBRIDGE_OPEN_BRACE){x}} $(B)"
    (helper,) = found["sidecars"]
    assert helper["command"] == ["sh", "$(JETBRIDGE_OPEN_BRACE){x}}"]
    assert helper["env"] == [
        {"name": "JETBRIDGE_OPEN_BRACE", "value": "{"},
        {"name": "E", "value": "$(JETBRIDGE_OPEN_BRACE){y}}"},
    ]
    assert helper["securityContext"]["capabilities"] == {"drop": ["ALL"]}
    assert "readOnlyRootFilesystem" not in helper["securityContext"]


def test_a_pod_without_more_is_a_container() -> None:
    found = translated(PodWork(main=container_work("n"), name="primary", container={}))
    assert "sidecars" not in found
    assert "podSpecPatch" not in found
    assert [volume["name"] for volume in found["volumes"]] == ["tmp"]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"containers": ({"name": "wait", "image": "i", "command": ["x"]},)}, "a container is called 'wait'"),
        ({"containers": ({"name": "a", "image": "i"},)}, "'a' has no command, which Argo needs"),
        (
            {"containers": ({"name": "a", "image": "i", "command": ["x"], "workingDir": "{{x}}"},)},
            "container 'a' holds",
        ),
        ({"container": {"restartPolicyRules": [{"action": "Restart"}]}}, "no container.restartPolicyRules"),
        ({"container": {"ports": [{"containerPort": "http"}]}}, "container.ports.0.containerPort of the pod is not"),
        ({"spec": {"nodeSelector": {"a": "{{x}}"}}}, "the pod's spec holds '{{x}}'"),
        ({"spec": {"volumes": [{"name": "a", "newKind": {"x": 1}}]}}, r"no volumes\[0\].newKind"),
        ({"labels": (("a", "{{x}}"),)}, "the pod's metadata holds"),
    ],
)
def test_what_argo_cannot_keep_is_said(change: Any, message: str) -> None:
    with pytest.raises(TranslationError, match=message) as caught:
        translated(replace(POD, **change))
    assert caught.value.problems[0].code == "InvalidForArgo"
    assert caught.value.problems[0].hint
