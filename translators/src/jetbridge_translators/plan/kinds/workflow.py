"""Nodes that run a workflow, directly or by a launch plan."""

from __future__ import annotations

from collections.abc import Mapping

from jetbridge.bindings import Bind
from jetbridge.idl_admin import LaunchPlan, Node
from jetbridge_translators.plan.binds import constant
from jetbridge_translators.plan.building import Scope
from jetbridge_translators.plan.kinds.common import args_of, node_fields
from jetbridge_translators.plan.model import Body, SubWorkflow


def build(node: Node, scope: Scope) -> SubWorkflow:
    """The node with the body of its workflow. A launch plan's fixed inputs and defaults are bound as constants."""
    library = scope.library
    body = library.body(library.workflow_name(node))
    launched = node.workflow_node.launchplan_ref.name
    given = args_of(node, library.interface_of(node).inputs.variables)
    args = {**_launched(library.launch_plans[launched], body), **given} if launched else given
    fields = node_fields(node, scope, {**args, **(_fixed(library.launch_plans[launched], body) if launched else {})})
    return SubWorkflow(**fields, body=body)


def _launched(plan: LaunchPlan, body: Body) -> Mapping[str, Bind]:
    types = {item.name: item.type for item in body.inputs}
    return {
        name: constant(parameter.default, types[name])
        for name, parameter in sorted(plan.spec.default_inputs.parameters.items())
        if name in types and parameter.WhichOneof("behavior") == "default"
    }


def _fixed(plan: LaunchPlan, body: Body) -> Mapping[str, Bind]:
    types = {item.name: item.type for item in body.inputs}
    literals = plan.spec.fixed_inputs.literals
    return {name: constant(literals[name], types[name]) for name in sorted(literals) if name in types}
