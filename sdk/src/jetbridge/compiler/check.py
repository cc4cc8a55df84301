"""The rules of FlyteIDL's compiler, checked on a closure: ours or one that a package holds.

The error classes are those of `flytepropeller/pkg/compiler/errors`; all problems are returned, none raised.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from jetbridge.compiler.bindings import Slots, check_bindings
from jetbridge.compiler.bindings import check_names as check_bound_names
from jetbridge.compiler.context import CheckContext, context_of, node_location
from jetbridge.compiler.interfaces import child_nodes, interface_of
from jetbridge.compiler.names import check_names
from jetbridge.compiler.problems import Place
from jetbridge.compiler.reach import check_reach
from jetbridge.compiler.targets import check_target
from jetbridge.compiler.tasks import check_task, check_types
from jetbridge.errors import Problem
from jetbridge.idl_admin import CompiledWorkflowClosure, Node, WorkflowTemplate


def check_closure(closure: CompiledWorkflowClosure) -> tuple[Problem, ...]:
    """Every problem of a closure: its workflow's in the order of the nodes, then its sub-workflows' and tasks'."""
    problems = [
        *check_names(closure),
        *_duplicates([each.template.id.name for each in closure.sub_workflows], "sub-workflows"),
        *_workflow(closure, closure.primary.template, ""),
        *(
            problem
            for each in closure.sub_workflows
            for problem in _workflow(closure, each.template, f"{each.template.id.name}: ")
        ),
        *(problem for task in closure.tasks for problem in check_task(task.template)),
    ]
    return tuple(dict.fromkeys(problems))


def _workflow(closure: CompiledWorkflowClosure, template: WorkflowTemplate, prefix: str) -> Iterator[Problem]:
    context = context_of(closure, template)
    if not template.nodes:
        place = Place(f"{prefix}nodes", None, context)
        yield place.problem("NoNodesFound", "the workflow has no nodes", "Call at least one task in it.")
        return
    yield from _duplicates([node.id for node in template.nodes], "nodes")
    for node in [*template.nodes, *([template.failure_node] if template.HasField("failure_node") else [])]:
        yield from _node(node, Place(f"{prefix}{node.id}", node_location(node), context))
    outputs = Place(f"{prefix}outputs", None, context)
    yield from check_types(f"workflow {template.id.name!r}", template.interface, outputs.problem)
    types = {name: variable.type for name, variable in template.interface.outputs.variables.items()}
    yield from check_bindings(template.outputs, types, Slots(f"workflow {template.id.name!r}", "output", outputs))
    yield from check_reach(template, context, prefix)


def _duplicates(names: list[str], what: str) -> Iterator[Problem]:
    for name, count in sorted(Counter(names).items()):
        if count > 1:
            yield Problem(
                code="DuplicateId",
                message=f"{count} {what} have the id {name!r}",
                where=name,
                hint="Give each `node_name` once." if what == "nodes" else "Package each workflow once.",
            )


def _node(node: Node, place: Place) -> Iterator[Problem]:
    yield from check_target(node, place)
    yield from _settings(node, place)
    yield from _aliases(node, place)
    yield from _inputs(node, place)
    for child in child_nodes(node):
        yield from _node(child, place.inside(child))


def _settings(node: Node, place: Place) -> Iterator[Problem]:
    timeout = node.metadata.timeout
    if timeout.seconds < 0 or timeout.nanos < 0:
        message = f"node {node.id!r} has the timeout {timeout.seconds} s"
        yield place.problem("SyntaxError", message, "Give a timeout above zero, or none.", "timeout")


def _aliases(node: Node, place: Place) -> Iterator[Problem]:
    interface = interface_of(node, place.context)
    for name, count in Counter(alias.var for alias in node.output_aliases).items():
        if count > 1:
            message = f"node {node.id!r} has {count} aliases for its output {name!r}"
            yield place.problem("DuplicateAlias", message, "Give each output one alias.", name)
        if interface is not None and name not in interface.outputs:
            message = f"node {node.id!r} has an alias for {name!r}, which it does not give"
            yield place.problem("ParameterNotBound", message, "Remove the alias.", name)


def _inputs(node: Node, place: Place) -> Iterator[Problem]:
    interface = interface_of(node, place.context)
    if interface is None:
        return
    slots = Slots(_owner(node, place.context), "input", place)
    if interface.inputs is None:
        yield from check_bound_names(node.inputs, slots)
    else:
        yield from check_bindings(node.inputs, interface.inputs, slots, interface.defaults)


def _owner(node: Node, context: CheckContext) -> str:
    target = node.array_node.node if node.HasField("array_node") else node
    reference = target.workflow_node.WhichOneof("reference")
    if target.HasField("task_node"):
        return f"task {target.task_node.reference_id.name!r}"
    if reference is not None:
        what = "workflow" if reference == "sub_workflow_ref" else "launch plan"
        return f"{what} {getattr(target.workflow_node, reference).name!r}"
    return f"node {node.id!r}"
