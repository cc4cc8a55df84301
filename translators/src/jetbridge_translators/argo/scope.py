"""One workflow as a DAG: how its nodes, inputs and values are written in the DAG's template."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from itertools import count
from typing import Any

from jetbridge.bindings import AttrPath, Bind, InputRef, JsonConstant, ListOf, OutputRef, ProtoConstant, follow, render
from jetbridge.idl import Literal, LiteralType
from jetbridge.runtime.control_values import control_text
from jetbridge.types.attributes import get_attribute
from jetbridge.types.json_codec import from_json
from jetbridge_translators.argo import escape, expressions
from jetbridge_translators.argo.controls import input_name, output_name
from jetbridge_translators.argo.distinct import Tasks
from jetbridge_translators.argo.parameters import NODE_PATH, input_text, parameter_name, with_tags
from jetbridge_translators.plan.controls import SIZE, VALUE, nodes_of
from jetbridge_translators.plan.inline import DataFlow, data_flow
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

_KEYWORDS = frozenset({"in", "not", "and", "or", "let", "true", "false", "nil", "if", "else"})


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
    """

    body: Body
    is_root: bool
    tasks: Tasks
    names: Mapping[str, str]
    flow: DataFlow

    def text(self, bind: Bind) -> str:
        """A binding as the entrypoint reads it, with a tag where it holds an input of the workflow."""
        marked = {item.name: input_text(item, self.is_root) for item in self.body.inputs}
        return with_tags(render(self.flow.resolve(bind), marked, folder=self._folder))

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
        if isinstance(node.wait, Approval):
            return self.known(follow(node.args[bind.var], bind.attr_path), kind)
        return self.of_task(node, bind, kind)


def scope_of(body: Body, tasks: Tasks) -> Scope:
    """The scope of one of the plan's workflows."""
    return Scope(body, body.name == tasks.bodies[0].name, tasks, task_names(body), data_flow(body))


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


def task_names(body: Body) -> dict[str, str]:
    """The DAG task of each node id: the id itself where Argo's expressions can name it, else one like it."""
    nodes = tuple(nodes_of(body))
    taken = {node.id for node in nodes if _is_task_name(node.id)}
    names: dict[str, str] = {}
    for position, node in enumerate(nodes):
        name = node.id if node.id in taken else next(_free(node.id, position, taken))
        taken = taken | {name}
        names[node.id] = name
    return names


def _is_task_name(name: str) -> bool:
    return name.isascii() and name.isalnum() and name[0].isalpha() and len(name) <= 128 and name not in _KEYWORDS


def _free(node_id: str, position: int, taken: set[str]) -> Iterator[str]:
    # A node in a branch: `n1-n0` reads well as `n1n0`.
    near = [text for text in (node_id.replace("-", ""),) if _is_task_name(text)]
    candidates = (name for group in (near, (f"n{position}{'x' * extra}" for extra in count())) for name in group)
    return (name for name in candidates if name not in taken)
