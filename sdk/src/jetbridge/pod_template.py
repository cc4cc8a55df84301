"""`PodTemplate`: a Kubernetes pod around a task's container."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from typing import Any, cast

from jetbridge.errors import UsageError
from jetbridge.record import Record


class PodTemplate(Record):
    """The pod that a task runs in.

    Attributes:
        pod_spec: The pod's spec: a `kubernetes.client.V1PodSpec`, or a dict as in a manifest (`nodeSelector`).
        primary_container_name: The container in which the task runs; it is added where the spec has none of the name.
        labels: Labels of the pod.
        annotations: Annotations of the pod.

    Example:
        >>> PodTemplate({"nodeSelector": {"disk": "ssd"}}).manifest
        {'nodeSelector': {'disk': 'ssd'}, 'containers': []}
    """

    pod_spec: Any = None
    primary_container_name: str = "primary"
    labels: Mapping[str, str] | None = field(default=None)
    annotations: Mapping[str, str] | None = field(default=None)

    def __post_init__(self) -> None:
        if not self.primary_container_name:
            raise UsageError(
                "a PodTemplate names no primary container", hint='Give `primary_container_name="primary"`.'
            )

    @property
    def manifest(self) -> dict[str, Any]:
        """The spec as in a manifest. Raises `UsageError` when it is none."""
        spec = as_manifest(self.pod_spec)
        if spec is not None and not isinstance(spec, dict):
            raise UsageError(
                f"the pod_spec of a PodTemplate is {self.pod_spec!r:.80}",
                hint="Give a `kubernetes.client.V1PodSpec`, or a dict as in a manifest.",
            )
        found = cast("dict[str, Any]", spec or {})
        return {**found, "containers": list(found.get("containers") or [])}


def as_manifest(value: Any) -> Any:
    """An object of the Kubernetes client as it stands in a manifest: fields under their names there, None left out."""
    names: Mapping[str, str] | None = getattr(value, "attribute_map", None)
    if names is not None:
        given = {names[field]: getattr(value, field) for field in names}
        return {name: as_manifest(part) for name, part in given.items() if part is not None}
    if isinstance(value, list | tuple):
        return [as_manifest(item) for item in cast("list[Any]", value)]
    if isinstance(value, Mapping):
        return {str(key): as_manifest(item) for key, item in cast("Mapping[Any, Any]", value).items()}
    return value
