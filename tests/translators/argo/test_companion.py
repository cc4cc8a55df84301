"""Tasks whose image is not ours: the launcher in their container, and the companion beside it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from jetbridge.errors import UsageError
from jetbridge_translators.plan.model import Control
from jetbridge_translators.work import ForeignWork, Macro, PodWork, Text
from tests.translators.argo.files import env, leaf
from tests.translators.argo.plans import plan, settings, step

WORK = ForeignWork(
    image="acme/flytekit:1",
    command=("jetbridge-companion",),
    args=(Text(("--run-root=", Macro.RUN_ROOT)), "--", "pyflyte-execute", "{{x}}"),
    env=(("A", "1"),),
)
OPTIONS = {"jetbridge-image": "acme/jetbridge:1", "store-secret": "s3", "store-endpoint": "http://minio:9000"}


def test_the_task_s_container_starts_the_launcher_with_the_companion_s_arguments() -> None:
    container = leaf(plan(step("n0", WORK)), settings(**OPTIONS))["container"]
    assert (container["image"], container["command"]) == ("acme/flytekit:1", ["/var/jetbridge/launch"])
    assert container["args"][0] == "/var/jetbridge"
    assert container["args"][-3:] == ["--", "pyflyte-execute", "$(JETBRIDGE_OPEN_BRACE){x}}"]
    assert env(container) == {
        "JETBRIDGE_OPEN_BRACE": "{",
        "AWS_ENDPOINT_URL": "http://minio:9000",
        "AWS_ALLOW_HTTP": "true",
        "A": "1",
    }
    assert container["envFrom"] == [{"secretRef": {"name": "s3"}}]
    assert {"name": "exchange", "mountPath": "/var/jetbridge"} in container["volumeMounts"]


def test_the_companion_is_a_sidecar_that_is_locked_down_as_well() -> None:
    made = leaf(plan(step("n0", WORK)), settings(**OPTIONS))
    (companion,) = made["initContainers"]
    assert (companion["image"], companion["command"]) == ("acme/jetbridge:1", ["jetbridge-companion"])
    assert (companion["args"], companion["restartPolicy"]) == (["--exchange=/var/jetbridge"], "Always")
    assert companion["startupProbe"]["exec"] == {"command": ["/var/jetbridge/launch"]}
    assert companion["securityContext"] == made["container"]["securityContext"]
    assert companion["envFrom"] == [{"secretRef": {"name": "s3"}}]
    assert {"name": "exchange", "emptyDir": {}} in made["volumes"]


def test_a_program_that_does_not_read_the_store_gets_no_credentials() -> None:
    container = leaf(plan(step("n0", replace(WORK, reads_store=False))), settings(**OPTIONS))["container"]
    assert "envFrom" not in container


def test_control_values_lie_where_both_containers_see_them() -> None:
    asking = replace(step("n0", WORK), controls=(Control("value", "o0"),))
    made = leaf(plan(asking), settings(**OPTIONS))
    assert "--control=value:o0=/var/jetbridge/controls/value_o0" in made["container"]["args"]


def test_without_an_image_of_ours_it_is_refused() -> None:
    with pytest.raises(UsageError, match="--jetbridge-image") as caught:
        leaf(plan(step("n0", WORK)), settings())
    assert "jetbridge" in str(caught.value)


def test_a_raw_container_has_its_folders_where_it_wants_them() -> None:
    work = replace(WORK, reads_store=False, folders=(("inputs", "/in"), ("outputs", "/out")))
    mounts = leaf(plan(step("n0", work)), settings(**OPTIONS))["container"]["volumeMounts"]
    assert mounts[-2:] == [
        {"name": "exchange", "mountPath": "/in", "subPath": "inputs"},
        {"name": "exchange", "mountPath": "/out", "subPath": "outputs"},
    ]


def test_a_pod_of_the_author_s_has_the_companion_first() -> None:
    pod = PodWork(
        main=WORK,
        name="primary",
        container={"volumeMounts": [{"name": "data", "mountPath": "/data"}]},
        init_containers=({"name": "first", "image": "f:1"},),
        spec={"volumes": [{"name": "data", "emptyDir": {}}]},
    )
    asking = replace(step("n0", pod), controls=(Control("value", "o0"),))
    made = leaf(plan(asking), settings(**OPTIONS))
    assert [each["name"] for each in made["initContainers"]] == ["companion", "first"]
    assert made["container"]["command"] == ["/var/jetbridge/launch"]
    assert {each["name"] for each in made["volumes"]} == {"tmp", "exchange", "data"}
    assert {each["mountPath"] for each in made["container"]["volumeMounts"]} >= {"/var/jetbridge", "/data"}
    assert "--control=value:o0=/var/jetbridge/controls/value_o0" in made["container"]["args"]


def test_the_companion_of_a_dynamic_task_makes_the_child_and_alone_has_the_token() -> None:
    dynamic = step("n0", WORK)
    dynamic.template.container.env.add(key="_F_SS_C", value="x")
    given = {**OPTIONS, "executor-service-account": "exec", "dynamic-service-account": "maker"}
    made = leaf(plan(dynamic), settings(**given))
    container, (companion,) = made["container"], made["initContainers"]
    assert (companion["command"], companion["args"]) == (["jetbridge-dynamic"], ["--exchange=/var/jetbridge"])
    assert (container["command"], container["args"][0]) == (["/var/jetbridge/launch"], "/var/jetbridge")
    at = container["args"].index("--")
    assert any(word.startswith("--settings=") for word in container["args"][:at])
    assert container["args"][at + 1] == "jetbridge-companion"
    assert (made["serviceAccountName"], made["automountServiceAccountToken"]) == ("maker", False)
    place = "/var/run/secrets/kubernetes.io/serviceaccount"
    assert [place in [each["mountPath"] for each in each["volumeMounts"]] for each in (container, companion)] == [
        False,
        True,
    ]
