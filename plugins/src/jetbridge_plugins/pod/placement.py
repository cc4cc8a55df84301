"""The nodes and the shared memory that a task asks for, put into the pod that it carries."""

from __future__ import annotations

from typing import Any

from jetbridge_plugins.pod.carried import Json
from jetbridge_translators.plan.placement import Memory, NodeRule

_REQUIRED = "requiredDuringSchedulingIgnoredDuringExecution"


def with_rules(spec: Json, rules: tuple[NodeRule, ...]) -> Json:
    """A spec whose pod runs only on nodes that match the rules too (flyteplugins ApplyGPUNodeSelectors)."""
    if not rules:
        return spec
    affinity: Json = spec.get("affinity") or {}
    nodes: Json = affinity.get("nodeAffinity") or {}
    required: Json = nodes.get(_REQUIRED) or {}
    terms: list[Json] = required.get("nodeSelectorTerms") or [{}]
    found = [_requirement(rule) for rule in rules]
    narrowed = [{**term, "matchExpressions": [*_list(term, "matchExpressions"), *found]} for term in terms]
    tolerations = [_toleration(rule) for rule in rules if rule.value is not None]
    return {
        **spec,
        "affinity": {**affinity, "nodeAffinity": {**nodes, _REQUIRED: {"nodeSelectorTerms": narrowed}}},
        "tolerations": [*_list(spec, "tolerations"), *tolerations],
    }


def _list(tree: Json, key: str) -> list[Json]:
    return tree.get(key) or []


def _requirement(rule: NodeRule) -> Json:
    if rule.value is None:
        return {"key": rule.label, "operator": "DoesNotExist"}
    return {"key": rule.label, "operator": "In", "values": [rule.value]}


def _toleration(rule: NodeRule) -> Json:
    return {"key": rule.label, "operator": "Equal", "value": rule.value, "effect": "NoSchedule"}


def with_memory(spec: Json, container: Json, memory: Memory | None) -> tuple[Json, Json]:
    """A spec with the volume of the shared memory, and the container in which it is found."""
    if memory is None:
        return spec, container
    source: dict[str, Any] = {"medium": "Memory", **({"sizeLimit": memory.limit} if memory.limit else {})}
    volume, mount = {"name": memory.name, "emptyDir": source}, {"name": memory.name, "mountPath": memory.path}
    return (
        {**spec, "volumes": [*_list(spec, "volumes"), volume]},
        {**container, "volumeMounts": [*_list(container, "volumeMounts"), mount]},
    )
