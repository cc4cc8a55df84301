"""The handler of tasks in pods: what flytekit and our SDK write, named templates, and overrides of nodes."""

from __future__ import annotations

from typing import Any, cast

import pytest

from jetbridge import PodTemplate, Resources, Secret, accelerators, task, workflow
from jetbridge.errors import JetbridgeError, TranslationError
from jetbridge.idl import TaskTemplate
from jetbridge.serialize.settings import SerializationSettings
from jetbridge.serialize.task import task_template
from jetbridge_plugins.pod.merge import merge
from jetbridge_plugins.pod.plan import HANDLER
from jetbridge_translators import registry
from jetbridge_translators.handler import BuildContext
from jetbridge_translators.plan.build import build
from jetbridge_translators.planning import Planning
from jetbridge_translators.work import BindingMacro, ContainerWork, ForeignWork, PodWork, SecretRef, Text
from tests.translators.plan_helpers import closure

MOUNT = {"name": "shared", "mountPath": "/shared"}
HELPER = {"name": "helper", "image": "h:1", "command": ["sleep", "9"], "resources": {"limits": {"gpu": "0", "cpu": 1}}}
SPEC: dict[str, Any] = {
    "containers": [HELPER, {"name": "primary", "volumeMounts": [MOUNT], "env": [{"name": "A", "value": "pod"}]}],
    "initContainers": [{"name": "first", "image": "f:1", "command": ["true"]}],
    "volumes": [{"name": "shared", "emptyDir": {}}],
    "terminationGracePeriodSeconds": 5,
    "restartPolicy": "Never",
}


@task(
    pod_template=PodTemplate(SPEC, labels={"b": "2", "a": "1"}, annotations={"note": "x"}),
    requests=Resources(cpu="2", gpu="1"),
    limits=Resources(cpu="1", mem="1Gi"),
    environment={"B": "task"},
    secret_requests=[Secret("db", "password")],
    accelerator=accelerators.T4,
    shared_memory="64Mi",
)
def full(n: int) -> int:
    return n


@task(pod_template_name="big", environment={"B": "task"}, requests=Resources(cpu="2"))
def named(n: int) -> int:
    return n


def template(function: Any = full) -> TaskTemplate:
    return task_template(function, SerializationSettings(image="img:1"))


def work_of(changed: TaskTemplate, handler: Any = HANDLER, **pod_templates: Any) -> PodWork:
    work = handler.build_resource(changed, BuildContext(("n",), Planning(pod_templates=pod_templates)))
    assert isinstance(work, PodWork)
    return work


def test_a_task_with_a_pod_becomes_pod_work() -> None:
    work = work_of(template())
    assert isinstance(work.main, ContainerWork)
    assert (work.name, work.main.image, work.main.command) == ("primary", "img:1", ("jetbridge-execute",))
    assert work.main.args[3] == Text(("--bind=n=", BindingMacro("n")))
    assert dict(work.main.requests) == {"cpu": "1", "nvidia.com/gpu": "1"}
    assert dict(work.main.limits) == {"cpu": "1", "memory": "1Gi", "nvidia.com/gpu": "1"}
    assert work.main.secrets == (SecretRef("db", "password"),)
    assert work.container["env"] == [{"name": "B", "value": "task"}, {"name": "A", "value": "pod"}]
    memory = {"name": "flyte-shared-memory", "mountPath": "/dev/shm"}  # noqa: S108 -- of a container
    assert work.container["volumeMounts"] == [MOUNT, memory]
    assert work.containers == ({**HELPER, "resources": {"limits": {"cpu": "1"}}},)
    assert [each["name"] for each in work.init_containers] == ["first"]
    assert work.labels == (("a", "1"), ("b", "2"))
    assert work.annotations == (("note", "x"),)
    assert work.spec["terminationGracePeriodSeconds"] == 5
    assert "restartPolicy" not in work.spec
    assert work.spec["volumes"] == [
        {"name": "shared", "emptyDir": {}},
        {"name": "flyte-shared-memory", "emptyDir": {"medium": "Memory", "sizeLimit": "64Mi"}},
    ]
    assert work.spec["tolerations"] == [
        {
            "key": "k8s.amazonaws.com/accelerator",
            "operator": "Equal",
            "value": "nvidia-tesla-t4",
            "effect": "NoSchedule",
        }
    ]


def test_rules_of_nodes_join_those_of_the_author() -> None:
    changed = template()
    own = {"matchExpressions": [{"key": "zone", "operator": "Exists"}]}
    required = {"requiredDuringSchedulingIgnoredDuringExecution": {"nodeSelectorTerms": [own, {}]}}
    changed.k8s_pod.pod_spec.update({"affinity": {"nodeAffinity": required}})
    affinity = cast("Any", work_of(changed).spec["affinity"])
    terms = affinity["nodeAffinity"]["requiredDuringSchedulingIgnoredDuringExecution"]["nodeSelectorTerms"]
    ours = {"key": "k8s.amazonaws.com/accelerator", "operator": "In", "values": ["nvidia-tesla-t4"]}
    assert [term["matchExpressions"] for term in terms] == [[*own["matchExpressions"], ours], [ours]]


def test_a_python_task_is_a_container_or_a_pod() -> None:
    handler = registry.handler("python-task")
    assert handler is not None
    assert work_of(template(), handler) == work_of(template())
    assert set(handler.shapes) == {ContainerWork, ForeignWork, PodWork}


def test_the_forms_of_flytekits_pod_plugin() -> None:
    expected = work_of(template())
    second = template()
    second.type = "sidecar"
    second.task_type_version = 2
    assert work_of(second) == expected
    first = template()
    first.task_type_version = 1
    first.custom.CopyFrom(first.k8s_pod.pod_spec)
    first.ClearField("k8s_pod")
    assert work_of(first).containers == expected.containers
    assert work_of(first).main == expected.main
    oldest = template()
    custom = {"podSpec": dict(oldest.k8s_pod.pod_spec), "primaryContainerName": "primary", "labels": {"a": "1"}}
    oldest.custom.update(cast("Any", custom))
    oldest.ClearField("k8s_pod")
    found = work_of(oldest)
    assert (found.main, found.labels) == (expected.main, (("a", "1"),))


BIG: dict[str, Any] = {
    "metadata": {"labels": {"from": "template"}, "annotations": {"x": "y"}},
    "spec": {
        "priorityClassName": "large",
        "nodeSelector": {"disk": "ssd"},
        "tolerations": [{"key": "big"}],
        "containers": [
            {"name": "default", "image": "unused:1", "env": [{"name": "D", "value": "default"}], "tty": True},
            {"name": "primary", "env": [{"name": "P", "value": "primary"}]},
            {"name": "stranger", "image": "s:1"},
        ],
        "initContainers": [{"name": "default-init", "env": [{"name": "I", "value": "1"}]}],
    },
}


def test_a_named_template_lies_under_a_container() -> None:
    work = work_of(template(named), registry.handler("python-task"), big=BIG)
    assert work.main.image == "img:1"
    assert dict(work.main.requests) == {"cpu": "2"}
    assert [entry["name"] for entry in cast("Any", work.container["env"])] == ["D", "P", "B"]
    assert work.container["tty"] is True
    assert work.containers == (), "containers of the template that the task has not are dropped, as on Flyte"
    assert (work.spec["priorityClassName"], work.spec["nodeSelector"]) == ("large", {"disk": "ssd"})
    assert (work.labels, work.annotations) == ((("from", "template"),), (("x", "y"),))


def test_a_named_template_lies_under_a_pod() -> None:
    changed = template()
    changed.metadata.pod_template_name = "big"
    changed.k8s_pod.pod_spec.update({"priorityClassName": "small", "tolerations": [{"key": "own"}]})
    work = work_of(changed, big=BIG)
    assert work.spec["priorityClassName"] == "small"
    assert [each["key"] for each in cast("Any", work.spec["tolerations"])][:2] == ["big", "own"]
    assert [each["env"] for each in cast("Any", work.containers)] == [[{"name": "D", "value": "default"}]]
    assert work.init_containers[0]["env"] == [{"name": "I", "value": "1"}]
    assert work.init_containers[0]["name"] == "first"
    assert dict(work.labels) == {"a": "1", "b": "2", "from": "template"}


def test_a_template_that_is_not_there_is_asked_for() -> None:
    with pytest.raises(JetbridgeError, match="names the pod template 'big'") as caught:
        work_of(template(named), registry.handler("python-task"))
    assert "--pod-templates big.yaml" in caught.value.hint
    with pytest.raises(JetbridgeError, match="the files hold other"):
        work_of(template(named), registry.handler("python-task"), other=BIG)


def test_empty_values_do_not_win() -> None:
    assert merge({"a": {"b": "x"}, "c": [1]}, {"a": {"b": ""}, "c": []}) == {"a": {"b": "x"}, "c": [1]}


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"restartPolicy": "OnFailure"}, "restartPolicy 'OnFailure'"),
        ({"ephemeralContainers": [{"name": "e"}]}, "'ephemeralContainers' is no field"),
        ({"noSuchThing": 1}, "'noSuchThing' is no field"),
        ({"containers": [{"name": "primary"}, {"name": "x"}]}, "the container 'x' names no image"),
        ({"containers": [{"name": "primary"}, HELPER, HELPER]}, "two containers are called 'helper'"),
        ({"containers": [{"name": "other"}]}, "has no container 'primary', but other"),
        ({"containers": [{"name": "primary"}, {**HELPER, "args": ["{{.input}}"]}]}, "only Flyte's propeller fills in"),
        ({"containers": [{"name": "primary"}, {**HELPER, "resources": {"limits": {"cpu": "lots"}}}]}, "no quantity"),
    ],
)
def test_what_cannot_be_kept_is_said(change: Any, message: str) -> None:
    changed = template()
    args = list(cast("Any", changed.k8s_pod.pod_spec["containers"])[1]["args"])
    for container in change.get("containers", []):
        if container["name"] == "primary":
            container.update({"image": "img:1", "args": args})
    changed.k8s_pod.pod_spec.update(change)
    with pytest.raises(JetbridgeError, match=message) as caught:
        work_of(changed)
    assert caught.value.hint


def test_claims_of_the_primary_container_are_refused() -> None:
    changed = template()
    cast("Any", changed.k8s_pod.pod_spec["containers"])[1]["resources"]["claims"] = [{"name": "x"}]
    with pytest.raises(JetbridgeError, match="have claims"):
        work_of(changed)


@workflow
def overridden(n: int = 1) -> tuple[int, int, int]:
    first = cast("Any", full(n=n)).with_overrides(
        requests=Resources(cpu="500m", gpu="2"), limits=Resources(gpu="2"), container_image="other:1"
    )
    second = cast("Any", named(n=n)).with_overrides(pod_template=PodTemplate({"hostname": "here"}, labels={"x": "y"}))
    return first, second, full(n=n)


def test_overrides_of_a_node_are_for_the_tasks_own_container() -> None:
    planning = Planning(pod_templates={"big": BIG})
    works = [cast("PodWork", step.work) for step in build(closure(overridden), registry.handler, planning).steps]
    assert works[0].main.image == "other:1"
    assert dict(works[0].main.requests) == {"cpu": "500m", "nvidia.com/gpu": "2"}
    assert dict(works[0].main.limits) == {"cpu": "1", "memory": "1Gi", "nvidia.com/gpu": "2"}
    assert works[0].containers == works[2].containers
    assert works[1].spec["hostname"] == "here"
    assert works[1].spec["priorityClassName"] == "large", "the named template lies under an overriding pod as well"
    assert dict(works[1].labels)["x"] == "y"


def test_without_the_file_the_node_says_so() -> None:
    with pytest.raises(TranslationError, match=r"names the pod template 'big'.*BadTaskSpecification"):
        build(closure(overridden), registry.handler)
