"""The features of FlyteIDL that a back end must say something about, and how a workflow is seen to use them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from jetbridge.bindings import Bind, ListOf, MapOf
from jetbridge.errors import Location
from jetbridge_translators.plan.controls import bodies_of, nodes_of
from jetbridge_translators.plan.dynamic import is_dynamic
from jetbridge_translators.plan.model import (
    AnyNode,
    Approval,
    Branch,
    Gate,
    MapNode,
    Plan,
    Signal,
    Sleep,
    Step,
    SubWorkflow,
)
from jetbridge_translators.plan.placement import service_account
from jetbridge_translators.plan.pods import needs_companions, own_container, runs_own_image
from jetbridge_translators.work import ContainerWork, ForeignWork, PodWork, ResourceWork, SqlWork


@dataclass(frozen=True, slots=True)
class Use:
    """One place where a workflow uses a feature; `node` is empty for the workflow itself, `task_type` but for tasks."""

    feature: str
    where: str
    node: str = ""
    location: Location | None = None
    task_type: str = ""


StepTest = Callable[[Step], bool]

STEP_FEATURES: dict[str, StepTest] = {
    "task-retries": lambda step: step.retries > 0,
    "task-timeout": lambda step: step.timeout is not None,
    "task-cache": lambda step: step.template.metadata.discoverable,
    "task-interruptible": lambda step: bool(step.interruptible),
    "task-resources": lambda step: bool(step.template.container.resources.ListFields()),
    "task-environment": lambda step: bool(step.template.container.env),
    "task-secrets": lambda step: bool(step.template.security_context.secrets),
    "task-labels": lambda step: bool(
        step.template.metadata.metadata.labels or step.template.metadata.metadata.annotations
    ),
    "task-pod-template-name": lambda step: bool(step.template.metadata.pod_template_name),
    "task-dynamic": is_dynamic,
    "task-accelerator": lambda step: step.template.extended_resources.HasField("gpu_accelerator"),
    "task-shared-memory": lambda step: step.template.extended_resources.HasField("shared_memory"),
    "task-service-account": lambda step: bool(service_account(step.template)),
    "task-deck": lambda step: step.template.metadata.generates_deck.value,
    "pod-containers": lambda step: isinstance(step.work, PodWork) and needs_companions(step.work),
    "container-work": lambda step: isinstance(step.work, ContainerWork) and not isinstance(step.work, ForeignWork),
    "foreign-work": lambda step: isinstance(own_container(step.work), ForeignWork),
    "raw-container": lambda step: runs_own_image(step.work),
    "sql-work": lambda step: isinstance(step.work, SqlWork),
    "pod-work": lambda step: isinstance(step.work, PodWork),
    "resource-work": lambda step: isinstance(step.work, ResourceWork),
    "bindings-attribute": lambda step: any(_has_attribute(bind) for bind in step.args.values()),
    "bindings-collection": lambda step: any(isinstance(bind, ListOf | MapOf) for bind in step.args.values()),
}

NODE_FEATURES: dict[str, Callable[[AnyNode], bool]] = {
    "sub-workflow": lambda node: isinstance(node, SubWorkflow),
    "sub-workflow-failure-node": lambda node: isinstance(node, SubWorkflow) and node.body.failure_node is not None,
    "branch": lambda node: isinstance(node, Branch),
    "map": lambda node: isinstance(node, MapNode),
    "map-partial-success": lambda node: isinstance(node, MapNode) and node.partial,
    "map-parallelism": lambda node: isinstance(node, MapNode) and node.parallelism > 0,
    "gate-sleep": lambda node: isinstance(node, Gate) and isinstance(node.wait, Sleep),
    "gate-signal": lambda node: isinstance(node, Gate) and isinstance(node.wait, Signal),
    "gate-approve": lambda node: isinstance(node, Gate) and isinstance(node.wait, Approval),
}

PLAN_FEATURES: dict[str, Callable[[Plan], bool]] = {
    "workflow-inputs": lambda plan: bool(plan.inputs),
    "workflow-fixed-inputs": lambda plan: any(variable.fixed for variable in plan.inputs),
    "workflow-outputs": lambda plan: bool(plan.outputs),
    "failure-node": lambda plan: plan.failure_node is not None,
    "failure-policy-immediately": lambda plan: not plan.continues and len(plan.steps) > 1,
    "failure-policy-continue": lambda plan: plan.continues,
    "launch-plan-schedule": lambda plan: plan.schedule is not None,
    "launch-plan-labels": lambda plan: bool(plan.labels or plan.annotations),
    "launch-plan-parallelism": lambda plan: plan.max_parallelism > 0,
    "launch-plan-one-run": lambda plan: plan.max_runs == 1 and plan.schedule is not None,
    "launch-plan-concurrency": lambda plan: plan.max_runs > 1 or (plan.max_runs == 1 and plan.schedule is None),
    "launch-plan-notifications": lambda plan: bool(plan.notifications),
}

FEATURES = (*STEP_FEATURES, *NODE_FEATURES, *PLAN_FEATURES)


def uses(plan: Plan) -> Iterator[Use]:
    """Every feature that a plan uses, with the place."""
    for feature, is_used in PLAN_FEATURES.items():
        if is_used(plan):
            yield Use(feature, f"workflow {plan.name!r}")
    for body in bodies_of(plan):
        for node in nodes_of(body):
            yield from _uses_of(node)


def _uses_of(node: AnyNode) -> Iterator[Use]:
    for feature, is_used_by in NODE_FEATURES.items():
        if is_used_by(node):
            yield Use(feature, f"node {node.id!r}", node.id, node.location)
    step = node.element if isinstance(node, MapNode) else node
    if not isinstance(step, Step):
        return
    for feature, is_used_by in STEP_FEATURES.items():
        if is_used_by(step):
            where = f"node {step.id!r} (task {step.template.id.name!r})"
            yield Use(feature, where, step.id, step.location, step.task_type)


def _has_attribute(bind: Bind) -> bool:
    if isinstance(bind, ListOf):
        return any(_has_attribute(item) for item in bind.items)
    if isinstance(bind, MapOf):
        return any(_has_attribute(item) for _, item in bind.entries)
    return bool(getattr(bind, "attr_path", ()))
