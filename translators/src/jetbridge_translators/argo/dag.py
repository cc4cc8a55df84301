"""A workflow as a DAG template: one task for each node, and for each node of a branch one that may be skipped."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import hera.workflows.models as m

from jetbridge.bindings import follow
from jetbridge.idl import LiteralType, SimpleType
from jetbridge_translators.argo.controls import input_name, output_name
from jetbridge_translators.argo.expressions import condition_text, tag
from jetbridge_translators.argo.fan import LISTS_UNEQUAL
from jetbridge_translators.argo.fan import SIZE as FAN_SIZE
from jetbridge_translators.argo.parameters import NODE_PATH, RUN_ROOT, input_tag, parameter_name
from jetbridge_translators.argo.podless import failing, own
from jetbridge_translators.argo.scope import Scope
from jetbridge_translators.plan.controls import SIZE
from jetbridge_translators.plan.data_flow import UNBOUND
from jetbridge_translators.plan.model import (
    AnyNode,
    Body,
    Branch,
    Gate,
    Input,
    MapNode,
    Sleep,
    Step,
    SubWorkflow,
)

NO_CASE = "no-case"
"""The template of a branch of which no case holds: it fails, and makes no pod."""
FAILED = "workflow.status in ['Failed', 'Error']"


def dag_template(name: str, scope: Scope) -> m.Template:
    """The DAG of a workflow."""
    return m.Template(
        name=name,
        inputs=m.Inputs(parameters=[m.Parameter(name=item) for item in input_names(scope)]),
        outputs=exports(scope),
        dag=m.DAGTemplate(tasks=[task for node in scope.body.nodes for task in tasks_of_node(node, scope)]),
    )


def failure_template(name: str, node: AnyNode, scope: Scope) -> m.Template:
    """The DAG of a workflow's failure node, which takes what the workflow takes."""
    return m.Template(
        name=name,
        inputs=m.Inputs(parameters=[m.Parameter(name=item) for item in input_names(scope)]),
        dag=m.DAGTemplate(tasks=list(tasks_of_node(node, scope))),
    )


def input_names(scope: Scope) -> list[str]:
    """The parameters of a workflow's DAG."""
    own = [] if scope.is_root else [NODE_PATH]
    controls = [] if scope.is_root else [input_name(control) for control in scope.body.controls]
    return [RUN_ROOT, *own, *(parameter_name(item.name) for item in open_inputs(scope.body)), *controls]


def open_inputs(body: Body) -> list[Input]:
    """The inputs that may be set."""
    return [item for item in body.inputs if not item.fixed]


def exports(scope: Scope) -> m.Outputs | None:
    """What the workflow tells whoever has called it."""
    outputs = {output.name: output for output in scope.body.outputs}
    parameters = [
        m.Parameter(
            name=output_name(control),
            value_from=m.ValueFrom(
                expression=scope.known(
                    follow(outputs[control.var].bind, control.attr_path),
                    control.kind if control.kind == SIZE else kind_of(outputs[control.var].type),
                ),
                default="",
            ),
        )
        for control in scope.body.exports
    ]
    return m.Outputs(parameters=parameters) if parameters else None


def kind_of(declared: LiteralType) -> str:
    """The simple type that a control value has; text where it is none, as an enum is compared as text."""
    return SimpleType.Name(declared.simple).lower() if declared.WhichOneof("type") == "simple" else "string"


@dataclass(frozen=True, slots=True)
class _Leaf:
    """A node that a branch may run, None for its error, and the expression that decides."""

    node: AnyNode | None
    task: str
    guard: str


def _leaves(node: Branch, scope: Scope, outer: str = "") -> Iterator[_Leaf]:
    tried: list[str] = [outer] if outer else []
    for case in node.cases:
        text = condition_text(case.condition, scope.known)
        yield from _leaf(case.node, scope, _all([*tried, text]))
        tried.append(f"!({text})")
    if node.otherwise is not None:
        yield from _leaf(node.otherwise, scope, _all(tried))
    else:
        yield _Leaf(None, no_case_task(scope.names[node.id]), _all(tried))


def _leaf(node: AnyNode, scope: Scope, guard: str) -> Iterator[_Leaf]:
    if isinstance(node, Branch):
        yield from _leaves(node, scope, guard)
    else:
        yield _Leaf(node, scope.names[node.id], guard)


def _all(conditions: list[str]) -> str:
    return conditions[0] if len(conditions) == 1 else " && ".join(f"({text})" for text in conditions)


def no_case_task(name: str) -> str:
    """The DAG task that fails where no case of the branch with this name holds."""
    return f"{name}{NO_CASE.replace('-', '')}"


def tasks_of_node(node: AnyNode, scope: Scope) -> Iterator[m.DAGTask]:
    """The DAG tasks of a node."""
    if not isinstance(node, Branch):
        yield _task(node, scope, depends(node, scope), None)
        return
    before = depends(node, scope)
    for leaf in _leaves(node, scope):
        if leaf.node is None:
            yield m.DAGTask(name=leaf.task, template=own(NO_CASE), depends=before, when=tag(leaf.guard))
        else:
            yield _task(leaf.node, scope, before, tag(leaf.guard))


def depends(node: AnyNode, scope: Scope) -> str | None:
    """What must have succeeded before; `.Succeeded`, because a bare name also stands for a skipped task."""
    return (
        " && ".join(_succeeded(scope.flow.nodes[before], scope) for before in node.after if _is_here(before, scope))
        or None
    )


def _is_here(node_id: str, scope: Scope) -> bool:
    """Whether a node is in the DAG that is written; a part waits for those of earlier parts as a whole."""
    return scope.handed is None or scope.handed.parts[node_id] == scope.handed.here


def _succeeded(node: AnyNode, scope: Scope) -> str:
    if not isinstance(node, Branch):
        return f"{scope.names[node.id]}.Succeeded"
    leaves = list(_leaves(node, scope))
    ended = [f"({leaf.task}.Succeeded || {leaf.task}.Skipped)" for leaf in leaves if leaf.node is not None]
    failing = [f"{leaf.task}.Skipped" for leaf in leaves if leaf.node is None]
    return " && ".join([*ended, *failing])


def _task(node: AnyNode, scope: Scope, before: str | None, when: str | None) -> m.DAGTask:
    template, arguments = _CALLS[type(node)](node, scope)
    return m.DAGTask(
        name=scope.names[node.id],
        template=template,
        depends=before,
        when=when,
        arguments=m.Arguments(parameters=arguments) if arguments else None,
        hooks=_failure_hook(node, scope, arguments),
    )


def _failure_hook(node: AnyNode, scope: Scope, arguments: list[m.Parameter]) -> dict[str, m.LifecycleHook] | None:
    if not isinstance(node, SubWorkflow) or node.body.failure_node is None:
        return None
    name = scope.names[node.id]
    hook = m.LifecycleHook(
        template=failure_name(scope.tasks.names[node.body.name]),
        expression=f"tasks.{name}.status in ['Failed', 'Error']",
        arguments=m.Arguments(parameters=arguments),
    )
    return {"exit": hook}


def failure_name(dag: str) -> str:
    """The template of the failure node of a workflow with this DAG."""
    return f"{dag}-failed"


def _place(node: AnyNode, scope: Scope) -> list[m.Parameter]:
    return [
        m.Parameter(name=RUN_ROOT, value=input_tag(RUN_ROOT)),
        m.Parameter(name=NODE_PATH, value=scope.path(node)),
    ]


def _call_step(node: Step, scope: Scope) -> tuple[str, list[m.Parameter]]:
    task = scope.tasks.by_step[scope.body.name, node.id]
    args = [
        m.Parameter(name=parameter_name(name), value=scope.text(node.args.get(name, UNBOUND)))
        for name in task.variables
    ]
    return task.name, [*_place(node, scope), *args]


def _call_workflow(node: SubWorkflow, scope: Scope) -> tuple[str, list[m.Parameter]]:
    types = {item.name: item.type for item in node.body.inputs}
    args = [m.Parameter(name=parameter_name(name), value=scope.text(node.args.get(name, UNBOUND))) for name in types]
    controls = [
        m.Parameter(
            name=input_name(control),
            value=tag(
                scope.known(
                    follow(node.args[control.var], control.attr_path),
                    control.kind if control.kind == SIZE else kind_of(types[control.var]),
                )
            ),
        )
        for control in node.body.controls
    ]
    return scope.tasks.names[node.body.name], [*_place(node, scope), *args, *controls]


def _call_map(node: MapNode, scope: Scope) -> tuple[str, list[m.Parameter]]:
    task = scope.tasks.by_step[scope.body.name, node.id]
    args = [m.Parameter(name=parameter_name(name), value=scope.text(node.args[name])) for name in task.variables]
    sizes = [scope.size(bind) for bind in node.lists]
    size = m.Parameter(name=FAN_SIZE, value=tag(sizes[0]))
    unequal = tag(" || ".join(f"{sizes[0]} != {other}" for other in sizes[1:]))
    told = [size, *([m.Parameter(name=LISTS_UNEQUAL, value=unequal)] if sizes[1:] else ())]
    return scope.tasks.fans[scope.body.name, node.id], [*_place(node, scope), *told, *args]


def _call_gate(node: Gate, scope: Scope) -> tuple[str, list[m.Parameter]]:
    return gate_name(node, scope), [] if isinstance(node.wait, Sleep) else _place(node, scope)


_CALLS: Mapping[type, Callable[[Any, Scope], tuple[str, list[m.Parameter]]]] = {
    Step: _call_step,
    SubWorkflow: _call_workflow,
    MapNode: _call_map,
    Gate: _call_gate,
}


def gate_name(node: Gate, scope: Scope) -> str:
    """The template of a gate."""
    return scope.tasks.gates[scope.body.name, node.id]


def no_case_template() -> m.Template:
    """What a branch runs of which no case holds."""
    return failing(NO_CASE, "case")
