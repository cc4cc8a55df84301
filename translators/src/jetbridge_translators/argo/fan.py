"""A map task as a DAG template: the elements by index, so that no list ever travels through Argo."""

from __future__ import annotations

from collections.abc import Sequence

import hera.workflows.models as m

from jetbridge_translators.argo.distinct import Task
from jetbridge_translators.argo.expressions import tag
from jetbridge_translators.argo.parameters import NODE_PATH, RUN_ROOT, input_tag, parameter_name
from jetbridge_translators.argo.podless import failing, own, passing
from jetbridge_translators.plan.elements import widened
from jetbridge_translators.plan.model import MapNode

SIZE = "size-of-map"
EACH = "each"
RUN, TRIED = "run", "tried"
"""In the DAG of one element of a map that may lose some: the task itself, and what comes after it in any case."""
LOST = "lost"
UNEQUAL, LISTS_UNEQUAL = "unequal", "lists-unequal"
"""The task that fails where the lists are not of one length, and the parameter that tells so."""
LENGTHS = "'lengths'"
"""What Argo's message of that failure holds: the parameter that nobody supplies."""
ITEM = "{{item}}"
_DONE = "done"


def fan_templates(name: str, node: MapNode, task: Task) -> list[m.Template]:
    """The DAG of a map, and that of an element where some may be lost.

    An element's node is `each(3:3)`, its data lies at `<node-path>/3`.
    """
    told = [SIZE, LISTS_UNEQUAL] if node.lists[1:] else [SIZE]
    names = [RUN_ROOT, NODE_PATH, *told, *map(parameter_name, task.variables)]
    element = element_name(name) if node.partial else task.name
    fan = m.Template(
        name=name,
        inputs=_inputs(names),
        parallelism=node.parallelism or None,
        dag=m.DAGTemplate(
            tasks=[
                *([_unequal()] if node.lists[1:] else ()),
                _each(node, task, element),
                *([_lost(node)] if node.partial else ()),
            ]
        ),
    )
    return [fan, _element(element, task)] if node.partial else [fan]


def element_name(name: str) -> str:
    """The template of one element of a map that may lose some."""
    return f"{name}-element"


def _inputs(names: Sequence[str]) -> m.Inputs:
    return m.Inputs(parameters=[m.Parameter(name=name) for name in names])


def _each(node: MapNode, task: Task, template: str) -> m.DAGTask:
    arguments = [
        m.Parameter(name=RUN_ROOT, value=input_tag(RUN_ROOT)),
        m.Parameter(name=NODE_PATH, value=f"{input_tag(NODE_PATH)}/{ITEM}"),
        *(m.Parameter(name=parameter_name(name), value=_argument(name, node)) for name in task.variables),
    ]
    return m.DAGTask(
        name=EACH,
        template=template,
        depends=f"{UNEQUAL}.Skipped" if node.lists[1:] else None,
        with_sequence=m.Sequence(count=m.IntOrString(input_tag(SIZE))),
        arguments=m.Arguments(parameters=arguments),
    )


def _unequal() -> m.DAGTask:
    return m.DAGTask(name=UNEQUAL, template=own(UNEQUAL), when=input_tag(LISTS_UNEQUAL))


def _argument(name: str, node: MapNode) -> str:
    whole = input_tag(parameter_name(name))
    return f"{whole}[{ITEM}]" if name in node.mapped else whole


def _element(name: str, task: Task) -> m.Template:
    """Succeeds whether its task does or not, and says which: Argo gathers nothing of elements that fail.

    When all of them had failed, an expression over what was gathered would never be resolved, and the run not end.
    """
    names = [RUN_ROOT, NODE_PATH, *map(parameter_name, task.variables)]
    arguments = m.Arguments(parameters=[m.Parameter(name=each, value=input_tag(each)) for each in names])
    ended = " || ".join(f"{RUN}.{state}" for state in ("Succeeded", "Failed", "Errored"))
    told = m.ValueFrom(expression=f"tasks.{RUN}.status == 'Succeeded' ? '1' : '0'", default="0")
    return m.Template(
        name=name,
        inputs=_inputs(names),
        outputs=m.Outputs(parameters=[m.Parameter(name=_DONE, value_from=told)]),
        dag=m.DAGTemplate(
            tasks=[
                m.DAGTask(name=RUN, template=task.name, arguments=arguments),
                m.DAGTask(name=TRIED, template=own(TRIED), depends=ended),
            ]
        ),
    )


def _lost(node: MapNode) -> m.DAGTask:
    """Fails, without a pod, where too few elements have succeeded. A map over nothing succeeds."""
    size = f"inputs.parameters['{SIZE}']"
    successes = f"len(split(tasks.{EACH}.outputs.parameters.{_DONE}, '1')) - 1"
    when = tag(f"{size} != '0' && {successes} < {_required(node, size)}")
    return m.DAGTask(name=LOST, template=own(LOST), depends=EACH, when=when)


def _required(node: MapNode, size: str) -> str:
    if node.min_successes is not None:
        return str(node.min_successes)
    return f"ceil({widened(node.min_success_ratio)!r} * float({size}))"


def judging_templates(maps: Sequence[MapNode]) -> list[m.Template]:
    """What the tasks without pods run that these maps need."""
    partial = [passing(TRIED), failing(LOST, "successes")]
    return [
        *(partial if any(node.partial for node in maps) else ()),
        *([failing(UNEQUAL, LENGTHS.strip("'"))] if any(node.lists[1:] for node in maps) else ()),
    ]
