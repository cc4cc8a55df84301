"""A task as one node uses it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from google.protobuf.json_format import MessageToDict

from jetbridge.idl import Resources, TaskTemplate
from jetbridge.idl_admin import Node, TaskNodeOverrides
from jetbridge_translators.plan.quantities import GPU

PRIMARY = "primary_container_name"


def with_overrides(node: Node, template: TaskTemplate) -> TaskTemplate:
    """The task with the node's overrides: a resource replaces the one of its name, the others stay.

    That is propeller's rule (flyteplugins `container_helper.go`, `MergeResources`). A pod takes the place of the
    task's container or pod, with its own arguments (`ApplyPodTemplateOverride`).
    """
    overrides = node.task_node.overrides
    if not overrides.ListFields():
        return template
    copy = TaskTemplate()
    copy.CopyFrom(template)
    _override_pod(copy, overrides)
    _OVERRIDE.get(copy.WhichOneof("target") or "", _nothing)(copy, overrides)
    # Accelerator and shared memory each replace the task's (flyteplugins `ApplyExtendedResourcesOverrides`).
    for field, value in overrides.extended_resources.ListFields():
        getattr(copy.extended_resources, field.name).CopyFrom(value)
    return copy


def _override_pod(template: TaskTemplate, overrides: TaskNodeOverrides) -> None:
    pod = overrides.pod_template
    if "containers" not in pod.pod_spec:
        return
    template.k8s_pod.CopyFrom(pod)
    template.config[PRIMARY] = pod.primary_container_name


def _override_container(template: TaskTemplate, overrides: TaskNodeOverrides) -> None:
    if overrides.HasField("resources"):
        template.container.resources.CopyFrom(_merged(template.container.resources, overrides.resources))
    if overrides.container_image:
        template.container.image = overrides.container_image


def _override_primary(template: TaskTemplate, overrides: TaskNodeOverrides) -> None:
    """The same for the task's own container in its pod."""
    spec = MessageToDict(template.k8s_pod.pod_spec)
    for container in spec.get("containers", []):
        if container.get("name") != template.config.get(PRIMARY, ""):
            continue
        if overrides.container_image:
            container["image"] = overrides.container_image
        if overrides.HasField("resources"):
            container["resources"] = _in_pod(container.get("resources", {}), overrides.resources)
    template.k8s_pod.pod_spec.Clear()
    template.k8s_pod.pod_spec.update(spec)


def _in_pod(own: Mapping[str, Any], resources: Resources) -> Mapping[str, Any]:
    kinds = {"requests": resources.requests, "limits": resources.limits}
    merged = {kind: {**_own(own.get(kind, {})), **_named(entries)} for kind, entries in kinds.items()}
    return {**own, **{kind: amounts for kind, amounts in merged.items() if amounts}}


def _own(amounts: Mapping[str, Any]) -> dict[str, Any]:
    """By the names that flytekit and overrides have."""
    return {"gpu" if name == GPU else name: value for name, value in amounts.items()}


def _named(entries: Iterable[Resources.ResourceEntry]) -> dict[str, str]:
    return {resource_name(entry): entry.value for entry in entries}


def resource_name(entry: Resources.ResourceEntry) -> str:
    """A resource as flytekit calls it in a pod: `cpu`, `gpu`, `ephemeral-storage`."""
    return Resources.ResourceName.Name(entry.name).lower().replace("_", "-")


def _nothing(template: TaskTemplate, overrides: TaskNodeOverrides) -> None:
    """A task without a container has neither image nor resources."""


_OVERRIDE = {"container": _override_container, "k8s_pod": _override_primary}


def _merged(task: Resources, node: Resources) -> Resources:
    return Resources(requests=_entries(task.requests, node.requests), limits=_entries(task.limits, node.limits))


def _entries(
    task: Iterable[Resources.ResourceEntry], node: Iterable[Resources.ResourceEntry]
) -> list[Resources.ResourceEntry]:
    by_name = {entry.name: entry for entry in (*task, *node)}
    return [by_name[name] for name in sorted(by_name)]
