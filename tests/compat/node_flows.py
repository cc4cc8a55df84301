"""Every kind of node, as one file for both SDKs (see `flows.loaded`)."""

from __future__ import annotations

SOURCE = '''
import datetime
import functools
from datetime import timedelta
from typing import Dict, List, NamedTuple, Optional, Tuple

from {sdk} import (
    LaunchPlan,
    Resources,
    Workflow,
    WorkflowFailurePolicy,
    approve,
    conditional,
    dynamic,
    map_task,
    reference_launch_plan,
    reference_task,
    sleep,
    task,
    wait_for_input,
    workflow,
)
from {error} import FlyteError


class Ends(NamedTuple):
    low: int
    high: int


@task(retries=2, timeout=timedelta(minutes=3), interruptible=True)
def increment(n: int, by: int = 1) -> int:
    return n + by


@task
def double(n: int) -> int:
    return 2 * n


@task
def both(n: int) -> Ends:
    return Ends(n, n + 1)


@task
def other_end(n: int) -> NamedTuple("Other", [("high", int), ("extra", str)]):
    return n, "x"


@task
def say(text: str):
    pass


@task
def facts(n: int) -> Tuple[bool, float, str, datetime.datetime]:
    return True, 1.0, "x", datetime.datetime.now()


# --- workflows in workflows


@workflow
def inner(n: int, by: int = 10, maybe: Optional[int] = None) -> int:
    return increment(n=increment(n=n), by=by)


@workflow(interruptible=True)
def middle(n: int = 2) -> Ends:
    """Some words."""
    return Ends(increment(n=n), inner(n=n))


@workflow
def quiet(n: int):
    say(text="x")


@workflow
def outer(n: int = 1) -> Tuple[int, int]:
    first = middle(n=n)
    second = middle().with_overrides(node_name="Second_one")
    done = quiet(n=first.high)
    last = inner(n=second.low, by=3)
    done >> last
    return first.low, last


default_plan = LaunchPlan.get_or_create(workflow=inner)
fixed_plan = LaunchPlan.get_or_create(inner, "fixed_plan", default_inputs={{"n": 3}}, fixed_inputs={{"by": 5}})


@workflow
def launching(n: int) -> Tuple[int, int, int]:
    return default_plan(n=n), fixed_plan(n=n), fixed_plan()


# --- branches


@workflow
def branching(n: int = 5, flag: bool = True) -> int:
    first = increment(n=n)
    chosen = (
        conditional("size")
        .if_((first > 100) & (n > 0))
        .then(double(n=first))
        .elif_((first == 6) | (n < first))
        .then(increment(n=first, by=n))
        .elif_((first >= 3) & ((n <= 4) | (n != 7)))
        .then(inner(n=n))
        .elif_(flag.is_true())
        .then(fixed_plan(n=n))
        .else_()
        .fail("neither")
    )
    return double(n=chosen)


@workflow
def nesting(n: int) -> int:
    return (
        conditional("outer")
        .if_(n > 10)
        .then(
            conditional("inner")
            .if_(n < 20)
            .then(double(n=n))
            .elif_(n < 30)
            .then(increment(n=n))
            .else_()
            .then(fixed_plan(n=n))
        )
        .elif_(n == 3)
        .then(double(n=n))
        .else_()
        .then(increment(n=n))
    )


@workflow
def typed_conditions(n: int, x: float, text: str, when: datetime.datetime, span: timedelta) -> int:
    truth, number, word, moment = facts(n=n)
    return (
        conditional("types")
        .if_((x > 1.5) & (text == "a") & (when < datetime.datetime(2026, 1, 2, tzinfo=datetime.timezone.utc)))
        .then(double(n=n))
        .elif_((span >= timedelta(hours=1)) & truth.is_false() & (number != 2.0) & (word != text) & (moment > when))
        .then(double(n=n))
        .else_()
        .then(increment(n=n))
    )


@workflow
def joined_outputs(n: int) -> int:
    shared = conditional("shared").if_(n > 1).then(both(n=n)).else_().then(other_end(n=n))
    return double(n=shared)


@workflow
def several_joined(n: int) -> Ends:
    low, high = conditional("pair").if_(n > 1).then(both(n=n)).else_().then(middle(n=n))
    return Ends(low, high)


@workflow
def silent(n: int):
    after = conditional("quiet").if_(n > 1).then(say(text="a")).else_().then(quiet(n=n))
    first = increment(n=n)
    first >> after


# --- maps


@task
def listed(count: int) -> List[int]:
    return list(range(count))


@task(retries=1, timeout=60, requests=Resources(cpu="1"))
def scale(n: int, factor: int, label: str = "x") -> int:
    return n * factor


@task
def add_all(values: List[int], table: List[Dict[str, int]]) -> List[int]:
    return values


# flytekit keeps overrides in the map itself, for all its nodes; so each that is overridden is used once.
mapped_double = map_task(double)
overridden_double = map_task(double)
overridden_scale = map_task(functools.partial(scale, factor=3, label="y"), concurrency=2)
mapped_scale = map_task(functools.partial(scale, factor=3, label="y"), concurrency=2)
mapped_some = map_task(double, min_success_ratio=0.5)
mapped_count = map_task(double, concurrency=0, min_success_ratio=0.75)
# flytekit writes min_success_ratio=1.0 over min_successes unless it is None.
mapped_two = map_task(double, min_successes=2, min_success_ratio=None)
mapped_say = map_task(say)


@workflow
def mapping(count: int, texts: List[str]) -> Tuple[List[int], List[Optional[int]]]:
    values = listed(count=count)
    first = overridden_double(n=values).with_overrides(retries=4, requests=Resources(mem="1Gi"), interruptible=True)
    second = overridden_scale(n=first).with_overrides(node_name="scaled", timeout=timedelta(seconds=9))
    mapped_count(n=second)
    mapped_two(n=second)
    mapped_say(text=texts)
    mapped_double(n=[1, 2, 3])
    return second, mapped_some(n=second)


@workflow
def map_in_branch(n: int, values: List[int]) -> List[int]:
    return (
        conditional("mapped").if_(n > 1).then(mapped_scale(n=values)).else_().then(mapped_double(n=values))
    )


@workflow
def map_in_sub_workflow(values: List[int]) -> List[int]:
    return map_in_branch(n=3, values=mapped_double(n=values))


@task
def partly(n: int, factor: List[int]) -> int:
    return n


bound_by_promise = functools.partial(partly, factor=[1, 2])


@workflow
def bound_list(values: List[int], factor: List[int]) -> List[int]:
    map_task(functools.partial(partly, factor=factor))(n=values)
    return map_task(bound_by_promise)(n=values)


mapped_plan = map_task(fixed_plan)
some_plan = map_task(default_plan, concurrency=3, min_success_ratio=0.5, run_all_sub_nodes=True)
counted_plan = map_task(default_plan, min_successes=2)
mapping_plan = LaunchPlan.get_or_create(map_in_sub_workflow, "mapping_plan")


@workflow
def map_of_plans(values: List[int], by: List[int], maybe: List[Optional[int]]) -> List[int]:
    some_plan(n=values, by=by, maybe=maybe).with_overrides(node_name="some")
    counted_plan(n=values, by=by, maybe=maybe)
    return mapped_plan(n=values, maybe=maybe)


@workflow
def map_of_maps(rows: List[List[int]]) -> List[List[int]]:
    return map_task(mapping_plan)(values=rows)


# --- failure nodes and policies


@task
def clean_up(n: int, note: Optional[str] = None, err: Optional[FlyteError] = None):
    pass


@workflow
def clean_up_flow(n: int):
    clean_up(n=n)


@workflow(on_failure=clean_up)
def cleaned(n: int = 1) -> int:
    return double(n=n)


@workflow(
    on_failure=clean_up_flow, failure_policy=WorkflowFailurePolicy.FAIL_AFTER_EXECUTABLE_NODES_COMPLETE
)
def cleaned_by_flow(n: int) -> int:
    return cleaned(n=n)


# --- gates


@workflow
def gated(n: int) -> Tuple[int, float]:
    first = double(n=n)
    pause = sleep(timedelta(minutes=5))
    first >> pause
    allowed = approve(first, "allow", timeout=timedelta(hours=2))
    pause >> allowed
    given = wait_for_input("amount", timeout=timedelta(days=1), expected_type=float)
    ends = both(n=allowed)
    high = approve(ends.high, "high", timeout=timedelta(hours=3))
    double(n=high)
    return allowed, given


# --- dynamic


@dynamic(retries=1, container_image="img:2", environment={{"A": "b"}})
def repeated(times: int) -> int:
    n = 0
    for _ in range(times):
        n = increment(n=n)
    return n


@workflow
def grown(times: int = 3) -> int:
    return increment(n=repeated(times=times))


# --- references


@reference_task(project="p", domain="d", name="far.task", version="v1")
def far_task(n: int) -> int: ...


@reference_launch_plan(project="p", domain="d", name="far.plan", version="v2")
def far_plan(n: int) -> Ends: ...


@workflow
def referring(n: int) -> int:
    return far_plan(n=far_task(n=n)).high


# --- imperative

built = Workflow(name="imperative.built", failure_policy=WorkflowFailurePolicy.FAIL_AFTER_EXECUTABLE_NODES_COMPLETE)
built.add_workflow_input("n", int)
built.add_workflow_input("m", int)
built_first = built.add_entity(increment, n=built.inputs["n"])
built_second = built.add_subwf(middle, n=built_first.outputs["o0"])
built_third = built.add_launch_plan(fixed_plan, n=built_second.outputs["low"])
built_fourth = built.add_task(double, n=built.inputs["m"])
built_first >> built_fourth
built_third.with_overrides(node_name="third")
built.add_workflow_output("last", built_second.outputs["high"])
built.add_workflow_output("all_of_them", [built_first.outputs["o0"], built_fourth.outputs["o0"]], python_type=List[int])

@workflow
def around_imperative(n: int) -> int:
    return built(n=n, m=n).last
'''
TASKS = (
    "clean_up",
    "listed",
    "scale",
    "repeated",
    "mapped_double",
    "mapped_scale",
    "mapped_some",
    "mapped_count",
    "mapped_say",
)
WORKFLOWS = (
    *("inner", "middle", "quiet", "outer", "launching"),
    *("branching", "nesting", "typed_conditions", "joined_outputs", "several_joined", "silent"),
    *("mapping", "map_in_branch", "map_in_sub_workflow", "bound_list", "map_of_plans", "map_of_maps"),
    *("clean_up_flow", "cleaned", "cleaned_by_flow", "gated", "grown", "referring", "built", "around_imperative"),
)
LAUNCH_PLANS = ("default_plan", "fixed_plan")

OPTIONS = """
from datetime import timedelta
import datetime
import functools
from typing import List

from kubernetes.client import V1Container, V1EnvVar, V1PodSpec, V1Toleration, V1Volume, V1EmptyDirVolumeSource

from {sdk} import (
    Annotations, AuthRole, Cache, ConcurrencyLimitBehavior, ConcurrencyPolicy, CronSchedule, Email, FixedRate, Labels,
    LaunchPlan, PagerDuty, PodTemplate, Resources, Slack, WorkflowExecutionPhase, map_task, task, workflow,
)
from {accelerators} import A100, T4, V5E, GPUAccelerator
from {common} import RawOutputDataConfig
from {options} import Options
from {security} import Identity, SecurityContext

template = PodTemplate(
    pod_spec=V1PodSpec(
        containers=[
            V1Container(name="primary", env=[V1EnvVar(name="B", value="c")]),
            V1Container(name="side", image="{{{{.image.default.fqn}}}}:{{{{.image.default.version}}}}", args=["x"]),
            V1Container(name="other"),
        ],
        tolerations=[V1Toleration(key="gpu", operator="Exists")],
        volumes=[V1Volume(name="v", empty_dir=V1EmptyDirVolumeSource(medium="Memory"))],
        node_selector={{"disk": "ssd"}},
    ),
    labels={{"a": "b"}},
    annotations={{"c": "d"}},
)
named = PodTemplate(primary_container_name="main")


@task(
    pod_template=template,
    environment={{"A": "b"}},
    requests=Resources(cpu="1", gpu="2"),
    limits=Resources(mem="1Gi"),
    retries=2,
)
def in_pod(n: int) -> int:
    return n


@task(pod_template=named)
def in_named_pod(n: int) -> int:
    return n


@task(accelerator=T4, shared_memory=True)
def on_gpu(n: int) -> int:
    return n


@task(accelerator=A100.partition_1g_5gb, shared_memory="2Gi")
def on_part(n: int) -> int:
    return n


@task(accelerator=A100.unpartitioned)
def on_whole(n: int) -> int:
    return n


@task(accelerator=V5E.slice_2x4, cache=Cache(version="2", ignored_inputs="n"))
def on_tpu(n: int) -> int:
    return n


class Policy:
    def get_version(self, salt, params):
        return f"{{salt}}-{{params.func.__name__}}-{{params.container_image}}"


@task(cache=Cache(salt="s", policies=[Policy()], serialize=True), container_image="img:3")
def by_policy(n: int) -> int:
    return n


@task
def plain(n: int) -> int:
    return n


mapped_pod = map_task(in_pod)
mapped_plain = map_task(plain)


@workflow(default_options=Options(labels=Labels({{"x": "y"}}), annotations=Annotations({{"z": "w"}})))
def overriding(n: int, values: List[int]) -> int:
    plain(n=n).with_overrides(cache=Cache(version="7", serialize=True))
    plain(n=n).with_overrides(cache=True, cache_version="8", cache_serialize=True)
    plain(n=n).with_overrides(cache=False)
    plain(n=n).with_overrides(accelerator=GPUAccelerator("x"), shared_memory="1Gi")
    plain(n=n).with_overrides(pod_template=template, resources=Resources(cpu=("1", "2")))
    in_pod(n=n).with_overrides(pod_template=named, timeout=timedelta(0))
    mapped_pod(n=values)
    mapped_plain(n=values).with_overrides(pod_template=template)
    return in_pod(n=n)


@workflow
def timed(n: int, when: datetime.datetime = datetime.datetime(2026, 1, 1)) -> int:
    return plain(n=n)


ENDS = [WorkflowExecutionPhase.SUCCEEDED, WorkflowExecutionPhase.FAILED, WorkflowExecutionPhase.TIMED_OUT]
default_options = LaunchPlan.get_or_create(overriding)
everything = LaunchPlan.get_or_create(
    timed,
    "everything",
    fixed_inputs={{"n": 1}},
    schedule=CronSchedule(schedule="0 6 * * *", kickoff_time_input_arg="when", offset="PT30M"),
    notifications=[
        Email(phases=ENDS, recipients_email=["a@b.c", "d@e.f"]),
        PagerDuty(phases=[WorkflowExecutionPhase.ABORTED], recipients_email=["p@d.c"]),
        Slack(phases=ENDS[:1], recipients_email=["s@l.k"]),
    ],
    labels=Labels({{"a": "b"}}),
    annotations=Annotations({{"c": "d"}}),
    raw_output_data_config=RawOutputDataConfig("s3://bucket/raw"),
    max_parallelism=3,
    security_context=SecurityContext(run_as=Identity(iam_role="role", k8s_service_account="account")),
    overwrite_cache=True,
    auto_activate=True,
    concurrency=ConcurrencyPolicy(max_concurrency=2, behavior=ConcurrencyLimitBehavior.SKIP),
)
older = LaunchPlan.get_or_create(
    timed,
    "older",
    default_inputs={{"n": 4}},
    schedule=FixedRate(timedelta(days=2), kickoff_time_input_arg="when"),
    auth_role=AuthRole(kubernetes_service_account="account"),
    concurrency=ConcurrencyPolicy(1),
)
"""
OPTION_MODULES = {
    "jetbridge": {
        "accelerators": "jetbridge.accelerators",
        "error": "jetbridge.types.error",
        **dict.fromkeys(("common", "options", "security"), "jetbridge.launch_options"),
    },
    "flytekit": {
        "accelerators": "flytekit.extras.accelerators",
        "error": "flytekit.types.error",
        "common": "flytekit.models.common",
        "options": "flytekit.core.options",
        "security": "flytekit.models.security",
    },
}
OPTION_TASKS = (
    *("in_pod", "in_named_pod", "on_gpu", "on_part", "on_whole", "on_tpu", "by_policy", "plain"),
    *("mapped_pod", "mapped_plain"),
)
OPTION_WORKFLOWS = ("overriding", "timed")
OPTION_LAUNCH_PLANS = ("default_options", "everything", "older")
