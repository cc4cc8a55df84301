"""The rules of FlyteIDL's compiler, checked on a closure: ours or one that a package holds.

The error classes are those of `flytepropeller/pkg/compiler/errors`; all problems are returned, none raised.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

from jetbridge.compiler.bindings import check_inputs, check_outputs
from jetbridge.compiler.context import CheckContext, node_location
from jetbridge.compiler.graph import find_cycle, upstream_ids
from jetbridge.compiler.names import check_names
from jetbridge.errors import Problem
from jetbridge.idl import TaskTemplate
from jetbridge.idl_admin import CompiledWorkflowClosure, Node, WorkflowTemplate


def check_closure(closure: CompiledWorkflowClosure) -> tuple[Problem, ...]:
    """Every problem of the primary workflow, in the order of its nodes."""
    template = closure.primary.template
    context = CheckContext(
        interface=template.interface,
        nodes={node.id: node for node in template.nodes},
        tasks={task.template.id.name: task.template for task in closure.tasks},
    )
    return (
        *_check_ids(template),
        *check_names(closure),
        *(problem for node in template.nodes for problem in _check_node(node, context)),
        *check_outputs(template, context),
        *_check_cycle(template, context),
    )


def _check_ids(template: WorkflowTemplate) -> list[Problem]:
    if not template.nodes:
        return [Problem(code="NoNodesFound", message="the workflow has no nodes", hint="Call at least one task in it.")]
    counts = Counter(node.id for node in template.nodes)
    return [
        Problem(
            code="DuplicateNodeId",
            message=f"{count} nodes have the id {node_id!r}",
            hint="Give each `node_name` once.",
        )
        for node_id, count in sorted(counts.items())
        if count > 1
    ]


def _check_node(node: Node, context: CheckContext) -> list[Problem]:
    problems = [_unknown_node(node, upstream) for upstream in node.upstream_node_ids if upstream not in context.nodes]
    if not node.HasField("task_node"):
        return problems
    task = context.tasks.get(node.task_node.reference_id.name)
    if task is None:
        return [*problems, _unknown_task(node)]
    return [*problems, *_check_task(node, task), *check_inputs(node, task, context)]


def _unknown_node(node: Node, upstream: str) -> Problem:
    return Problem(
        code="NodeReferenceNotFound",
        message=f"node {node.id!r} waits for {upstream!r}, which does not exist",
        location=node_location(node),
    )


def _unknown_task(node: Node) -> Problem:
    return Problem(
        code="TaskReferenceNotFound",
        message=f"node {node.id!r} refers to {node.task_node.reference_id.name!r}, which the package does not hold",
        location=node_location(node),
        hint="Package the workflow together with the tasks it refers to.",
    )


def _check_task(node: Node, task: TaskTemplate) -> list[Problem]:
    if task.HasField("container") and not task.container.image:
        return [
            Problem(
                code="ValueRequired",
                message=f"task {task.id.name!r} names no image",
                location=node_location(node),
                hint="Give `--image`, or `container_image=` on the task.",
            )
        ]
    return []


def _check_cycle(template: WorkflowTemplate, context: CheckContext) -> list[Problem]:
    edges: Mapping[str, tuple[str, ...]] = {node.id: upstream_ids(node) for node in template.nodes}
    cycle = find_cycle(edges)
    if not cycle:
        return []
    return [
        Problem(
            code="CycleDetected",
            message=f"the nodes wait for each other: {' → '.join([*cycle, cycle[0]])}",
            location=node_location(context.nodes[cycle[0]]),
            hint="Remove one of the `>>` between them.",
        )
    ]
