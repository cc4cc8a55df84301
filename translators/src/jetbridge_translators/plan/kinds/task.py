"""Nodes that run a task."""

from __future__ import annotations

from jetbridge.errors import JetbridgeError, RegistryError
from jetbridge.idl import TaskTemplate
from jetbridge.idl_admin import Node
from jetbridge_translators.handler import BuildContext, checked
from jetbridge_translators.plan.building import Scope
from jetbridge_translators.plan.kinds.common import args_of, node_fields, timeout_of
from jetbridge_translators.plan.model import Step
from jetbridge_translators.plan.overrides import with_overrides
from jetbridge_translators.plan.unknown import unknown_type
from jetbridge_translators.work import Work


def build(node: Node, scope: Scope) -> Step | None:
    """The step; None when it cannot be planned, and then the problem is kept."""
    task = scope.library.tasks.get(node.task_node.reference_id.name)
    if task is None:
        return None
    return step(node, with_overrides(node, task), scope)


def step(node: Node, template: TaskTemplate, scope: Scope) -> Step | None:
    """The step of a node that runs this task."""
    work = _work(node, template, scope)
    if work is None:
        return None
    return Step(
        **node_fields(node, scope, args_of(node, template.interface.inputs.variables)),
        task_type=template.type,
        template=template,
        retries=node.metadata.retries.retries or template.metadata.retries.retries,
        timeout=timeout_of(node),
        interruptible=_interruptible(node, scope.template.metadata_defaults.interruptible),
        work=work,
    )


def _work(node: Node, template: TaskTemplate, scope: Scope) -> Work | None:
    library = scope.library
    inputs = tuple(sorted(binding.var for binding in node.inputs))
    context = BuildContext(inputs, library.planning, library.root)
    try:
        handler = library.handlers(template.type)
        if handler is None:
            unknown = unknown_type(template)
            scope.problem(node, "UnknownTaskType", unknown.message, unknown.hint)
            return None
        return checked(handler.build_resource(template, context), handler, template.type)
    except RegistryError as error:
        scope.problem(node, error.code, error.message, error.hint)
    except JetbridgeError as error:
        scope.problem(node, "BadTaskSpecification", error.message, error.hint)
    return None


def _interruptible(node: Node, default: bool) -> bool | None:
    if node.metadata.WhichOneof("interruptible_value"):
        return node.metadata.interruptible
    return default or None
