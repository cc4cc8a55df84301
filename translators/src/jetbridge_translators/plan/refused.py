"""Fields of FlyteIDL that change what a run does, and that no back end keeps yet: an error, never a silent loss."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from google.protobuf.message import Message

from jetbridge.compiler.context import SOURCE_KEY, node_location, parse_location
from jetbridge.compiler.walk import template_nodes
from jetbridge.errors import Location, Problem
from jetbridge.idl import TaskTemplate
from jetbridge.idl_admin import Node, WorkflowTemplate
from jetbridge.serialize.closure import Closure

REFUSED: Mapping[str, Mapping[str, str]] = {
    "LaunchPlanSpec": {
        "role": "who a run acts as",
        "auth": "who a run acts as",
        "auth_role": "who a run acts as",
        "security_context": "who a run acts as",
        "labels": "labels of a run",
        "annotations": "annotations of a run",
        "raw_output_data_config": "a place for the data of its own; `--store` names it",
        "max_parallelism": "a limit of nodes at a time",
        "interruptible": "a default for interruptible nodes",
        "envs": "environment variables of a run",
        "execution_env_assignments": "execution environments",
        "cluster_assignment": "a cluster to run on",
        "concurrency_policy": "a limit of runs at a time",
    },
    "LaunchPlanMetadata": {"notifications": "notifications", "launch_conditions": "launch conditions"},
    "CronSchedule": {"offset": "an offset of its schedule"},
    "Node": {"output_aliases": "other names for its outputs"},
    "TaskNodeOverrides": {"extended_resources": "a kind of accelerator", "pod_template": "a pod template"},
    "TaskTemplate": {"extended_resources": "a kind of accelerator, or shared memory"},
    "TaskMetadata": {"is_eager": "to start other tasks while it runs"},
    "Container": {"ports": "ports", "data_config": "files instead of our entrypoint (Flyte's copilot)"},
    "SecurityContext": {"run_as": "who it acts as", "tokens": "tokens"},
}
"""What is asked for, by message and field."""

WITHOUT_EFFECT: Mapping[str, Mapping[str, str]] = {
    "LaunchPlanSpec": {
        "quality_of_service": "propeller does not read it",
        "overwrite_cache": "there is no cache to overwrite",
    },
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
    spec, compiled = closure.launch_plan.spec, closure.compiled
    plan = f"launch plan {closure.launch_plan.id.name!r}"
    for message in (spec, spec.entity_metadata, spec.entity_metadata.schedule.cron_schedule):
        yield from _refusals(plan, message, None)
    for workflow in (compiled.primary, *compiled.sub_workflows):
        yield from _of_workflow(workflow.template)
    for task in compiled.tasks:
        yield from _of_task(task.template)


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
    for message in (task, task.metadata, task.container, task.security_context):
        yield from _refusals(f"task {task.id.name!r}", message, location)


def _refusals(owner: str, message: Message, location: Location | None) -> Iterator[Problem]:
    refused = REFUSED.get(message.DESCRIPTOR.name, {})
    for field, value in message.ListFields():
        if field.name in refused and not _is_empty(value):
            yield Problem(
                code="UnsupportedField",
                message=f"{owner} asks for {refused[field.name]} ({field.name}), which no back end keeps yet",
                location=location,
                hint="Remove what it asks for, or run it on Flyte.",
            )


def _is_empty(value: Any) -> bool:
    """Whether a message is set and says nothing, as flytekit writes labels."""
    return isinstance(value, Message) and value.ByteSize() == 0
