"""Map tasks as flytekit before 1.12 wrote them: a task of type `container_array`, where an array node stands today."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from jetbridge.compiler.walk import template_nodes
from jetbridge.idl import TaskTemplate
from jetbridge.idl_admin import ArrayNode, Node, WorkflowTemplate
from jetbridge.task_config import PythonTaskConfig

_LEGACY = "container_array"
_RATIO, _SUCCESSES, _PARALLELISM = "minSuccessRatio", "minSuccesses", "parallelism"


@dataclass(frozen=True, slots=True)
class Modern:
    """Workflows and tasks in today's form."""

    workflows: list[WorkflowTemplate]
    tasks: dict[str, TaskTemplate]


def modern(workflows: Iterable[WorkflowTemplate], tasks: Mapping[str, TaskTemplate]) -> Modern:
    """The same with array nodes for maps of the old form; what has none is not copied."""
    maps = {name: task for name, task in tasks.items() if task.type == _LEGACY}
    if not maps:
        return Modern(list(workflows), dict(tasks))
    return Modern(
        [_workflow(template, maps) for template in workflows],
        {name: _task(task) if name in maps else task for name, task in tasks.items()},
    )


def _task(task: TaskTemplate) -> TaskTemplate:
    copy = TaskTemplate()
    copy.CopyFrom(task)
    copy.type = PythonTaskConfig.task_type
    return copy


def _workflow(template: WorkflowTemplate, maps: Mapping[str, TaskTemplate]) -> WorkflowTemplate:
    copy = WorkflowTemplate()
    copy.CopyFrom(template)
    for node in list(template_nodes(copy)):
        name = node.task_node.reference_id.name
        if name in maps:
            node.CopyFrom(_array_node(node, maps[name]))
    return copy


def _array_node(node: Node, task: TaskTemplate) -> Node:
    inner = Node()
    inner.CopyFrom(node)
    inner.id = task.id.name
    del inner.upstream_node_ids[:]
    outer = Node()
    outer.CopyFrom(node)
    outer.ClearField("task_node")
    outer.array_node.CopyFrom(_array(inner, task))
    return outer


def _array(inner: Node, task: TaskTemplate) -> ArrayNode:
    custom = {name: value.number_value for name, value in task.custom.fields.items()}
    array = ArrayNode(node=inner, parallelism=_count(custom.get(_PARALLELISM, 0)), bound_inputs=_bound(task))
    if _SUCCESSES in custom:
        array.min_successes = _count(custom[_SUCCESSES])
    else:
        array.min_success_ratio = custom.get(_RATIO, 1)
    return array


def _count(number: float) -> int:
    """A number of a Struct, which are all floats, as one that the message can hold."""
    return int(min(max(number, 0), 2**32 - 1)) if number == number else 0  # noqa: PLR0124 -- not a number


def _bound(task: TaskTemplate) -> list[str]:
    """The inputs that each element gets whole: `-- vars A,B …`."""
    args = list(task.container.args)
    at = args.index("vars") + 1 if "vars" in args else len(args)
    return [name for name in "".join(args[at : at + 1]).split(",") if name]
