"""What all kinds of nodes share."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from jetbridge.bindings import Bind
from jetbridge.compiler.context import node_location
from jetbridge.compiler.walk import all_upstream_ids
from jetbridge.idl import Variable
from jetbridge.idl_admin import Node
from jetbridge_translators.plan.binds import bind_of
from jetbridge_translators.plan.building import Scope


def node_fields(node: Node, scope: Scope, args: Mapping[str, Bind]) -> dict[str, Any]:
    """The arguments of every `plan.model.Node`."""
    node_id = scope.prefix + node.id
    return {
        "id": node_id,
        "path": scope.folder + node.id,
        "name": scope.names[node_id],
        "args": args,
        "after": all_upstream_ids(node),
        "location": node_location(node),
    }


def args_of(node: Node, variables: Mapping[str, Variable]) -> dict[str, Bind]:
    """The bindings of a node's inputs that its interface has."""
    return {
        binding.var: bind_of(binding.binding, variables[binding.var].type)
        for binding in node.inputs
        if binding.var in variables
    }


def timeout_of(node: Node) -> timedelta | None:
    """The node's timeout; None for no limit."""
    timeout = node.metadata.timeout.ToTimedelta()
    return timeout if timeout > timedelta(0) else None
