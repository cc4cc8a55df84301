"""From the nodes of a plan to tasks and groups, and their dependencies.

Every node has one task that waits for what the node waits for, and one that others wait for. A task that stands for
several which may have been skipped has the trigger rule for it, so that all others keep Airflow's own.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from jetbridge.errors import JetbridgeError, Problem, ProblemsError, TranslationError
from jetbridge_translators.airflow import gates
from jetbridge_translators.airflow.chains import Chain, chains
from jetbridge_translators.airflow.dag import Group, Item, Task
from jetbridge_translators.airflow.expressions import Expr, Name
from jetbridge_translators.airflow.flow_helpers import CHOOSE, ENOUGH, INDICES, POD_NAMES
from jetbridge_translators.airflow.jinja import plain
from jetbridge_translators.airflow.operators import EMPTY_OPERATOR, PYTHON_OPERATOR, OperatorSpec
from jetbridge_translators.airflow.policy import spared
from jetbridge_translators.airflow.values import Values
from jetbridge_translators.airflow.variables import Variables, local
from jetbridge_translators.plan.committed import CommittedWork
from jetbridge_translators.plan.elements import widened
from jetbridge_translators.plan.model import (
    AnyNode,
    Body,
    Branch,
    Gate,
    MapNode,
    Node,
    Step,
    SubWorkflow,
    children,
)

BRANCH_OPERATOR = "airflow.providers.standard.operators.python.BranchPythonOperator"
_INDICES = "indices"
_ONE_OF = "none_failed_min_one_success"
Edge = tuple[tuple[str, ...], str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """What a node becomes.

    Attributes:
        items: Its tasks and groups.
        first: The variable of what waits for the nodes before.
        last: The variable of what the nodes after wait for.
        edges: Dependencies among the items.
    """

    items: tuple[Item, ...]
    first: str
    last: str
    edges: tuple[Edge, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Contents:
    """What a body becomes; `last` is empty where the leaves of its tasks are what others wait for."""

    items: tuple[Item, ...]
    chains: tuple[Chain, ...]
    last: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Nodes:
    """What the nodes of one DAG share.

    Attributes:
        operators: The operators of each task by its path: several for the elements of a map.
        variables: The names of the file.
        values: What branches and maps know.
        stops: Whether tasks do not start after a failure.
    """

    operators: Mapping[str, tuple[OperatorSpec, ...]]
    variables: Variables
    values: Values
    stops: bool

    def contents(self, body: Body, prefix: str = "") -> Contents:
        """The tasks of a body; `prefix` is what their ids begin with."""
        parts = {node.id: self.part(node) for node in body.nodes}
        edges = [edge for node in body.nodes for edge in _edges(node, parts)]
        items = tuple(item for part in parts.values() for item in part.items)
        if body.failure_node is None:
            return Contents(items=items, chains=chains(edges), last="")
        before = {variable for upstream, _ in edges for variable in upstream}
        leaves = tuple(part.last for part in parts.values() if part.last not in before)
        handling = self._handling(body.failure_node, leaves, prefix)
        return Contents(items=(*items, *handling.items), chains=chains([*edges, *handling.edges]), last=handling.last)

    def part(self, node: AnyNode) -> Part:
        """What a node becomes. Raises `TranslationError` for what Airflow cannot know."""
        try:
            return _PART[type(node)](self, node)
        except ProblemsError:
            raise
        except JetbridgeError as error:
            code = "branch" if isinstance(node, Branch) else "map"
            where = f"node {node.id!r}"
            problem = Problem(code=code, message=error.message, where=where, location=node.location, hint=error.hint)
            raise TranslationError("the workflow cannot be translated to Airflow", [problem]) from error

    def step(self, node: Step) -> Part:
        variable = self.variables[node.name]
        spec, *_ = self.operators[node.path]
        return Part(items=(_task(variable, spec, node.name),), first=variable, last=variable)

    def sub_workflow(self, node: SubWorkflow) -> Part:
        variable = self.variables[node.name]
        inside = self.contents(node.body, f"{node.name}.")
        group = Group(
            variable=variable,
            group_id=local(node.name),
            tooltip=f"{node.body.name}, in {node.path}",
            comment=_comment(node),
            items=inside.items,
            chains=inside.chains,
        )
        return Part(items=(group,), first=variable, last=inside.last or variable)

    def branch(self, node: Branch) -> Part:
        variable = self.variables[node.name]
        inside = [self.part(inner) for inner in children(node)]
        task = Task(variable, self._decision(node))
        items = (task, *(item for part in inside for item in part.items))
        edges = tuple(edge for part in inside for edge in (((variable,), part.first), *part.edges))
        if len(inside) == 1:
            return Part(items=items, first=variable, last=inside[0].last, edges=edges)
        join, last = self._empty(f"{node.name}_joined", _ONE_OF)
        ends = (tuple(part.last for part in inside), last)
        return Part(items=(*items, join), first=variable, last=last, edges=(*edges, ends))

    def _decision(self, node: Branch) -> OperatorSpec:
        cases: dict[str, Expr] = {_entry(case.node): self.values.condition(case.condition) for case in node.cases}
        otherwise = {"error": plain(node.error)} if node.otherwise is None else {"otherwise": _entry(node.otherwise)}
        return OperatorSpec(
            operator=BRANCH_OPERATOR,
            task_id=local(node.name),
            kwargs={"python_callable": CHOOSE, "op_kwargs": {"cases": cases, **otherwise}},
            comment=_comment(node),
        )

    def map(self, node: MapNode) -> Part:
        if isinstance(node.element.work, CommittedWork):
            return self.step(node.element)
        chunks = [self._chunk(node, number, spec) for number, spec in enumerate(self.operators[node.element.path])]
        first = chunks[0].first
        elements = tuple(chunk.last for chunk in chunks)
        after_first: list[Edge] = [((first,), chunk.first) for chunk in chunks[1:]]
        judged = self._judged(node, first, elements)
        return Part(
            items=(*(item for chunk in chunks for item in chunk.items), *judged.items),
            first=first,
            last=judged.last,
            edges=(*after_first, *(edge for chunk in chunks for edge in chunk.edges), *judged.edges),
        )

    def _chunk(self, node: MapNode, number: int, spec: OperatorSpec) -> Part:
        """The indices, and the task that is mapped over them."""
        chunks = len(self.operators[node.element.path])
        suffix = f"_{number + 1}" if number else ""
        indices_id, indices = self.variables.added(f"{node.name}_{_INDICES}{suffix}")
        each_id, each = self.variables.added(node.name + suffix) if number else (node.name, self.variables[node.name])
        is_process = spec.operator == PYTHON_OPERATOR
        given: dict[str, Expr] = {
            **({} if is_process else {"name": local(node.name)}),
            "size": self._lengths(node),
            **({"chunk": number, "chunks": chunks} if chunks > 1 else {}),
        }
        indexing = _python(indices_id, INDICES if is_process else POD_NAMES, given, spec.comment)
        limit: dict[str, Expr] = {"max_active_tis_per_dagrun": node.parallelism} if node.parallelism else {}
        mapped = replace(spec, kwargs={**spec.kwargs, **limit}, comment="")
        task = Task(each, replace(mapped, task_id=local(each_id)), over=indices)
        return Part(items=(Task(indices, indexing), task), first=indices, last=each, edges=(((indices,), each),))

    def _lengths(self, node: MapNode) -> Expr:
        """The length of what is mapped over; of several lists all, which must be equal."""
        lengths = [self.values.size(bind) for bind in node.lists]
        return lengths if lengths[1:] else lengths[0]

    def _judged(self, node: MapNode, first: str, elements: tuple[str, ...]) -> Part:
        """What others wait for: a mapped task without elements is skipped, and so cannot be it."""
        if not node.partial:
            join, last = self._empty(f"{node.name}_joined", _ONE_OF)
            return Part(items=(join,), first=last, last=last, edges=(((first, *elements), last),))
        tried, ended = self._empty(f"{node.name}_tried", "all_done")
        judge_id, last = self.variables.added(f"{node.name}_judged")
        judge = Task(last, _python(judge_id, ENOUGH, self._needed(node), ""))
        edges = ((elements, ended), ((first, ended), last))
        return Part(items=(tried, judge), first=ended, last=last, edges=edges)

    def _needed(self, node: MapNode) -> dict[str, Expr]:
        elements: list[Expr] = [*element_tasks(node, len(self.operators[node.element.path]))]
        needed: dict[str, Expr] = (
            {"share": widened(node.min_success_ratio)}
            if node.min_successes is None
            else {"at_least": node.min_successes}
        )
        return {"elements": elements, "size": self.values.size(node.over), **needed}

    def gate(self, node: Gate) -> Part:
        variable = self.variables[node.name]
        tasks = [Task(variable, gates.waiting(node))]
        if gates.is_too_long(node):
            name, late = self.variables.added(f"{node.name}_{gates.LATE}")
            tasks = [*tasks, Task(late, gates.too_late(node, local(name)))]
        last = tasks[-1].variable
        edges: tuple[Edge, ...] = (((variable,), last),) if last != variable else ()
        return Part(items=tuple(tasks), first=variable, last=last, edges=edges)

    def _handling(self, handler: AnyNode, leaves: tuple[str, ...], prefix: str) -> Part:
        """The failure node: it runs when the others have ended and one has failed, and `end` fails all the same."""
        end, last = self._empty(f"{prefix}end")
        settled, ended = self._empty(f"{prefix}settled", "all_done")
        failed, lost = self._empty(f"{prefix}failed", "one_failed")
        part = self.part(handler)
        items = spared(part.items) if self.stops else part.items
        edges = (*((leaves, variable) for variable in (last, ended, lost)), ((ended, lost), part.first), *part.edges)
        return Part(items=(end, settled, failed, *items), first=last, last=last, edges=edges)

    def _empty(self, name: str, trigger_rule: str = "") -> tuple[Task, str]:
        """A task that does nothing, which Airflow's scheduler does by itself; with its variable."""
        task_id, variable = self.variables.added(name)
        rule: dict[str, Expr] = {"trigger_rule": trigger_rule} if trigger_rule else {}
        return Task(variable, OperatorSpec(operator=EMPTY_OPERATOR, task_id=local(task_id), kwargs=rule)), variable


def _entry(node: AnyNode) -> str:
    """The id of the task or group that comes first."""
    is_spread = isinstance(node, MapNode) and not isinstance(node.element.work, CommittedWork)
    return f"{node.name}_{_INDICES}" if is_spread else node.name


def element_tasks(node: MapNode, chunks: int) -> tuple[str, ...]:
    """The ids of the tasks that run the elements of a map."""
    return (node.name, *(f"{node.name}_{number + 1}" for number in range(1, chunks)))


def _edges(node: AnyNode, parts: Mapping[str, Part]) -> Iterator[Edge]:
    position = {node_id: index for index, node_id in enumerate(parts)}
    before = tuple(parts[node_id].last for node_id in sorted(node.after, key=lambda node_id: position[node_id]))
    if before:
        yield before, parts[node.id].first
    yield from parts[node.id].edges


def _python(task_id: str, function: Name, given: dict[str, Expr], comment: str) -> OperatorSpec:
    return OperatorSpec(
        operator=PYTHON_OPERATOR,
        task_id=local(task_id),
        kwargs={"python_callable": function, "op_kwargs": given},
        comment=comment,
    )


def _task(variable: str, spec: OperatorSpec, name: str) -> Task:
    return Task(variable, replace(spec, task_id=local(name)))


def _comment(node: Node) -> str:
    return str(node.location or "")


_PART: Mapping[type, Callable[[Nodes, Any], Part]] = {
    Step: Nodes.step,
    SubWorkflow: Nodes.sub_workflow,
    Branch: Nodes.branch,
    MapNode: Nodes.map,
    Gate: Nodes.gate,
}
