"""What the construction of a plan looks things up in, and where it gathers what is wrong."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from jetbridge.compiler.context import node_location
from jetbridge.errors import Problem
from jetbridge.idl import LiteralType, TaskTemplate, TypedInterface
from jetbridge.idl_admin import LaunchPlan, Node, WorkflowTemplate
from jetbridge_translators.handler import TaskHandler
from jetbridge_translators.planning import Planning

if TYPE_CHECKING:
    from jetbridge_translators.plan.model import Body

Handlers = Callable[[str], "TaskHandler | None"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Library:
    """All that a closure holds, by name.

    Attributes:
        tasks: The tasks.
        workflows: The workflows; the one that runs is among them.
        launch_plans: The launch plans that nodes refer to.
        handlers: The handler of each task type, from entry points.
        planning: What the user decides about the plan.
        body: The body of a workflow, made once for all nodes that use it.
        root: The name of the workflow that runs.
        problems: What is wrong so far.
    """

    tasks: Mapping[str, TaskTemplate]
    workflows: Mapping[str, WorkflowTemplate]
    launch_plans: Mapping[str, LaunchPlan]
    handlers: Handlers
    planning: Planning
    body: Callable[[str], Body]
    root: str
    problems: list[Problem] = field(default_factory=list[Problem])

    def interface_of(self, node: Node) -> TypedInterface:
        """A node's interface; an empty one where the package does not hold what it runs."""
        kind = node.WhichOneof("target") or ""
        return _INTERFACES[kind](self, node) if kind in _INTERFACES else TypedInterface()

    def task_interface(self, node: Node) -> TypedInterface:
        return self.tasks[node.task_node.reference_id.name].interface

    def workflow_interface(self, node: Node) -> TypedInterface:
        return self.workflows[self.workflow_name(node)].interface

    def element_interface(self, node: Node) -> TypedInterface:
        return self.interface_of(node.array_node.node)

    def workflow_name(self, node: Node) -> str:
        """The workflow that a workflow node runs, directly or by a launch plan."""
        launched = node.workflow_node.launchplan_ref.name
        if not launched:
            return node.workflow_node.sub_workflow_ref.name
        return self.launch_plans[launched].spec.workflow_id.name


_INTERFACES: Mapping[str, Callable[[Library, Node], TypedInterface]] = {
    "task_node": Library.task_interface,
    "workflow_node": Library.workflow_interface,
    "array_node": Library.element_interface,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """A workflow under construction.

    Attributes:
        library: Where names are looked up.
        template: The workflow.
        names: The readable name of each node, by the id that the plan gives it.
        prefix: What the plan's ids of these nodes begin with: `n2-` in the branch `n2`.
        folder: What their paths begin with: `n2/` in the branch `n2`.
    """

    library: Library
    template: WorkflowTemplate
    names: Mapping[str, str]
    prefix: str = ""
    folder: str = ""

    def problem(self, node: Node, code: str, message: str, hint: str) -> None:
        """Keeps what is wrong with a node."""
        where = f"node {self.prefix + node.id!r}"
        if self.template.id.name != "":
            where += f" of workflow {self.template.id.name!r}"
        self.library.problems.append(
            Problem(code=code, message=message, where=where, location=node_location(node), hint=hint)
        )

    def type_of(self, node_id: str, var: str) -> LiteralType | None:
        """The type of an output, or of a workflow input where `node_id` is empty; None where it is not known."""
        if not node_id:
            variables = self.template.interface.inputs.variables
        else:
            node = next((node for node in self.template.nodes if node.id == node_id), Node())
            variables = self.library.interface_of(node).outputs.variables
        return variables[var].type if var in variables else None
