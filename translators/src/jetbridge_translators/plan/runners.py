"""A plan for an engine without databases of its own: each statement is the container that runs it."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from jetbridge_translators.plan.model import AnyNode, Body, Branch, Case, MapNode, Plan, Step, SubWorkflow
from jetbridge_translators.work import ContainerWork, SqlWork


def with_runners(plan: Plan, image: str = "") -> Plan:
    """The same plan with `ContainerWork` in place of `SqlWork`.

    Args:
        plan: The plan.
        image: The runners' image where the task names none.
    """
    runners = _Runners(image)
    failure = None if plan.failure_node is None else runners.node(plan.failure_node)
    return replace(plan, nodes=tuple(map(runners.node, plan.nodes)), failure_node=failure)


@dataclass(frozen=True, slots=True)
class _Runners:
    """What replaces; a body that several nodes share is made once, by its name."""

    image: str
    bodies: dict[str, Body] = field(default_factory=dict[str, Body])

    def node(self, node: AnyNode) -> AnyNode:
        match node:
            case Step():
                return self._step(node)
            case SubWorkflow():
                return replace(node, body=self._body(node.body))
            case Branch():
                cases = tuple(Case(case.condition, self.node(case.node)) for case in node.cases)
                otherwise = None if node.otherwise is None else self.node(node.otherwise)
                return replace(node, cases=cases, otherwise=otherwise)
            case MapNode():
                return replace(node, element=self._step(node.element))
            case _:
                return node

    def _body(self, body: Body) -> Body:
        if body.name not in self.bodies:
            failure = None if body.failure_node is None else self.node(body.failure_node)
            self.bodies[body.name] = replace(body, nodes=tuple(map(self.node, body.nodes)), failure_node=failure)
        return self.bodies[body.name]

    def _step(self, step: Step) -> Step:
        return replace(step, work=self._runner(step.work)) if isinstance(step.work, SqlWork) else step

    def _runner(self, work: SqlWork) -> ContainerWork:
        return replace(work.runner, image=work.runner.image or self.image)
