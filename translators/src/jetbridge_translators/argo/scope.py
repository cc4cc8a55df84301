"""One workflow as a DAG: how its nodes, inputs and values are written in the DAG's template."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from jetbridge.bindings import AttrPath, Bind, InputRef, JsonConstant, ListOf, OutputRef, ProtoConstant, follow, render
from jetbridge.idl import Literal, LiteralType
from jetbridge.runtime.control_values import control_text
from jetbridge.types.attributes import get_attribute
from jetbridge.types.json_codec import from_json
from jetbridge_translators.argo import escape, expressions
from jetbridge_translators.argo.controls import input_name, output_name
from jetbridge_translators.argo.distinct import Tasks
from jetbridge_translators.argo.handed import Handed
from jetbridge_translators.argo.parameters import NODE_PATH, input_text, parameter_name, with_tags
from jetbridge_translators.argo.task_names import task_names
from jetbridge_translators.plan.controls import SIZE, VALUE
from jetbridge_translators.plan.data_flow import DataFlow, data_flow
from jetbridge_translators.plan.model import (
    AnyNode,
    Approval,
    Body,
    Branch,
    Control,
    Gate,
    MapNode,
    Step,
    SubWorkflow,
    children,
)
from jetbridge_translators.plan.sharing import named_inputs


@dataclass(frozen=True, slots=True)
class Scope:
    """A workflow's DAG.

    Attributes:
        body: The workflow.
        is_root: Whether it is the plan's own: its inputs are JSON, and its nodes lie at the run root. The inputs of
            another one are binding texts, and its nodes lie below `node-path`.
        tasks: The templates by node.
        names: The DAG task of each node id.
        flow: What references between the nodes mean.
        handed: What the parts of a workflow tell each other that does not fit into one DAG; None where it does.
    """

    body: Body
    is_root: bool
    tasks: Tasks
    names: Mapping[str, str]
    flow: DataFlow
    handed: Handed | None = None

    def text(self, bind: Bind) -> str:
        """A binding as the entrypoint reads it, with a tag where it holds an input of the workflow."""
        marked = {item.name: input_text(item, self.is_root) for item in self.body.inputs}
        resolved = self.flow.resolve(bind)
        # What others have bound may be long; the run's own inputs are JSON, which holds no bindings.
        shared = resolved if self.is_root else named_inputs(resolved)
        return with_tags(render(shared, marked, folder=self._folder))

    def path(self, node: AnyNode) -> str:
        """Where a node's data lies."""
        return with_tags(self._folder + node.path)

    @property
    def _folder(self) -> str:
        return "" if self.is_root else with_mark(NODE_PATH) + "/"

    def known(self, bind: Bind, kind: str) -> str:
        """The expression for a control value."""
        return _KNOWN[type(bind)](self, bind, kind)

    def size(self, bind: Bind) -> str:
        """The expression for the length of a list, as a string."""
        return self.known(bind, SIZE)

    def input(self, bind: InputRef, kind: str) -> str:
        """The control value of an input."""
        control = Control(SIZE if kind == SIZE else VALUE, bind.name, bind.attr_path)
        item = next(item for item in self.body.inputs if item.name == bind.name)
        if item.fixed and item.default is not None:
            return _quoted(get_attribute(item.default, bind.attr_path), kind)
        if not self.is_root:
            return _parameter(input_name(control))
        text = _parameter(parameter_name(bind.name))
        inside = f"toJSON(fromJSON({text}){_path(bind.attr_path)})" if bind.attr_path else text
        return f"string(len(fromJSON({inside})))" if kind == SIZE else expressions.from_json(inside, kind)

    def output(self, bind: OutputRef, kind: str) -> str:
        """The control value of a node's output."""
        node = self.flow.nodes[bind.node]
        if self.handed is not None and not isinstance(node, MapNode) and not _is_approval(node):
            elsewhere = self.handed.read(node.id, self.names[node.id], bind, kind)
            if elsewhere:
                return elsewhere
        return _OUTPUT[type(node)](self, node, bind, kind)

    def json(self, bind: JsonConstant, kind: str) -> str:
        """The control value of a constant."""
        if kind == SIZE:
            return escape.for_expression(str(len(json.loads(bind.text))))
        return _quoted(from_json(json.loads(bind.text), LiteralType(simple=kind.upper())), kind)

    def proto(self, bind: ProtoConstant, kind: str) -> str:
        """The control value of a constant."""
        return _quoted(get_attribute(Literal.FromString(bind.data), bind.attr_path), kind)

    def list(self, bind: ListOf, kind: str) -> str:
        """The length of a list that is written out."""
        return escape.for_expression(str(len(bind.items)))

    def of_task(self, node: Step | SubWorkflow | Gate, bind: OutputRef, kind: str) -> str:
        """A control value that the node's template has as an output parameter."""
        control = Control(SIZE if kind == SIZE else VALUE, bind.var, bind.attr_path)
        return f"tasks.{self.names[node.id]}.outputs.parameters.{output_name(control)}"

    def of_branch(self, node: Branch, bind: OutputRef, kind: str) -> str:
        """That of the node which has run: the others are skipped, and have no outputs."""
        *others, last = self._leaves(node, bind, kind)
        text = last[1]
        for task, known in reversed(others):
            text = f"(tasks.{task}.status == 'Succeeded' ? {known} : {text})"
        return text

    def _leaves(self, node: Branch, bind: OutputRef, kind: str) -> list[tuple[str, str]]:
        """The DAG tasks that the branch may run, and what each tells.

        Not with `?.` and `??`: Argo evaluates an expression as soon as it can, for those before the tasks have run.
        """
        found: list[tuple[str, str]] = []
        for inner in children(node):
            if isinstance(inner, Branch):
                found += self._leaves(inner, bind, kind)
            else:
                source = OutputRef(inner.id, bind.var, bind.attr_path)
                found.append((self.names[inner.id], self.output(source, kind)))
        return found

    def of_map(self, node: MapNode, bind: OutputRef, kind: str) -> str:
        """A map gives as many outputs as it was given items."""
        return self.known(node.over, SIZE)

    def of_gate(self, node: Gate, bind: OutputRef, kind: str) -> str:
        """What a person gave, or what was approved."""
        if _is_approval(node):
            return self.known(follow(node.args[bind.var], bind.attr_path), kind)
        return self.of_task(node, bind, kind)


def scope_of(body: Body, tasks: Tasks) -> Scope:
    """The scope of one of the plan's workflows."""
    return Scope(body, body.name == tasks.bodies[0].name, tasks, task_names(body), data_flow(body))


def _is_approval(node: AnyNode) -> bool:
    return isinstance(node, Gate) and isinstance(node.wait, Approval)


def with_mark(parameter: str) -> str:
    """A parameter of the template inside a text that is not escaped yet."""
    return f"\0{parameter}\0"


def _parameter(name: str) -> str:
    return f"inputs.parameters.{name}" if name.isidentifier() else f"inputs.parameters['{name}']"


def _quoted(literal: Literal, kind: str) -> str:
    return escape.for_expression(control_text(SIZE if kind == SIZE else VALUE, literal))


def _path(path: AttrPath) -> str:
    return "".join(f"[{item}]" if isinstance(item, int) else f"[{escape.for_expression(item)}]" for item in path)


_KNOWN: Mapping[type, Callable[[Scope, Any, str], str]] = {
    InputRef: Scope.input,
    OutputRef: Scope.output,
    JsonConstant: Scope.json,
    ProtoConstant: Scope.proto,
    ListOf: Scope.list,
}
_OUTPUT: Mapping[type, Callable[[Scope, Any, OutputRef, str], str]] = {
    Step: Scope.of_task,
    SubWorkflow: Scope.of_task,
    Branch: Scope.of_branch,
    MapNode: Scope.of_map,
    Gate: Scope.of_gate,
}
