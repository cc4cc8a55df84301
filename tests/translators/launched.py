"""A launch plan that asks for everything, and a task that does."""

from __future__ import annotations

from typing import Any

from flyteidl.core.literals_pb2 import KeyValuePair

from jetbridge import LaunchPlan, Resources, task, workflow
from jetbridge.accelerators import A100
from jetbridge.launch_options import AuthRole, ConcurrencyPolicy, Email, Slack, WorkflowExecutionPhase
from jetbridge.serialize.closure import Closure, closure_of
from jetbridge_translators import registry
from jetbridge_translators.plan.build import build
from jetbridge_translators.plan.model import Plan
from tests.translators.plan_helpers import SETTINGS


@task(labels={"team": "task", "own": "1"}, environment={"A": "task", "B": "task"}, shared_memory="64Mi")
def first(n: int) -> int:
    return n


@task(requests=Resources(gpu="1"), accelerator=A100.partitioned("1g.5gb"))
def second(n: int) -> int:
    return n


@workflow
def flow(n: int = 1) -> int:
    return second(n=first(n=n))


def launched(**options: Any) -> Closure:
    """The closure of a launch plan with these options beside labels, an account and a limit."""
    given: dict[str, Any] = {
        "labels": {"team": "plan"},
        "annotations": {"note": "{% x %}"},
        "max_parallelism": 2,
        "auth_role": AuthRole(kubernetes_service_account="runner"),
    }
    return closure_of(LaunchPlan.get_or_create(flow, name="lp", **{**given, **options}), SETTINGS)


def with_settings_of_flytekit(closure: Closure) -> Closure:
    """What flytekit's launch plans cannot say and FlyteIDL's can."""
    spec = closure.launch_plan.spec
    spec.envs.values.extend([KeyValuePair(key="A", value="plan"), KeyValuePair(key="C", value="plan")])
    spec.interruptible.value = True
    return closure


def plan_of(closure: Closure) -> Plan:
    """The plan."""
    return build(closure, registry.handler)


ONE_RUN = ConcurrencyPolicy(1)
SOME_RUNS = ConcurrencyPolicy(3)
MAILS = [
    Email(phases=[WorkflowExecutionPhase.FAILED], recipients_email=["a@b.c"]),
    Slack(phases=[WorkflowExecutionPhase.SUCCEEDED, WorkflowExecutionPhase.TIMED_OUT], recipients_email=["s@b.c"]),
]
