"""Fields of FlyteIDL that change what a run does, and that no back end keeps yet: an error, never a silent loss."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from google.protobuf.message import Message

from jetbridge.compiler.context import SOURCE_KEY, node_location, parse_location
from jetbridge.compiler.walk import template_nodes
from jetbridge.errors import Location, Problem
from jetbridge.idl import TaskTemplate
from jetbridge.idl_admin import LaunchPlan, Node, WorkflowTemplate
from jetbridge.serialize.closure import Closure


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a field is refused: what it asks for, and the way out."""

    what: str
    way_out: str


_ROLE = Refusal(
    "a role of the cloud",
    "Bind the role to a Kubernetes service account, as the cloud's documentation says, and name that account.",
)
_ON_CLUSTER = "Name the cluster by KUBECONFIG, or translate for it, and remove it from the launch plan."

_ARTIFACT = Refusal("a default from Flyte's artifact service", "Give the input a value as its default, or none.")

REFUSED: Mapping[str, Mapping[str, Refusal]] = {
    "LaunchPlanSpec": {
        "role": _ROLE,
        "raw_output_data_config": Refusal(
            "a place for the data of its own", "Remove it, and name the place of all data with `--store`."
        ),
        "execution_env_assignments": Refusal("execution environments", "Remove them: each task runs in its own pod."),
        "cluster_assignment": Refusal("a pool of clusters", _ON_CLUSTER),
    },
    "LaunchPlanSpec.security_context": {
        "secrets": Refusal("secrets for all tasks", "Ask for them in the tasks: @task(secret_requests=[…])."),
    },
    "LaunchPlanMetadata": {
        "launch_conditions": Refusal("launch conditions", "Remove them: Flyte's own admin refuses them too."),
    },
    "CronSchedule": {
        "offset": Refusal(
            "an offset of its schedule",
            "Write the later time in the cron expression: Flyte's own scheduler does not read the offset.",
        ),
    },
    "Parameter": {"artifact_query": _ARTIFACT, "artifact_id": _ARTIFACT},
    "Auth": {"assumable_iam_role": _ROLE},
    "AuthRole": {"assumable_iam_role": _ROLE},
    "Identity": {
        "iam_role": _ROLE,
        "oauth2_client": Refusal("an OAuth2 client", "Keep its credentials in a secret that the task asks for."),
    },
    "Node": {
        "output_aliases": Refusal("other names for its outputs", "Rename the task's outputs."),
    },
    "TaskMetadata": {
        "is_eager": Refusal(
            "a server of Flyte that starts other tasks while it runs",
            "Write it as a @dynamic task, or as a workflow: no server waits here.",
        ),
    },
    "Container": {
        "ports": Refusal("ports", "Remove them: nothing outside a task's pod can rely on its address."),
    },
    "SecurityContext": {
        "tokens": Refusal("tokens", "Keep them in a secret that the task asks for: @task(secret_requests=[…])."),
    },
}
"""What is asked for, by message and field."""

_OF_THE_RUN = Refusal(
    "settings of its own", "Set it on the launch plan that you run: its settings hold for all nodes, also for these."
)
NESTED: Mapping[str, Mapping[str, Refusal]] = {
    "LaunchPlanSpec": dict.fromkeys(
        (
            *("labels", "annotations", "auth", "auth_role", "security_context"),
            *("raw_output_data_config", "max_parallelism", "interruptible", "envs", "concurrency_policy"),
        ),
        _OF_THE_RUN,
    ),
    "LaunchPlanMetadata": {"notifications": _OF_THE_RUN},
}
"""What a launch plan that a node runs cannot ask for: its nodes are part of the one run."""

_TEXT = {"template": "which text Flyte's admin sends"}
WITHOUT_EFFECT: Mapping[str, Mapping[str, str]] = {
    "LaunchPlanSpec": {
        "quality_of_service": "propeller does not read it",
    },
    "Variable": dict.fromkeys(
        ("artifact_partial_id", "artifact_tag"), "what Flyte's artifact service calls an output; the run is the same"
    ),
    "EmailNotification": _TEXT,
    "SlackNotification": _TEXT,
    "PagerDutyNotification": _TEXT,
    "BindingData": {"union": "which variant of a union a binding is for; the value tells it too"},
    "Identity": {"execution_identity": "Flyte's admin writes it"},
    "WorkflowMetadata": {"quality_of_service": "propeller does not read it", "tags": "only shown"},
    "ArrayNode": {
        "execution_mode": "propeller does not read it",
        "data_mode": "propeller does not read it",
        "is_original_sub_node_interface": "propeller does not read it",
        "run_all_sub_nodes": "propeller does not read it",
    },
    "NodeMetadata": {
        "cacheable": "propeller reads only the task's",
        "cache_version": "propeller reads only the task's",
        "cache_serializable": "propeller reads only the task's",
    },
    "TaskMetadata": {
        "runtime": "which SDK wrote the task",
        "timeout": "propeller reads only the node's",
        "deprecated_error_message": "only shown",
        "tags": "only shown",
    },
    "Container": {"config": "propeller does not read it", "architecture": "propeller does not read it"},
}
"""Fields that change nothing about a run, and why; with REFUSED and what the plan holds, these are all there are."""


def refused_fields(closure: Closure) -> Iterator[Problem]:
    """A problem for each field of the workflow, its launch plan, its nodes and its tasks that cannot be kept."""
    compiled = closure.compiled
    yield from _of_launch_plan(closure.launch_plan)
    for launched in closure.launch_plans:
        yield from _of_launched(launched)
    for workflow in (compiled.primary, *compiled.sub_workflows):
        yield from _of_workflow(workflow.template)
    for task in compiled.tasks:
        yield from _of_task(task.template)


def _of_launch_plan(plan: LaunchPlan) -> Iterator[Problem]:
    spec, owner = plan.spec, _name(plan)
    security = spec.security_context
    schedule = spec.entity_metadata.schedule.cron_schedule
    for message in (spec, spec.entity_metadata, schedule, spec.auth, spec.auth_role, security, security.run_as):
        yield from _refusals(owner, message, None)
    for name, parameter in sorted(spec.default_inputs.parameters.items()):
        yield from _refusals(f"input {name!r} of {owner}", parameter, None)
    yield from _found(owner, security, REFUSED["LaunchPlanSpec.security_context"], None)


def _of_launched(plan: LaunchPlan) -> Iterator[Problem]:
    for message in (plan.spec, plan.spec.entity_metadata):
        yield from _found(_name(plan), message, NESTED[message.DESCRIPTOR.name], None)


def _name(plan: LaunchPlan) -> str:
    return f"launch plan {plan.id.name!r}"


def _of_workflow(template: WorkflowTemplate) -> Iterator[Problem]:
    for message in (template, template.metadata):
        yield from _refusals(f"workflow {template.id.name!r}", message, None)
    for node in template_nodes(template):
        yield from _of_node(node)


def _of_node(node: Node) -> Iterator[Problem]:
    for message in (node, node.task_node.overrides, node.array_node):
        yield from _refusals(f"node {node.id!r}", message, node_location(node))


def _of_task(task: TaskTemplate) -> Iterator[Problem]:
    location = parse_location(task.config.get(SOURCE_KEY, ""))
    security = task.security_context
    for message in (task, task.metadata, task.container, security, security.run_as):
        yield from _refusals(f"task {task.id.name!r}", message, location)


def _refusals(owner: str, message: Message, location: Location | None) -> Iterator[Problem]:
    return _found(owner, message, REFUSED.get(message.DESCRIPTOR.name, {}), location)


def _found(
    owner: str, message: Message, refused: Mapping[str, Refusal], location: Location | None
) -> Iterator[Problem]:
    for field, value in message.ListFields():
        if field.name in refused and not _is_empty(value):
            asked = refused[field.name]
            yield Problem(
                code="UnsupportedField",
                message=f"{owner} asks for {asked.what} ({field.name}), which no back end keeps",
                location=location,
                hint=asked.way_out,
            )


def _is_empty(value: Any) -> bool:
    """Whether a message is set and says nothing, as flytekit writes labels."""
    return isinstance(value, Message) and value.ByteSize() == 0
