"""Which steps share an Argo template: one for each distinct task, however many nodes run it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from jetbridge_translators.argo.text import texts, variables
from jetbridge_translators.plan.model import Plan, Step
from jetbridge_translators.plan.names import unique_labels
from jetbridge_translators.work import ContainerWork, Work


@dataclass(frozen=True, slots=True)
class Task:
    """A distinct task: the template's name, a step that runs it, and the inputs it takes."""

    name: str
    step: Step
    variables: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Tasks:
    """The distinct tasks in the order of the plan, and the one of each step by the step's id."""

    entrypoint: str
    by_step: Mapping[str, Task]

    def distinct(self) -> Sequence[Task]:
        """Each task once."""
        return tuple({task.name: task for task in self.by_step.values()}.values())


def work_variables(work: Work) -> list[str]:
    """The task inputs that a work's strings name."""
    if isinstance(work, ContainerWork):
        return variables(iter((*work.command, *work.args)))
    return variables(texts(dict(work.manifest)))


def tasks_of(plan: Plan) -> Tasks:
    """The distinct tasks of a plan with a name for each, the entry point's among them."""
    groups = {step.id: _group(step) for step in plan.steps}
    first = {group: step for step in reversed(plan.steps) for group in (groups[step.id],)}
    keys = _keys(plan, groups, first)
    entry = f"workflow.{plan.name}"
    labels = unique_labels([entry, *keys.values()])
    made = {group: Task(labels[keys[group]], step, group.variables) for group, step in first.items()}
    return Tasks(labels[entry], {step.id: made[groups[step.id]] for step in plan.steps})


@dataclass(frozen=True, slots=True)
class _Group:
    """What decides whether two steps are the same template."""

    template: bytes
    work: str
    retries: int
    timeout: str
    interruptible: bool | None
    variables: tuple[str, ...]


def _group(step: Step) -> _Group:
    used = {*step.args, *work_variables(step.work)}
    return _Group(
        step.template.SerializeToString(deterministic=True),
        repr(step.work),
        step.retries,
        str(step.timeout),
        step.interruptible,
        tuple(sorted(used)),
    )


def _keys(plan: Plan, groups: Mapping[str, _Group], first: Mapping[_Group, Step]) -> dict[_Group, str]:
    """A dotted name for each group: the task's, or the step's where overrides make a second template of one task.

    The first word keeps the names of the kinds apart whatever the user's names are.
    """
    keys: dict[_Group, str] = {}
    seen: set[str] = set()
    for group in dict.fromkeys(groups[step.id] for step in plan.steps):
        step = first[group]
        task = f"task.{step.template.id.name}"
        keys[group] = task if task not in seen else f"step.{step.name}"
        seen.add(task)
    return keys
