# Wrong calls are what is tested.
# pyright: basic, reportArgumentType=false, reportCallIssue=false
"""Options of launch plans, tasks and nodes beside those that flytekit's own messages are compared with."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any, cast

import pytest

from jetbridge import (
    Annotations,
    AuthRole,
    Cache,
    ConcurrencyPolicy,
    CronSchedule,
    Email,
    Labels,
    LaunchPlan,
    Options,
    PodTemplate,
    Slack,
    WorkflowExecutionPhase,
    task,
    workflow,
)
from jetbridge.accelerators import A100, T4, V5E, MultiInstanceGPUAccelerator
from jetbridge.errors import CompileError, UsageError
from jetbridge.launch_options import Identity, SecurityContext
from jetbridge.serialize.launch_plan import launch_plan_message
from jetbridge.serialize.task import task_template
from tests.sdk.tracing import SETTINGS, template

FAILED = [WorkflowExecutionPhase.FAILED]


@task
def double(n: int) -> int:
    return 2 * n


@workflow(default_options=Options(labels=Labels({"team": "birds"})))
def flow(n: int, when: datetime | None = None) -> int:
    return double(n=n)


def test_labels_are_objects_or_dicts() -> None:
    for labels, notes in (({"a": "b"}, {"c": "d"}), (Labels({"a": "b"}), Annotations({"c": "d"}))):
        spec = launch_plan_message(LaunchPlan.get_or_create(flow, "p", labels=labels, annotations=notes)).spec
        assert (dict(spec.labels.values), dict(spec.annotations.values)) == ({"a": "b"}, {"c": "d"})
    default = launch_plan_message(LaunchPlan.get_or_create(flow)).spec
    assert dict(default.labels.values) == {"team": "birds"}


def test_the_older_role_is_an_identity() -> None:
    plan = LaunchPlan.create("p", flow, auth_role=AuthRole(assumable_iam_role="r", kubernetes_service_account="s"))
    assert plan.security_context == SecurityContext(Identity("r", "s"))
    assert launch_plan_message(plan).spec.security_context.run_as.k8s_service_account == "s"


WRONG: list[tuple[Callable[[], Any], str]] = [
    (lambda: LaunchPlan.get_or_create(flow, labels={"a": "b"}), "labels= needs a name"),
    (lambda: LaunchPlan.get_or_create(flow, fixed_inputs={"n": 1}), "inputs or a schedule needs a name"),
    (lambda: LaunchPlan.get_or_create(flow, "p", fixed_inputs={"m": 1}), "no input 'm'"),
    (lambda: cast("Any", LaunchPlan).get_or_create(flow, "p", notification=[]), "no option 'notification'"),
    (lambda: cast("Any", LaunchPlan).get_or_create(flow, "p", trigger=1), "no option 'trigger'"),
    (
        lambda: LaunchPlan.create("p", flow, auth_role=AuthRole("r"), security_context=SecurityContext()),
        "older spelling",
    ),
    (lambda: Email(phases=[], recipients_email=["a@b.c"]), "tells nobody"),
    (lambda: Slack(phases=FAILED, recipients_email=[]), "tells nobody"),
    (lambda: Email(phases=[2], recipients_email=["a@b.c"]), "cannot tell of phase 2"),
    (lambda: ConcurrencyPolicy(0), "lets nothing run"),
    (lambda: CronSchedule("0 6 * * *", offset="soon"), "no ISO 8601 duration"),
    (lambda: PodTemplate(primary_container_name=""), "names no primary container"),
    (lambda: PodTemplate("a pod").manifest, "pod_spec of a PodTemplate is 'a pod'"),
    (lambda: task(cache=True)(double.function), "cache_version"),
    (lambda: task(cache=Cache())(double.function), "cache_version"),
]


@pytest.mark.parametrize(("make", "message"), WRONG)
def test_what_is_wrong_is_said(make: Callable[[], Any], message: str) -> None:
    with pytest.raises(UsageError, match=message) as caught:
        make()
    assert caught.value.hint


OVERRIDES: list[dict[str, Any]] = [
    {"cache": True},
    {"cache": Cache()},
    {"cache": Cache(version="1"), "cache_version": "2"},
    {"cache": Cache(version="1"), "cache_serialize": True},
]


@pytest.mark.parametrize("overrides", OVERRIDES)
def test_a_cache_of_a_node_needs_one_version(overrides: dict[str, Any]) -> None:
    @workflow
    def wrong(n: int) -> int:
        return cast("Any", double(n=n)).with_overrides(**overrides)

    with pytest.raises(CompileError, match="version") as caught:
        template(wrong)
    (problem,) = caught.value.problems
    assert problem.location
    assert problem.location.file.endswith("test_launch_plan.py")
    assert problem.hint


def test_a_pod_may_be_written_as_in_a_manifest() -> None:
    pod = PodTemplate({"containers": [{"name": "main", "resources": {"limits": {"x/y": 1}}}]}, "main", {"a": "b"})

    @task(pod_template=pod, environment={"A": "b"})
    def in_pod(n: int) -> int:
        return n

    message = task_template(in_pod, SETTINGS)
    assert message.WhichOneof("target") == "k8s_pod"
    assert dict(message.k8s_pod.metadata.labels) == {"a": "b"}
    assert message.config["primary_container_name"] == "main"
    (container,) = message.k8s_pod.pod_spec.fields["containers"].list_value.values
    fields = container.struct_value.fields
    assert fields["image"].string_value == "img:1"
    assert fields["args"].list_value.values[0].string_value == "jetbridge-execute"
    assert fields["env"].list_value.values[0].struct_value.fields["name"].string_value == "A"
    assert "limits" in fields["resources"].struct_value.fields
    assert pod.manifest["containers"] == [{"name": "main", "resources": {"limits": {"x/y": 1}}}], "the author's own"


def test_accelerators_have_parts() -> None:
    assert A100.partition_2g_10gb == MultiInstanceGPUAccelerator("nvidia-tesla-a100", "2g.10gb")
    assert V5E.slice_2x4.to_message().partition_size == "2x4"
    assert A100.unpartitioned.to_message().unpartitioned
    assert not A100.to_message().WhichOneof("partition_size_value")
    assert T4.to_message().device == "nvidia-tesla-t4"
    with pytest.raises(AttributeError, match="has no 'half'"):
        _ = A100.half
