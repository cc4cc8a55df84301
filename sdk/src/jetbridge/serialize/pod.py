"""A task's pod: the author's template with the task's container in it, as flytekit merges them (`core/utils.py`)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, cast

from google.protobuf.struct_pb2 import Struct

from jetbridge.idl import Container, K8sObjectMetadata, K8sPod, Resources
from jetbridge.kubernetes_text import unexpanded
from jetbridge.pod_template import PodTemplate
from jetbridge.serialize.settings import SerializationSettings

PRIMARY = "primary_container_name"
"""The key of `TaskTemplate.config` that names the task's container."""


def pod_message(template: PodTemplate, container: Container, settings: SerializationSettings) -> K8sPod:
    """The pod. Raises `UsageError` for a spec that is none, or an image that is not known."""
    pod = K8sPod(metadata=K8sObjectMetadata(labels=template.labels, annotations=template.annotations))
    pod.pod_spec.CopyFrom(pod_spec(template, container, settings))
    return pod


def pod_spec(template: PodTemplate, container: Container, settings: SerializationSettings) -> Struct:
    """The pod's spec with the task's container in it. Raises like `pod_message`."""
    manifest = template.manifest
    containers: list[dict[str, Any]] = manifest["containers"]
    if template.primary_container_name not in [each.get("name") for each in containers]:
        containers = [*containers, {"name": template.primary_container_name}]
    merged = [
        _primary(each, container, settings)
        if each.get("name") == template.primary_container_name
        else {**each, "image": settings.image_of(each.get("image") or "")}
        for each in containers
    ]
    struct = Struct()
    struct.update(cast("Any", {**manifest, "containers": merged}))
    return struct


def _primary(given: dict[str, Any], container: Container, settings: SerializationSettings) -> dict[str, Any]:
    image = settings.image_of(given["image"]) if given.get("image") else container.image
    words = {"command": list(container.command), "args": list(container.args)}
    if container.command and not container.args:
        # A program that takes no arguments; flytekit leaves them out.
        del words["args"]
    own = {name: value for name, value in given.items() if name not in ("command", "args")}
    merged = {**own, "image": image, **words}
    resources = {"limits": _amounts(container.resources.limits), "requests": _amounts(container.resources.requests)}
    if any(resources.values()):
        merged["resources"] = resources
    # A task's variable has its value in every pod; only what the author wrote as a pod has Kubernetes' references.
    own = [{"name": entry.key, "value": unexpanded(entry.value)} for entry in container.env]
    merged["env"] = own + (given.get("env") or [])
    return merged


def _amounts(entries: Iterable[Resources.ResourceEntry]) -> dict[str, str]:
    """By flytekit's names, among them `gpu`, which the pod's builder must translate."""
    return {Resources.ResourceName.Name(entry.name).lower().replace("_", "-"): entry.value for entry in entries}
