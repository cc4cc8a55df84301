"""A map task as a DAG template: the elements by index, so that no list ever travels through Argo."""

from __future__ import annotations

import hera.workflows.models as m

from jetbridge_translators.argo.distinct import Task
from jetbridge_translators.argo.expressions import tag
from jetbridge_translators.argo.parameters import NODE_PATH, RUN_ROOT, input_tag, parameter_name
from jetbridge_translators.plan.elements import widened
from jetbridge_translators.plan.model import MapNode

SIZE = "size-of-map"
EACH = "each"
DONE = "done"
"""The output parameter that tells of an element that has succeeded: Argo gathers only those of such."""
TRIED, LOST = "tried", "lost"
ITEM = "{{item}}"


def fan_template(name: str, node: MapNode, task: Task) -> m.Template:
    """The DAG of a map. An element's node is `each(3:3)`, its data lies at `<node-path>/3`."""
    names = [RUN_ROOT, NODE_PATH, SIZE, *map(parameter_name, task.variables)]
    return m.Template(
        name=name,
        inputs=m.Inputs(parameters=[m.Parameter(name=item) for item in names]),
        parallelism=node.parallelism or None,
        dag=m.DAGTemplate(tasks=[_each(node, task), *(_judged(node) if node.partial else ())]),
    )


def _each(node: MapNode, task: Task) -> m.DAGTask:
    arguments = [
        m.Parameter(name=RUN_ROOT, value=input_tag(RUN_ROOT)),
        m.Parameter(name=NODE_PATH, value=f"{input_tag(NODE_PATH)}/{ITEM}"),
        *(m.Parameter(name=parameter_name(name), value=_argument(name, node)) for name in task.variables),
    ]
    return m.DAGTask(
        name=EACH,
        template=task.name,
        with_sequence=m.Sequence(count=m.IntOrString(input_tag(SIZE))),
        arguments=m.Arguments(parameters=arguments),
    )


def _argument(name: str, node: MapNode) -> str:
    whole = input_tag(parameter_name(name))
    return f"{whole}[{ITEM}]" if name in node.mapped else whole


def _judged(node: MapNode) -> list[m.DAGTask]:
    """Two tasks without pods: one that succeeds when all elements have ended, one that fails if too few succeeded.

    The first is between because a skipped task takes over the failure of the one before it (`assessDAGPhase`).
    """
    ended = " || ".join(f"{EACH}.{state}" for state in ("Succeeded", "Failed", "Errored", "Skipped"))
    count = f"len(fromJSON(tasks.{EACH}?.outputs?.parameters?.{DONE} ?? '[]'))"
    return [
        m.DAGTask(name=TRIED, template=TRIED, depends=ended),
        m.DAGTask(name=LOST, template=LOST, depends=f"{TRIED}.Succeeded", when=tag(f"{count} < {_required(node)}")),
    ]


def _required(node: MapNode) -> str:
    if node.min_successes is not None:
        return str(node.min_successes)
    return f"ceil({widened(node.min_success_ratio)!r} * float(inputs.parameters['{SIZE}']))"


def done_parameter() -> m.Parameter:
    """The element leaves no file: what counts is that Argo takes the default only of one that succeeded."""
    return m.Parameter(name=DONE, value_from=m.ValueFrom(path="/tmp/jetbridge-done", default="1"))  # noqa: S108


def judging_templates() -> list[m.Template]:
    """What the two tasks run."""
    supplied = m.Parameter(name="successes", value_from=m.ValueFrom(supplied=m.SuppliedValueFrom()))
    now = m.SuspendTemplate(duration="0")
    return [
        m.Template(name=TRIED, suspend=now),
        m.Template(name=LOST, suspend=now, outputs=m.Outputs(parameters=[supplied])),
    ]
