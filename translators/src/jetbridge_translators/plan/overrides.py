"""A task as one node uses it."""

from __future__ import annotations

from collections.abc import Iterable

from jetbridge.idl import Resources, TaskTemplate
from jetbridge.idl_admin import Node


def with_overrides(node: Node, template: TaskTemplate) -> TaskTemplate:
    """The task with the node's overrides: a resource replaces the one of its name, the others stay.

    That is propeller's rule (flyteplugins `container_helper.go`, `MergeResources`).
    """
    overrides = node.task_node.overrides
    if not (overrides.HasField("resources") or overrides.container_image or overrides.HasField("extended_resources")):
        return template
    copy = TaskTemplate()
    copy.CopyFrom(template)
    if overrides.HasField("resources"):
        copy.container.resources.CopyFrom(_merged(template.container.resources, overrides.resources))
    if overrides.container_image:
        copy.container.image = overrides.container_image
    # Accelerator and shared memory each replace the task's (flyteplugins `ApplyExtendedResourcesOverrides`).
    for field, value in overrides.extended_resources.ListFields():
        getattr(copy.extended_resources, field.name).CopyFrom(value)
    return copy


def _merged(task: Resources, node: Resources) -> Resources:
    return Resources(requests=_entries(task.requests, node.requests), limits=_entries(task.limits, node.limits))


def _entries(
    task: Iterable[Resources.ResourceEntry], node: Iterable[Resources.ResourceEntry]
) -> list[Resources.ResourceEntry]:
    by_name = {entry.name: entry for entry in (*task, *node)}
    return [by_name[name] for name in sorted(by_name)]
