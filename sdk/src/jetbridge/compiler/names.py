"""Whether the names in a closure are names: they become paths in the store, arguments and names of engines' objects."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from jetbridge.compiler.context import node_location
from jetbridge.errors import Problem
from jetbridge.idl import TypedInterface
from jetbridge.idl_admin import CompiledWorkflowClosure, Node

_NODE_ID = re.compile(r"[a-zA-Z0-9]([a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?")
_RESERVED = ("start-node", "end-node", "inputs")
"""FlyteIDL's own two nodes, and the word that means the workflow's inputs in a binding's text."""


def check_names(closure: CompiledWorkflowClosure) -> Iterator[Problem]:
    """Node ids that are no DNS-1123 labels or are reserved, and variables that are no identifiers."""
    for template in (closure.primary.template, *(each.template for each in closure.sub_workflows)):
        yield from (_bad_node(node) for node in template.nodes if _is_bad(node.id))
        yield from _bad_variables(f"workflow {template.id.name!r}", template.interface)
    for task in closure.tasks:
        yield from _bad_variables(f"task {task.template.id.name!r}", task.template.interface)


def _is_bad(node_id: str) -> bool:
    return node_id in _RESERVED or not _NODE_ID.fullmatch(node_id)


def _bad_node(node: Node) -> Problem:
    return Problem(
        code="InvalidValue",
        message=f"a node cannot have the id {node.id!r}",
        where=node.id,
        location=node_location(node),
        hint=f"Use letters, digits and hyphens, at most 63; reserved are {', '.join(_RESERVED)}.",
    )


def _bad_variables(owner: str, interface: TypedInterface) -> Iterator[Problem]:
    names: Iterable[str] = sorted({*interface.inputs.variables, *interface.outputs.variables})
    for name in names:
        if not name.isidentifier():
            yield Problem(
                code="SyntaxError",
                message=f"{owner} has a variable {name!r}, which is no name",
                where=name,
                hint="Use letters, digits and underscores.",
            )
