"""Whether a worker finds the tasks again by the names that a package gives them."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator

from jetbridge.entity import Entity
from jetbridge.errors import Problem
from jetbridge.launch_plan import LaunchPlan
from jetbridge.node import Node
from jetbridge.task import AnyTask, PythonFunctionTask
from jetbridge.template_task import TemplateTask
from jetbridge.workflow_base import WorkflowBase


def same_names(nodes: Iterable[Node]) -> Iterator[Problem]:
    """A problem for each task, workflow or launch plan that has the name of another of its kind, such as two tasks
    that one function returned.
    """
    first: dict[tuple[str, str], Entity] = {}
    for node in nodes:
        kind = next((word for known, word in _KINDS.items() if isinstance(node.entity, known)), "")
        if not kind:
            continue
        if first.setdefault((kind, node.entity.name), node.entity) != node.entity:
            yield Problem(
                code="ValueCollision",
                message=f"another {kind} is called {node.entity.name!r} too",
                location=node.location,
                hint=f"Define each {kind} once, at the top level of its module, under a name of its own.",
            )


_KINDS: dict[type, str] = {PythonFunctionTask: "task", WorkflowBase: "workflow", LaunchPlan: "launch plan"}


def not_importable(tasks: Iterable[AnyTask]) -> Iterator[Problem]:
    """A problem for each task that is no attribute of its module, so that no worker can import it."""
    for task in tasks:
        if isinstance(task, TemplateTask):
            continue
        module = sys.modules.get(task.function.__module__)
        if getattr(module, task.short_name, None) is not task:
            yield Problem(
                code="TaskNotImportable",
                message=f"a worker cannot import task {task.name!r}: the module has no such task under this name",
                location=task.location,
                hint=f"Define `{task.short_name}` at the top level of the module, and keep its name.",
            )
