"""Which nodes a task's pod may run on, and its folder in memory, in the words of an Argo template."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import hera.workflows.models as m

from jetbridge_translators.plan.placement import Memory, NodeRule


def placement(rules: Sequence[NodeRule]) -> dict[str, Any]:
    """The template's arguments for rules of nodes; nothing where there are none."""
    if not rules:
        return {}
    required = m.NodeSelector(
        node_selector_terms=[m.NodeSelectorTerm(match_expressions=list(map(_requirement, rules)))]
    )
    affinity = m.NodeAffinity(required_during_scheduling_ignored_during_execution=required)
    tolerations = [_toleration(rule) for rule in rules if rule.value is not None]
    return {"affinity": m.Affinity(node_affinity=affinity), "tolerations": tolerations or None}


def _requirement(rule: NodeRule) -> m.NodeSelectorRequirement:
    if rule.value is None:
        return m.NodeSelectorRequirement(key=rule.label, operator="DoesNotExist")
    return m.NodeSelectorRequirement(key=rule.label, operator="In", values=[rule.value])


def _toleration(rule: NodeRule) -> m.Toleration:
    return m.Toleration(key=rule.label, operator="Equal", value=rule.value, effect="NoSchedule")


def memory_volumes(memory: Memory | None) -> list[m.Volume]:
    """The volume of the shared memory."""
    if memory is None:
        return []
    limit = m.Quantity(memory.limit) if memory.limit else None
    return [m.Volume(name=memory.name, empty_dir=m.EmptyDirVolumeSource(medium="Memory", size_limit=limit))]


def memory_mounts(memory: Memory | None) -> list[m.VolumeMount]:
    """Where it is found."""
    return [] if memory is None else [m.VolumeMount(name=memory.name, mount_path=memory.path)]
