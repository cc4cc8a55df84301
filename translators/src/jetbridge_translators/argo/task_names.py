"""What the nodes of a workflow are called in its DAG."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count

from jetbridge_translators.plan.controls import nodes_of
from jetbridge_translators.plan.model import Body

_KEYWORDS = frozenset({"in", "not", "and", "or", "let", "true", "false", "nil", "if", "else"})


def task_names(body: Body) -> dict[str, str]:
    """The DAG task of each node id: the id itself where Argo's expressions can name it, else one like it."""
    nodes = tuple(nodes_of(body))
    taken = {node.id for node in nodes if _is_task_name(node.id)}
    names: dict[str, str] = {}
    for position, node in enumerate(nodes):
        name = node.id if node.id in taken else next(_free(node.id, position, taken))
        taken = taken | {name}
        names[node.id] = name
    return names


def _is_task_name(name: str) -> bool:
    return name.isascii() and name.isalnum() and name[0].isalpha() and len(name) <= 128 and name not in _KEYWORDS


def _free(node_id: str, position: int, taken: set[str]) -> Iterator[str]:
    # A node in a branch: `n1-n0` reads well as `n1n0`.
    near = [text for text in (node_id.replace("-", ""),) if _is_task_name(text)]
    candidates = (name for group in (near, (f"n{position}{'x' * extra}" for extra in count())) for name in group)
    return (name for name in candidates if name not in taken)
