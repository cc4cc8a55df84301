"""Which nodes share an Argo template: one for each distinct task and workflow, however many nodes run it."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from jetbridge_translators.argo.task_names import task_names
from jetbridge_translators.argo.text import texts, variables
from jetbridge_translators.plan.controls import bodies_of, nodes_of
from jetbridge_translators.plan.model import Body, Control, Gate, MapNode, Plan, Sleep, Step
from jetbridge_translators.plan.names import unique_labels
from jetbridge_translators.work import ContainerWork, PodWork, SqlWork, Work

_Place: TypeAlias = tuple[str, str]
"""A workflow's name and a node's id."""


@dataclass(frozen=True, slots=True)
class Task:
    """A distinct task: the template's name, a step that runs it, and the inputs it takes."""

    name: str
    step: Step
    variables: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Tasks:
    """The templates of a plan.

    Attributes:
        entrypoint: The name of the plan's own DAG.
        bodies: Every workflow, the plan's own first.
        names: The DAG of each workflow, by the workflow's name.
        by_step: The task of each step and each map's element, by the workflow's name and the node's id.
        fans: The DAG of each map, by the workflow's name and the node's id; equal maps share one.
        gates: The template of each gate, in the same way.
    """

    entrypoint: str
    bodies: tuple[Body, ...]
    names: Mapping[str, str]
    by_step: Mapping[tuple[str, str], Task]
    fans: Mapping[tuple[str, str], str]
    gates: Mapping[tuple[str, str], str]

    def distinct(self) -> Sequence[Task]:
        """Each task once."""
        return tuple({task.name: task for task in self.by_step.values()}.values())


def work_variables(work: Work) -> list[str]:
    """The task inputs that a work's strings name."""
    if isinstance(work, ContainerWork):
        return variables(iter((*work.command, *work.args)))
    if isinstance(work, PodWork):
        return work_variables(work.main)
    if isinstance(work, SqlWork):
        return work_variables(work.runner)
    return variables(texts(dict(work.manifest)))


def tasks_of(plan: Plan) -> Tasks:
    """The distinct tasks and workflows of a plan with a name for each."""
    bodies = bodies_of(plan)
    steps = {(body.name, step.id): step for body in bodies for step in _steps(body)}
    groups = {place: _group(step) for place, step in steps.items()}
    first = {group: steps[place] for place in reversed(steps) for group in (groups[place],)}
    keys = _keys(groups, first)
    nodes = {(body.name, node.id): node for body in bodies for node in nodes_of(body)}
    maps = {place: (groups[place], *_fan(node)) for place, node in nodes.items() if isinstance(node, MapNode)}
    flows = {body.name: f"workflow.{body.name}" for body in bodies}
    fans = {place: f"map.{keys[groups[place]]}.{place[0]}.{place[1]}" for place in maps}
    labels = unique_labels([*flows.values(), *keys.values(), *fans.values()])
    made = {group: Task(labels[keys[group]], step, group.variables) for group, step in first.items()}
    return Tasks(
        labels[flows[plan.name]],
        bodies,
        {name: labels[key] for name, key in flows.items()},
        {place: made[group] for place, group in groups.items()},
        {place: labels[fans[origin]] for place, origin in _origins(maps).items()},
        _gates(bodies, {name: labels[key] for name, key in flows.items()}),
    )


def _origins(kinds: Mapping[_Place, Hashable]) -> dict[_Place, _Place]:
    """The first place of the same kind, for each."""
    first = {kinds[place]: place for place in reversed(list(kinds))}
    return {place: first[kind] for place, kind in kinds.items()}


def _fan(node: MapNode) -> tuple[Hashable, ...]:
    """What the DAG of a map depends on beside its task."""
    return (node.mapped, len(node.lists) > 1, node.parallelism, node.min_successes, node.min_success_ratio)


def _gates(bodies: Sequence[Body], flows: Mapping[str, str]) -> dict[_Place, str]:
    gates = {(body.name, node.id): node for body in bodies for node in nodes_of(body) if isinstance(node, Gate)}
    kinds = {place: (_wait(node), node.timeout, node.controls) for place, node in gates.items()}
    names = {(body.name, node_id): name for body in bodies for node_id, name in task_names(body).items()}
    return {place: f"{flows[first[0]]}-{names[first]}" for place, first in _origins(kinds).items()}


def _wait(node: Gate) -> Hashable:
    """What a gate waits for, as far as its template knows."""
    return node.wait.duration if isinstance(node.wait, Sleep) else type(node.wait)


def _steps(body: Body) -> list[Step]:
    tasks = (node.element if isinstance(node, MapNode) else node for node in nodes_of(body))
    return [node for node in tasks if isinstance(node, Step)]


@dataclass(frozen=True, slots=True)
class _Group:
    """What decides whether two steps are the same template."""

    template: bytes
    work: str
    retries: int
    timeout: str
    interruptible: bool | None
    variables: tuple[str, ...]
    controls: tuple[Control, ...]


def _group(step: Step) -> _Group:
    used = {*step.args, *work_variables(step.work)}
    return _Group(
        step.template.SerializeToString(deterministic=True),
        repr(step.work),
        step.retries,
        str(step.timeout),
        step.interruptible,
        tuple(sorted(used)),
        step.controls,
    )


def _keys(groups: Mapping[tuple[str, str], _Group], first: Mapping[_Group, Step]) -> dict[_Group, str]:
    """A dotted name for each group: the task's, or the step's where overrides make a second template of one task.

    The first word keeps the names of the kinds apart whatever the user's names are.
    """
    keys: dict[_Group, str] = {}
    seen: set[str] = set()
    for place, group in groups.items():
        if group in keys:
            continue
        task = f"task.{first[group].template.id.name}"
        keys[group] = task if task not in seen else f"step.{place[0]}.{first[group].name}"
        seen.add(task)
    return keys
