"""What a person tells a gate, as the tasks after it are given it: from the gate's own XCom, like a Param of the run.

So an answer that is given in Airflow's own tools reaches the tasks too. One by `jetbridge set` is in the store as well.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TypeVar

from jetbridge.bindings import Bind, Condition, InputRef, OutputRef, map_operands, replaced
from jetbridge_translators.airflow.jinja import ANSWER, PERHAPS
from jetbridge_translators.plan.model import (
    AnyNode,
    Body,
    Branch,
    Case,
    Gate,
    MapNode,
    Plan,
    Signal,
    SubWorkflow,
    walk,
)

B = TypeVar("B", bound=Body)


def with_signals(plan: Plan) -> Plan:
    """The same inlined plan, in which the value of a signal is an input, named after the gate's task."""
    roots = plan.nodes if plan.failure_node is None else (*plan.nodes, plan.failure_node)
    gates = (node for node in walk(roots) if isinstance(node, Gate) and isinstance(node.wait, Signal))
    tasks = {gate.path: gate.name for gate in gates}
    if not tasks:
        return plan
    return _Signals(tasks).body(plan)


@dataclass(frozen=True, slots=True)
class _Signals:
    """The gates' tasks by path."""

    tasks: Mapping[str, str]

    def node(self, node: AnyNode) -> AnyNode:
        args = {name: self.bind(bind) for name, bind in node.args.items()}
        match node:
            case SubWorkflow():
                return replace(node, args=args, body=self.body(node.body))
            case Branch():
                cases = tuple(Case(self.condition(case.condition), self.node(case.node)) for case in node.cases)
                otherwise = None if node.otherwise is None else self.node(node.otherwise)
                return replace(node, args=args, cases=cases, otherwise=otherwise)
            case MapNode():
                element = {name: self.bind(bind) for name, bind in node.element.args.items()}
                return replace(node, args=args, element=replace(node.element, args=element))
            case _:
                return replace(node, args=args)

    def body(self, body: B) -> B:
        handler = None if body.failure_node is None else self.node(body.failure_node)
        return replace(body, nodes=tuple(map(self.node, body.nodes)), failure_node=handler)

    def condition(self, condition: Condition) -> Condition:
        return map_operands(condition, self.bind)

    def bind(self, bind: Bind) -> Bind:
        """A value that a branch gives may be that of a gate which the run has not come to."""
        prefix = ANSWER if isinstance(bind, OutputRef) else PERHAPS

        def change(reference: InputRef | OutputRef) -> Bind:
            task = self.tasks.get(reference.node) if isinstance(reference, OutputRef) else None
            return reference if task is None else InputRef(prefix + task, reference.attr_path)

        return replaced(bind, change)
