"""What every check looks things up in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from jetbridge.errors import Location
from jetbridge.idl import TaskTemplate, TypedInterface
from jetbridge.idl_admin import CompiledWorkflowClosure, Node, WorkflowTemplate

SOURCE_KEY = "jetbridge.source"
"""Key of the author's line (`penguins.py:31`) in the `config` of a task or a node's metadata."""
IMAGE_KEY = "jetbridge.image"
"""Key of the image in the `config` of a task that has no container in FlyteIDL and may need one to run."""


@dataclass(frozen=True, slots=True)
class CheckContext:
    """A workflow's interface, its nodes by id, and by name the tasks, workflows and launch plans it may refer to."""

    interface: TypedInterface
    nodes: Mapping[str, Node]
    tasks: Mapping[str, TaskTemplate]
    workflows: Mapping[str, WorkflowTemplate] = field(default_factory=dict[str, WorkflowTemplate])
    launch_plans: Mapping[str, TypedInterface] = field(default_factory=dict[str, TypedInterface])


def context_of(closure: CompiledWorkflowClosure, template: WorkflowTemplate) -> CheckContext:
    """The context of one workflow of a closure: the primary one or a sub-workflow."""
    return CheckContext(
        interface=template.interface,
        nodes={node.id: node for node in template.nodes},
        tasks={task.template.id.name: task.template for task in closure.tasks},
        workflows={each.template.id.name: each.template for each in closure.sub_workflows},
        launch_plans={each.template.id.name: each.template.interface for each in closure.launch_plans},
    )


def parse_location(text: str) -> Location | None:
    """The line that `file:line` names; None for anything else."""
    file, _, line = text.rpartition(":")
    return Location(file, int(line)) if file and line.isdecimal() and len(line) < 10 else None


def node_location(node: Node) -> Location | None:
    """The author's line of a node, where the package holds it."""
    return parse_location(node.metadata.config.get(SOURCE_KEY, ""))
