"""Gates as templates without pods: a suspend that waits, and a judge that holds the answer against the store.

An answer counts when the verb gave it, because then the store has it too: a signal's readers read the store. Whoever
resumes a signal in Argo's own tools leaves `answered_by_jetbridge_set` empty, and the gate fails at once with that name
in the message. An approval may be given there, for nobody reads it: the bindings lead to what was approved.
"""

from __future__ import annotations

import math
from datetime import timedelta

import hera.workflows.models as m

from jetbridge_translators.argo.controls import output_name
from jetbridge_translators.argo.expressions import tag
from jetbridge_translators.argo.parameters import NODE_PATH, RUN_ROOT
from jetbridge_translators.argo.podless import failing, own, supplied
from jetbridge_translators.plan.model import Control, Gate, Signal, Sleep

WAIT, REFUSED = "wait", "refused"
"""In the DAG of a gate: what waits, and the task that fails where the answer is not one."""
ANSWERED = "answered_by_jetbridge_set"
APPROVED = "approved"
YES, NO = "true", "false"
_NEVER, _ACCEPTED = "time_enough", "accepted_answer"
"""Parameters that nobody ever supplies; their names stand in Argo's message."""


def gate_templates(name: str, node: Gate) -> list[m.Template]:
    """The templates of a gate; the first is the one to call."""
    if isinstance(node.wait, Sleep):
        return [_sleep(name, node.wait.duration, node.timeout)]
    waiting = f"{name}-{WAIT}"
    return [_gate(name, waiting, node), _waiting(waiting, node)]


def _sleep(name: str, duration: timedelta, timeout: timedelta | None) -> m.Template:
    """Opens by itself, or fails when its time is up before: then a parameter lacks that nobody ever supplies."""
    if timeout is None or duration <= timeout:
        return m.Template(name=name, suspend=m.SuspendTemplate(duration=_seconds(duration)))
    never = m.Outputs(parameters=[supplied(_NEVER)])
    return m.Template(name=name, suspend=m.SuspendTemplate(duration=_seconds(timeout)), outputs=never)


def _gate(name: str, waiting: str, node: Gate) -> m.Template:
    given = f"tasks.{WAIT}.outputs.parameters."
    expected = f"inputs.parameters['{RUN_ROOT}'] + '/' + inputs.parameters['{NODE_PATH}']"
    wrong = f"{given}{ANSWERED} != {expected}" if isinstance(node.wait, Signal) else f"{given}{APPROVED} != '{YES}'"
    told = [
        m.Parameter(name=output_name(each), value_from=m.ValueFrom(expression=given + output_name(each), default=""))
        for each in _controls(node)
    ]
    return m.Template(
        name=name,
        inputs=m.Inputs(parameters=[m.Parameter(name=RUN_ROOT), m.Parameter(name=NODE_PATH)]),
        outputs=m.Outputs(parameters=told) if told else None,
        dag=m.DAGTemplate(
            tasks=[
                m.DAGTask(name=WAIT, template=waiting),
                m.DAGTask(name=REFUSED, template=own(REFUSED), depends=f"{WAIT}.Succeeded", when=tag(wrong)),
            ]
        ),
    )


def _controls(node: Gate) -> tuple[Control, ...]:
    """What the engine must know of the value; that of an approval is known where it comes from."""
    return node.controls if isinstance(node.wait, Signal) else ()


def _waiting(name: str, node: Gate) -> m.Template:
    """Its time is up as a failure, because what a signal supplies has no default, and an approval's is no."""
    asked = [ANSWERED, *map(output_name, node.controls)] if isinstance(node.wait, Signal) else [APPROVED]
    # A form of Argo's UI shows the inputs of a suspended node, and takes them for its outputs.
    choice = m.Parameter(name=APPROVED, enum=[NO, YES], default=NO)
    return m.Template(
        name=name,
        inputs=None if isinstance(node.wait, Signal) else m.Inputs(parameters=[choice]),
        outputs=m.Outputs(parameters=[supplied(item) for item in asked]),
        suspend=m.SuspendTemplate(duration=None if node.timeout is None else _seconds(node.timeout)),
    )


def refusing_template() -> m.Template:
    """Fails at once and without a pod, in the name of a gate."""
    return failing(REFUSED, _ACCEPTED)


def _seconds(duration: timedelta) -> str:
    return f"{math.ceil(duration.total_seconds())}s"
