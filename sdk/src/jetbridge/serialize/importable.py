"""Whether a worker finds the tasks again by the names that a package gives them."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator

from jetbridge.errors import Problem
from jetbridge.node import Node
from jetbridge.task import AnyTask


def same_names(nodes: Iterable[Node]) -> Iterator[Problem]:
    """A problem for each task that has the name of another, such as two that one function returned."""
    first: dict[str, AnyTask] = {}
    for node in nodes:
        if first.setdefault(node.task.name, node.task) is not node.task:
            yield Problem(
                code="ValueCollision",
                message=f"another task is called {node.task.name!r} too",
                location=node.location,
                hint="Define each task once, at the top level of its module, under a name of its own.",
            )


def not_importable(tasks: Iterable[AnyTask]) -> Iterator[Problem]:
    """A problem for each task that is no attribute of its module, so that no worker can import it."""
    for task in tasks:
        module = sys.modules.get(task.function.__module__)
        if getattr(module, task.short_name, None) is not task:
            yield Problem(
                code="TaskNotImportable",
                message=f"a worker cannot import task {task.name!r}: the module has no such task under this name",
                location=task.location,
                hint=f"Define `{task.short_name}` at the top level of the module, and keep its name.",
            )
