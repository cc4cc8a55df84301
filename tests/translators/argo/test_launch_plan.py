"""A launch plan's settings, and what a task asks of its pod, in Argo's words."""

from __future__ import annotations

from typing import Any

from jetbridge import CronSchedule
from tests.translators.argo.files import objects, template
from tests.translators.argo.plans import settings
from tests.translators.launched import ONE_RUN, launched, plan_of


def leaves() -> dict[str, Any]:
    found = template(plan_of(launched()))["spec"]["templates"]
    return {each["name"]: each for each in found if "container" in each}


def test_labels_are_those_of_all_objects_and_pods() -> None:
    for item in objects(plan_of(launched(schedule=CronSchedule("daily")))):
        assert item["metadata"]["labels"] == {"app.kubernetes.io/managed-by": "jetbridge", "team": "plan"}
    one, two = leaves().values()
    assert one["metadata"]["labels"] == {"own": "1", "team": "plan"}
    assert two["metadata"]["labels"] == {"team": "plan"}


def test_the_limit_holds_for_every_way_to_start_a_run() -> None:
    whole, run, cron = objects(plan_of(launched(schedule=CronSchedule("daily"))))
    assert [whole["spec"]["parallelism"], run["spec"]["parallelism"]] == [2, 2]
    assert cron["spec"]["workflowSpec"]["parallelism"] == 2


def test_a_schedule_s_runs_have_the_labels_and_one_may_exclude_others() -> None:
    cron = objects(plan_of(launched(schedule=CronSchedule("daily"), concurrency=ONE_RUN)))[2]
    assert cron["spec"]["workflowMetadata"]["labels"]["team"] == "plan"
    assert "jetbridge/outputs" in cron["spec"]["workflowMetadata"]["annotations"]
    assert cron["spec"]["concurrencyPolicy"] == "Forbid"
    assert "concurrencyPolicy" not in objects(plan_of(launched(schedule=CronSchedule("daily"))))[2]["spec"]


def test_pods_act_as_the_launch_plan_s_account_and_the_rest_as_the_option_s() -> None:
    whole = template(plan_of(launched()), settings(service_account="option"))
    assert whole["spec"]["serviceAccountName"] == "option"
    assert {leaf["serviceAccountName"] for leaf in leaves().values()} == {"runner"}


def test_shared_memory_is_a_volume_in_memory() -> None:
    leaf = leaves()["first"]
    assert {"name": "flyte-shared-memory", "emptyDir": {"medium": "Memory", "sizeLimit": "64Mi"}} in leaf["volumes"]
    mounts = {mount["name"]: mount["mountPath"] for mount in leaf["container"]["volumeMounts"]}
    assert mounts == {"tmp": "/tmp", "flyte-shared-memory": "/dev/shm"}  # noqa: S108 -- folders of the container


def test_an_accelerator_is_an_affinity_with_tolerations() -> None:
    leaf = leaves()["second"]
    required = leaf["affinity"]["nodeAffinity"]["requiredDuringSchedulingIgnoredDuringExecution"]
    labels = {"k8s.amazonaws.com/accelerator": "nvidia-tesla-a100", "k8s.amazonaws.com/gpu-partition-size": "1g.5gb"}
    assert required["nodeSelectorTerms"] == [
        {"matchExpressions": [{"key": key, "operator": "In", "values": [value]} for key, value in labels.items()]}
    ]
    assert leaf["tolerations"] == [
        {"key": key, "operator": "Equal", "value": value, "effect": "NoSchedule"} for key, value in labels.items()
    ]
    assert leaf["container"]["resources"]["limits"] == {"nvidia.com/gpu": "1"}
    assert "affinity" not in leaves()["first"]
