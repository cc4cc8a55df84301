"""The pod that a task carries, as plain JSON: FlyteIDL's `k8s_pod`, a lone container, and flytekit's older forms."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, cast

from google.protobuf.json_format import MessageToDict
from google.protobuf.struct_pb2 import Struct

from jetbridge.errors import JetbridgeError
from jetbridge.idl import TaskTemplate
from jetbridge_translators.plan.overrides import resource_name

PRIMARY = "primary_container_name"
"""The key of `TaskTemplate.config` that names the task's own container."""
Json = dict[str, Any]
_LONE = "primary"


@dataclass(frozen=True, slots=True, kw_only=True)
class Carried:
    """A pod: its spec, the name of the container whose end is the task's, and the pod's labels and annotations."""

    spec: Json
    primary: str
    labels: Mapping[str, str]
    annotations: Mapping[str, str]

    @property
    def containers(self) -> list[Json]:
        """The containers, the primary one among them."""
        return list(self.spec.get("containers") or [])

    @property
    def init_containers(self) -> list[Json]:
        """What runs before them."""
        return list(self.spec.get("initContainers") or [])


def carried_pod(template: TaskTemplate) -> Carried:
    """The pod of a task. Raises `JetbridgeError` where its primary container is not known."""
    found = _FORMS.get(template.WhichOneof("target") or "", _older)(template)
    names = [container.get("name") for container in found.containers]
    if found.primary not in names:
        listed = ", ".join(map(str, names))
        raise JetbridgeError(
            f"the pod of task {template.id.name!r} has no container {found.primary!r}, but {listed}",
            hint="Name the container that runs the task: PodTemplate(primary_container_name=…).",
        )
    return found


def _k8s_pod(template: TaskTemplate) -> Carried:
    pod = template.k8s_pod
    return Carried(
        spec=as_json(pod.pod_spec),
        primary=template.config.get(PRIMARY, "") or pod.primary_container_name,
        labels=dict(pod.metadata.labels),
        annotations=dict(pod.metadata.annotations),
    )


def _container(template: TaskTemplate) -> Carried:
    container = template.container
    env = [{"name": pair.key, "value": pair.value} for pair in container.env]
    kinds = {"requests": container.resources.requests, "limits": container.resources.limits}
    resources = {kind: {resource_name(entry): entry.value for entry in entries} for kind, entries in kinds.items()}
    lone: Json = {
        "name": _LONE,
        "image": container.image,
        "command": list(container.command),
        "args": list(container.args),
        "resources": resources,
        **({"env": env} if env else {}),
    }
    return Carried(spec={"containers": [lone]}, primary=_LONE, labels={}, annotations={})


def _older(template: TaskTemplate) -> Carried:
    """flytekitplugins-pod before 1.0 kept the pod in `custom` (flyteplugins `k8s/pod/plugin.go`, BuildResource)."""
    custom = as_json(template.custom)
    if template.task_type_version == 0 and "podSpec" in custom:
        return Carried(
            spec=cast("Json", custom["podSpec"]),
            primary=custom.get("primaryContainerName", ""),
            labels=custom.get("labels", {}),
            annotations=custom.get("annotations", {}),
        )
    if "containers" in custom:
        return Carried(spec=custom, primary=template.config.get(PRIMARY, ""), labels={}, annotations={})
    raise JetbridgeError(f"task {template.id.name!r} carries no pod", hint="Package the task again.")


_FORMS = {"k8s_pod": _k8s_pod, "container": _container}


def as_json(struct: Struct) -> Json:
    """A Struct with whole numbers as such and sorted keys: a protobuf map has no order."""
    return cast("Json", _sorted(MessageToDict(struct)))


def _sorted(value: Any) -> Any:
    if isinstance(value, dict):
        fields = cast("Json", value)
        return {key: _sorted(fields[key]) for key in sorted(fields)}
    if isinstance(value, list):
        return [_sorted(item) for item in cast("list[Any]", value)]
    return int(value) if isinstance(value, float) and value.is_integer() else value
