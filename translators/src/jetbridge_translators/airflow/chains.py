"""Dependencies as a person writes them: `load >> clean >> [fit_a, fit_b] >> report`."""

from __future__ import annotations

from collections.abc import Sequence

Group = tuple[str, ...]
Chain = tuple[Group, ...]


def chains(edges: Sequence[tuple[Group, str]]) -> tuple[Chain, ...]:
    """Dependencies in few chains, of which no two neighbouring groups have several members each.

    Args:
        edges: For every task that has any, its upstream tasks and itself, in topological order.

    Example:
        >>> chains([(("a",), "b"), (("b",), "c"), (("b",), "d"), (("c", "d"), "e")])
        ((('a',), ('b',), ('c', 'd'), ('e',)),)
    """
    found: list[list[Group]] = []
    ends: dict[Group, list[Group]] = {}
    for upstream, downstream in _links(edges):
        chain = ends.pop(upstream, None)
        if chain is None:
            chain = [upstream]
            found.append(chain)
        chain.append(downstream)
        ends[downstream] = chain
    return tuple(tuple(chain) for chain in found)


def _links(edges: Sequence[tuple[Group, str]]) -> list[tuple[Group, Group]]:
    """Tasks with the same upstream tasks together, since Airflow cannot put a list below a list."""
    groups: dict[Group, list[str]] = {}
    for upstream, task in edges:
        groups.setdefault(upstream, []).append(task)
    return [
        (upstream, members)
        for upstream, tasks in groups.items()
        for members in ([tuple(tasks)] if len(upstream) == 1 else [(task,) for task in tasks])
    ]
