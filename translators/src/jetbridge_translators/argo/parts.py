"""A workflow of more nodes than a DAG may have, in parts that are DAGs of their own.

Nodes that have nothing to do with each other stay so: they go into parts that do not wait for another. Where a graph
hangs together it is cut between nodes and their successors, and a later part waits for all of an earlier one that it
needs something of.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from jetbridge_translators.plan.model import AnyNode, Body, Branch, children

MAX_TASKS = 200
"""Argo 4.0's full CRDs allow a DAG so many tasks (`maxItems` in workflow_types.go)."""


@dataclass(frozen=True, slots=True)
class Part:
    """Some nodes of a workflow, in their order; `after` are the names of the parts that must have succeeded before."""

    name: str
    nodes: tuple[AnyNode, ...]
    after: tuple[str, ...]


def parts_of(body: Body, limit: int = MAX_TASKS) -> tuple[Part, ...]:
    """The parts of a workflow in an order in which they can run; none where one DAG holds all of it."""
    sizes = {node.id: count_tasks(node) for node in body.nodes}
    if sum(sizes.values()) <= limit:
        return ()
    groups = _Graph({node.id: node.after for node in body.nodes}, sizes, limit).split([node.id for node in body.nodes])
    nodes = {node.id: node for node in body.nodes}
    names = {node_id: f"part{number}" for number, group in enumerate(groups) for node_id in group}
    return tuple(
        Part(f"part{number}", tuple(nodes[node_id] for node_id in group), _before(group, nodes, names))
        for number, group in enumerate(groups)
    )


def count_tasks(node: AnyNode) -> int:
    """How many DAG tasks a node becomes: those of a branch stand beside each other."""
    if not isinstance(node, Branch):
        return 1
    return sum(map(count_tasks, children(node))) + (node.otherwise is None)


def in_one_dag(node: AnyNode) -> Iterator[AnyNode]:
    """The node and those that are written in the same DAG: the nodes of a branch."""
    yield node
    if isinstance(node, Branch):
        for inner in children(node):
            yield from in_one_dag(inner)


def _before(group: Sequence[str], nodes: Mapping[str, AnyNode], names: Mapping[str, str]) -> tuple[str, ...]:
    own = names[group[0]]
    found = {names[before] for node_id in group for before in nodes[node_id].after} - {own}
    return tuple(sorted(found, key=lambda name: int(name.removeprefix("part"))))


@dataclass(frozen=True, slots=True)
class _Graph:
    """Nodes with those before them, and how many tasks each becomes."""

    after: Mapping[str, tuple[str, ...]]
    sizes: Mapping[str, int]
    limit: int

    def split(self, ids: Sequence[str]) -> list[list[str]]:
        """Groups of at most `limit` tasks, each before those that need it."""
        pieces = self._pieces(ids)
        small = [piece for piece in pieces if self._fits(piece)]
        large = [piece for piece in pieces if not self._fits(piece)]
        return [*self._packed(small), *(group for piece in large for group in self._cut(piece))]

    def _fits(self, ids: Sequence[str]) -> bool:
        return sum(self.sizes[each] for each in ids) <= self.limit

    def _cut(self, ids: list[str]) -> list[list[str]]:
        """A connected piece in groups: without its first or last nodes, or both, where it falls apart there."""
        if len(ids) == 1:
            return [ids]
        most = self._most(ids)
        for count in self._counts(most):
            for first, last in ((count, 0), (0, count), (count, count)):
                inside = ids[first : len(ids) - last]
                if self._fits(ids[len(ids) - last :]) and len(self._pieces(inside)) > 1:
                    groups = [ids[:first], *self.split(inside), ids[len(ids) - last :]]
                    return [group for group in groups if group]
        return [ids[:most], *self.split(ids[most:])]

    def _most(self, ids: Sequence[str]) -> int:
        """How many of the first nodes fit into one group, at least one."""
        most, tasks = 1, self.sizes[ids[0]]
        while most < len(ids) - 1 and tasks + self.sizes[ids[most]] <= self.limit:
            tasks += self.sizes[ids[most]]
            most += 1
        return most

    def _counts(self, most: int) -> Iterator[int]:
        """1, 2, 4, …: where a graph falls apart, it mostly does so near an end."""
        return (2**power for power in range(most.bit_length()))

    def _pieces(self, ids: Sequence[str]) -> list[list[str]]:
        """The parts of a graph that are not connected, each in the order of the whole."""
        leaders = {each: each for each in ids}

        def leader(each: str) -> str:
            while leaders[each] != each:
                leaders[each] = leaders[leaders[each]]
                each = leaders[each]
            return each

        for each in ids:
            for before in self.after[each]:
                if before in leaders:
                    leaders[leader(each)] = leader(before)
        pieces: dict[str, list[str]] = {}
        for each in ids:
            pieces.setdefault(leader(each), []).append(each)
        return list(pieces.values())

    def _packed(self, pieces: Sequence[list[str]]) -> list[list[str]]:
        """As few groups as go in order."""
        groups: list[list[str]] = []
        for piece in pieces:
            if groups and self._fits([*groups[-1], *piece]):
                groups[-1] = [*groups[-1], *piece]
            else:
                groups.append(piece)
        return groups
