"""What a launch plan says of its runs, in the plan: settings of tasks, limits, notifications."""

from __future__ import annotations

from typing import Any, cast

import pytest

from jetbridge import Resources, task, workflow
from jetbridge.errors import TranslationError
from jetbridge_plugins.container.plan import HANDLER
from jetbridge_translators import registry
from jetbridge_translators.handler import BuildContext
from jetbridge_translators.plan.build import build
from jetbridge_translators.plan.check import check
from jetbridge_translators.plan.model import Notification, Step
from jetbridge_translators.plan.placement import (
    MEMORY_FOLDER,
    Memory,
    NodeRule,
    node_rules,
    service_account,
    shared_memory,
)
from jetbridge_translators.plan.quantities import amount
from jetbridge_translators.work import ContainerWork
from tests.translators.launched import MAILS, ONE_RUN, SOME_RUNS, launched, plan_of, with_settings_of_flytekit
from tests.translators.plan_helpers import plan


def steps(**options: Any) -> tuple[Step, ...]:
    return plan_of(with_settings_of_flytekit(launched(**options))).steps


def test_the_launch_plan_s_labels_and_variables_count_before_the_task_s() -> None:
    one, two = steps()
    assert dict(one.template.metadata.metadata.labels) == {"team": "plan", "own": "1"}
    assert dict(two.template.metadata.metadata.annotations) == {"note": "{% x %}"}
    assert dict(cast("ContainerWork", one.work).env) == {"A": "plan", "B": "task", "C": "plan"}
    assert dict(cast("ContainerWork", two.work).env) == {"A": "plan", "C": "plan"}


def test_every_task_acts_as_the_launch_plan_s_account_and_may_be_interrupted() -> None:
    assert {service_account(step.template) for step in steps()} == {"runner"}
    assert {step.interruptible for step in steps()} == {True}
    assert {step.interruptible for step in plan_of(launched()).steps} == {None}


def test_a_task_s_own_account_counts() -> None:
    closure = launched()
    closure.compiled.tasks[0].template.security_context.run_as.k8s_service_account = "own"
    assert [service_account(step.template) for step in plan_of(closure).steps] == ["own", "runner"]


def test_the_closure_stays_as_it_is() -> None:
    closure = with_settings_of_flytekit(launched())
    before = closure.compiled.SerializeToString(deterministic=True)
    plan_of(closure)
    assert closure.compiled.SerializeToString(deterministic=True) == before


def test_variables_reach_every_container_of_a_pod() -> None:
    closure = with_settings_of_flytekit(launched())
    template = closure.compiled.tasks[0].template
    container = {"name": "main", "image": "i", "env": [{"name": "A", "value": "pod"}, {"name": "B", "value": "pod"}]}
    template.k8s_pod.pod_spec.update({"containers": [container, {"name": "other"}]})
    seen: list[Any] = []

    def build_resource(task: Any, context: BuildContext) -> ContainerWork:
        seen.append(task)
        return ContainerWork(image="i", command=("c",), args=())

    handler = type(HANDLER)(build_resource=build_resource, shapes=(ContainerWork,))
    build(closure, lambda task_type: handler)
    containers = next(each for each in seen if each.HasField("k8s_pod")).k8s_pod.pod_spec["containers"]
    found = [{entry["name"]: entry["value"] for entry in container["env"]} for container in containers]
    assert found == [{"A": "plan", "B": "pod", "C": "plan"}, {"A": "plan", "C": "plan"}]


def test_limits_and_notifications() -> None:
    made = plan_of(launched(concurrency=ONE_RUN, notifications=MAILS))
    assert (made.labels, made.annotations) == ({"team": "plan"}, {"note": "{% x %}"})
    assert (made.max_parallelism, made.max_runs) == (2, 1)
    assert made.notifications == (
        Notification(phases=("FAILED",), recipients=("a@b.c",)),
        Notification(phases=("SUCCEEDED", "TIMED_OUT"), recipients=("s@b.c",)),
    )


def test_a_limit_of_runs_without_a_behaviour_has_no_effect() -> None:
    closure = launched(concurrency=SOME_RUNS)
    assert plan_of(closure).max_runs == 3
    closure.launch_plan.spec.concurrency_policy.behavior = cast("Any", 0)
    assert plan_of(closure).max_runs == 0


@pytest.mark.parametrize("options", [{"notifications": MAILS}, {"concurrency": SOME_RUNS}, {"concurrency": ONE_RUN}])
def test_what_argo_cannot_do_is_refused_with_a_way_out(options: Any) -> None:
    with pytest.raises(TranslationError) as caught:
        check(plan_of(launched(**options)), registry.backend("argo"), lambda task_type: None)
    assert [bool(problem.hint) for problem in caught.value.problems] == [True]


# ---- what a task asks of its pod -------------------------------------------------------------------------------------


def test_an_accelerator_is_a_kind_of_node_for_tasks_that_ask_for_a_gpu() -> None:
    _, gpu = plan_of(launched()).steps
    work = cast("ContainerWork", gpu.work)
    device = NodeRule("k8s.amazonaws.com/accelerator", "nvidia-tesla-a100")
    assert node_rules(gpu.template, work) == (device, NodeRule("k8s.amazonaws.com/gpu-partition-size", "1g.5gb"))
    assert node_rules(gpu.template, ContainerWork(image="i", command=("c",), args=())) == ()
    gpu.template.extended_resources.gpu_accelerator.unpartitioned = True
    assert node_rules(gpu.template, work) == (device, NodeRule("k8s.amazonaws.com/gpu-partition-size", None))


def test_shared_memory_has_flyte_s_defaults() -> None:
    one, two = plan_of(launched()).steps
    assert shared_memory(one.template) == Memory("flyte-shared-memory", MEMORY_FOLDER, "64Mi")
    assert shared_memory(two.template) is None
    two.template.extended_resources.shared_memory.size_limit = "0"
    assert shared_memory(two.template) == Memory("flyte-shared-memory", MEMORY_FOLDER, "")


@task(requests=Resources(cpu="1", mem="1Gi"), limits=Resources(cpu="2", mem="2Gi"), shared_memory="1Gi")
def sized(n: int) -> int:
    return n


@workflow
def resized(n: int = 1) -> int:
    return cast("Any", sized(n=n)).with_overrides(
        requests=Resources(cpu="3000m", mem="1500M", gpu="0"), shared_memory="2Gi"
    )


def test_an_override_of_requests_alone_stays_below_the_task_s_limits() -> None:
    (step,) = plan(resized).steps
    work = cast("ContainerWork", step.work)
    assert dict(work.requests) == {"cpu": "2", "memory": "1500M"}
    assert dict(work.limits) == {"cpu": "2", "memory": "2Gi"}


def test_an_override_replaces_shared_memory() -> None:
    (step,) = plan(resized).steps
    assert shared_memory(step.template) == Memory("flyte-shared-memory", MEMORY_FOLDER, "2Gi")


@pytest.mark.parametrize(
    ("quantity", "number"), [("2", 2), ("1e3", 1000), ("2k", 2000), ("1E", 10**18), (".5Ki", 512), ("-1M", -(10**6))]
)
def test_quantities(quantity: str, number: int) -> None:
    assert amount(quantity) == number


def test_what_is_no_quantity() -> None:
    with pytest.raises(ValueError, match="'1 Gi' is no quantity"):
        amount("1 Gi")
