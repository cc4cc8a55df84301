"""From the FlyteIDL closure to the plan: one pure function."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import timedelta

from jetbridge.compiler.context import node_location
from jetbridge.compiler.graph import topological_order, upstream_ids
from jetbridge.errors import JetbridgeError, Problem, TranslationError
from jetbridge.idl import Literal, LiteralType, TaskTemplate
from jetbridge.idl_admin import LaunchPlan as LaunchPlanMessage
from jetbridge.idl_admin import Node
from jetbridge.serialize.closure import Closure
from jetbridge_translators.handler import BuildContext, TaskHandler
from jetbridge_translators.plan.binds import bind_of
from jetbridge_translators.plan.model import Input, Output, Plan, Step
from jetbridge_translators.plan.names import unique_identifiers
from jetbridge_translators.plan.overrides import with_overrides
from jetbridge_translators.plan.refused import refused_fields
from jetbridge_translators.plan.schedule import schedule_of
from jetbridge_translators.work import Work

Handlers = Callable[[str], "TaskHandler | None"]


def build(closure: Closure, handlers: Handlers) -> Plan:
    """The plan of a closure.

    Args:
        closure: A checked closure.
        handlers: The handler of each task type, from entry points; pass `registry.handler`.

    Raises:
        TranslationError: a node's kind or task type is unknown, or a handler cannot use its task; all at once.
    """
    template = closure.compiled.primary.template
    builder = _Builder(
        refused_fields(closure), {task.template.id.name: task.template for task in closure.compiled.tasks}, handlers
    )
    nodes = {node.id: node for node in template.nodes}
    order = topological_order({node.id: upstream_ids(node) for node in template.nodes})
    names = unique_identifiers({node_id: _tail(nodes[node_id]) for node_id in order})
    steps = [
        builder.step(nodes[node_id], names[node_id], template.metadata_defaults.interruptible) for node_id in order
    ]
    builder.raise_if_any(template.id.name)
    return Plan(
        name=closure.launch_plan.id.name or template.id.name,
        description=closure.description,
        inputs=_inputs(template.interface.inputs.variables, closure.launch_plan),
        steps=tuple(step for step in steps if step is not None),
        outputs=tuple(
            Output(name=binding.var, type=declared, bind=bind_of(binding.binding, declared))
            for binding in template.outputs
            for declared in [template.interface.outputs.variables[binding.var].type]
        ),
        schedule=schedule_of(closure.launch_plan),
    )


def _inputs(variables: Mapping[str, object], launch_plan: LaunchPlanMessage) -> tuple[Input, ...]:
    return tuple(_input(name, launch_plan, variables[name].type) for name in sorted(variables))  # type: ignore[attr-defined]


def _input(name: str, launch_plan: LaunchPlanMessage, declared: LiteralType) -> Input:
    fixed = launch_plan.spec.fixed_inputs.literals
    if name in fixed:
        return Input(name=name, type=declared, default=fixed[name], fixed=True)
    parameters = launch_plan.spec.default_inputs.parameters
    default: Literal | None = None
    if name in parameters and parameters[name].WhichOneof("behavior") == "default":
        default = parameters[name].default
    return Input(name=name, type=declared, default=default)


def _tail(node: Node) -> str:
    return node.metadata.name or node.task_node.reference_id.name.rpartition(".")[2]


class _Builder:
    """Builds steps and gathers what is wrong with them."""

    def __init__(self, refused: Iterable[Problem], tasks: Mapping[str, TaskTemplate], handlers: Handlers) -> None:
        self._tasks = tasks
        self._handlers = handlers
        self._problems = list(refused)

    def raise_if_any(self, workflow: str) -> None:
        if self._problems:
            raise TranslationError(f"workflow {workflow!r} cannot be planned:", self._problems)

    def step(self, node: Node, name: str, interruptible: bool) -> Step | None:
        if not node.HasField("task_node"):
            self._problem(node, "UnsupportedNode", f"a {node.WhichOneof('target')} is not supported yet", _ONLY_TASKS)
            return None
        template = with_overrides(node, self._tasks[node.task_node.reference_id.name])
        work = self._work(node, template)
        if work is None:
            return None
        variables = template.interface.inputs.variables
        return Step(
            id=node.id,
            path=node.id,
            name=name,
            task_type=template.type,
            template=template,
            args={binding.var: bind_of(binding.binding, variables[binding.var].type) for binding in node.inputs},
            after=upstream_ids(node),
            retries=node.metadata.retries.retries or template.metadata.retries.retries,
            timeout=_timeout(node),
            interruptible=_interruptible(node, interruptible),
            work=work,
            location=node_location(node),
        )

    def _work(self, node: Node, template: TaskTemplate) -> Work | None:
        handler = self._handlers(template.type)
        if handler is None:
            message = f"nothing installed handles the task type {template.type!r} of {template.id.name!r}"
            self._problem(node, "UnknownTaskType", message, "Install the plugin that owns it: see `jetbridge plugins`.")
            return None
        try:
            return handler.build_resource(template, BuildContext(tuple(sorted(binding.var for binding in node.inputs))))
        except JetbridgeError as error:
            self._problem(node, "BadTaskSpecification", error.message, error.hint)
            return None

    def _problem(self, node: Node, code: str, message: str, hint: str) -> None:
        location = node_location(node)
        self._problems.append(
            Problem(code=code, message=message, where=f"node {node.id!r}", location=location, hint=hint)
        )


_ONLY_TASKS = "Call tasks directly: sub-workflows, branches, maps and gates come in a later version."


def _timeout(node: Node) -> timedelta | None:
    timeout = node.metadata.timeout.ToTimedelta()
    return timeout if timeout > timedelta(0) else None


def _interruptible(node: Node, default: bool) -> bool | None:
    if node.metadata.WhichOneof("interruptible_value"):
        return node.metadata.interruptible
    return default or None
