"""Which task of Airflow's is which node of the plan."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from jetbridge_translators.airflow.assemble import all_nodes
from jetbridge_translators.airflow.gates import LATE
from jetbridge_translators.airflow.options import LONGEST_MAP
from jetbridge_translators.plan.elements import element_step
from jetbridge_translators.plan.inline import inline
from jetbridge_translators.plan.model import AnyNode, Gate, MapNode, Plan, SubWorkflow

_INSTANCE = re.compile(r"(?P<task>.+?)\[(?P<index>\d+)\]")
_DECIDING: Mapping[type, tuple[str, ...]] = {MapNode: ("indices", "judged"), Gate: ("", LATE)}


@dataclass(frozen=True)
class Places:
    """The nodes of one plan in the order of the file; `chunks` is how many tasks a map has."""

    nodes: tuple[AnyNode, ...]
    chunks: int

    def find(self, instance: str) -> AnyNode | None:
        """The node of a task, or of an element such as `fit[3]`; None for what the DAG has for itself."""
        match = _INSTANCE.fullmatch(instance)
        if match is None:
            return self._tasks.get(instance)
        if match["task"] not in self._maps:
            return None
        node, start = self._maps[match["task"]]
        return element_step(node, start + int(match["index"]))

    def name(self, instance: str) -> str:
        """What the plan calls a task; empty for what the DAG has for itself."""
        node = self.find(instance)
        return "" if node is None else node.name

    def deciding(self, node: AnyNode) -> tuple[str, ...]:
        """The tasks whose failure is that of a node; of a map those beside its elements."""
        return tuple(f"{node.name}_{part}" if part else node.name for part in _DECIDING.get(type(node), ("",)))

    @cached_property
    def _tasks(self) -> Mapping[str, AnyNode]:
        return {node.name: node for node in self.nodes if not isinstance(node, SubWorkflow | MapNode)}

    @cached_property
    def _maps(self) -> Mapping[str, tuple[MapNode, int]]:
        return {
            node.name + (f"_{chunk + 1}" if chunk else ""): (node, LONGEST_MAP * chunk)
            for node in self.nodes
            if isinstance(node, MapNode)
            for chunk in range(self.chunks)
        }


def places_of(plan: Plan, chunks: int) -> Places:
    """The places of a plan's nodes."""
    return Places(tuple(all_nodes(inline(plan))), chunks)
