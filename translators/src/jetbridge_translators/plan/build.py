"""From the FlyteIDL closure to the plan: one pure function."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache

from jetbridge.compiler.graph import topological_order
from jetbridge.compiler.walk import all_upstream_ids, branch_nodes
from jetbridge.errors import TranslationError
from jetbridge.idl import Literal, LiteralType, Variable
from jetbridge.idl_admin import LaunchPlan as LaunchPlanMessage
from jetbridge.idl_admin import Node, WorkflowMetadata, WorkflowTemplate
from jetbridge.serialize.closure import Closure
from jetbridge_translators.plan import kinds
from jetbridge_translators.plan.binds import bind_of
from jetbridge_translators.plan.building import Handlers, Library, Scope
from jetbridge_translators.plan.controls import with_controls
from jetbridge_translators.plan.launch import with_launch_plan
from jetbridge_translators.plan.model import Body, Input, Output, Plan
from jetbridge_translators.plan.names import unique_identifiers
from jetbridge_translators.plan.refused import refused_fields
from jetbridge_translators.plan.schedule import run_settings
from jetbridge_translators.planning import Planning


def build(closure: Closure, handlers: Handlers, planning: Planning | None = None) -> Plan:
    """The plan of a closure.

    Args:
        closure: A checked closure.
        handlers: The handler of each task type, from entry points; pass `registry.handler`.
        planning: What the user decides about the plan.

    Raises:
        TranslationError: a node's kind or task type is unknown, or a handler cannot use its task; all at once.
    """
    problems = list(refused_fields(closure))
    closure = with_launch_plan(closure)
    primary = closure.compiled.primary.template
    templates = [primary, *(workflow.template for workflow in closure.compiled.sub_workflows)]
    workflows = {template.id.name: template for template in templates}

    @cache
    def body_of(name: str) -> Body:
        return _body(workflows[name], library)

    library = Library(
        tasks={task.template.id.name: task.template for task in closure.compiled.tasks},
        workflows=workflows,
        launch_plans={plan.id.name: plan for plan in closure.launch_plans},
        handlers=handlers,
        planning=planning or Planning(),
        body=body_of,
        root=primary.id.name,
        problems=problems,
    )
    body = library.body(primary.id.name)
    if library.problems:
        raise TranslationError(f"workflow {primary.id.name!r} cannot be planned:", library.problems)
    return _plan(with_controls(body), closure)


def _plan(body: Body, closure: Closure) -> Plan:
    launch_plan, template = closure.launch_plan, closure.compiled.primary.template
    continues = template.metadata.on_failure == WorkflowMetadata.FAIL_AFTER_EXECUTABLE_NODES_COMPLETE
    return Plan(
        name=launch_plan.id.name or body.name,
        description=closure.description,
        inputs=tuple(_with_default(item, launch_plan) for item in body.inputs),
        nodes=body.nodes,
        outputs=body.outputs,
        failure_node=body.failure_node,
        controls=body.controls,
        continues=continues,
        **run_settings(launch_plan),
    )


def _body(template: WorkflowTemplate, library: Library) -> Body:
    nodes = {node.id: node for node in template.nodes}
    order = topological_order({node.id: all_upstream_ids(node) for node in template.nodes})
    scope = Scope(library=library, template=template, names=_names(template, order))
    built = [kinds.build(nodes[node_id], scope) for node_id in order]
    failure = kinds.build(template.failure_node, scope) if template.HasField("failure_node") else None
    return Body(
        name=template.id.name,
        description="",
        inputs=_inputs(template.interface.inputs.variables),
        nodes=tuple(node for node in built if node is not None),
        outputs=tuple(
            Output(name=binding.var, type=declared, bind=bind_of(binding.binding, declared))
            for binding in template.outputs
            for declared in [template.interface.outputs.variables[binding.var].type]
        ),
        failure_node=failure,
    )


def _names(template: WorkflowTemplate, order: tuple[str, ...]) -> Mapping[str, str]:
    nodes = {node.id: node for node in template.nodes}
    tails = {plan_id: tail for node_id in order for plan_id, tail in _tails(nodes[node_id], "").items()}
    failure = _tails(template.failure_node, "") if template.HasField("failure_node") else {}
    return unique_identifiers({**tails, **failure})


def _tails(node: Node, prefix: str) -> dict[str, str]:
    """The last part of the name of a node and of those in its branches, by the id that the plan gives them."""
    own = {prefix + node.id: _tail(node)}
    if not node.HasField("branch_node"):
        return own
    inside = [_tails(inner, f"{prefix}{node.id}-") for inner in branch_nodes(node.branch_node.if_else)]
    return own | {plan_id: tail for tails in inside for plan_id, tail in tails.items()}


def _tail(node: Node) -> str:
    references = (
        node.task_node.reference_id.name,
        node.workflow_node.sub_workflow_ref.name,
        node.workflow_node.launchplan_ref.name,
        node.array_node.node.task_node.reference_id.name,
    )
    named = _MAP_HASH.sub(r"\1", node.metadata.name) or next((name for name in references if name), node.id)
    return named.rpartition(".")[2] or node.id


_MAP_HASH = re.compile(r"\b(map_\w+)_[0-9a-f]{32}-arraynode$")
"""flytekit calls the node of a map `map_<task>_<hash>-arraynode`, which tells a reader nothing more."""


def _inputs(variables: Mapping[str, Variable]) -> tuple[Input, ...]:
    return tuple(Input(name=name, type=variables[name].type) for name in sorted(variables))


def _with_default(item: Input, launch_plan: LaunchPlanMessage) -> Input:
    fixed = launch_plan.spec.fixed_inputs.literals
    if item.name in fixed:
        return _input(item.name, item.type, fixed[item.name], fixed=True)
    parameters = launch_plan.spec.default_inputs.parameters
    if item.name in parameters and parameters[item.name].WhichOneof("behavior") == "default":
        return _input(item.name, item.type, parameters[item.name].default)
    return item


def _input(name: str, declared: LiteralType, value: Literal, *, fixed: bool = False) -> Input:
    return Input(name=name, type=declared, default=value, fixed=fixed)
