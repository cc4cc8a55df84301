"""The arguments of our companion for a task whose program is not ours (`jetbridge.runtime.companion`)."""

from __future__ import annotations

import base64
from collections.abc import Iterable, Sequence

from jetbridge.errors import JetbridgeError
from jetbridge.idl import TaskTemplate
from jetbridge.runtime.cache_interface import interface_text
from jetbridge.runtime.companion.command import NAMESPACE, TASK_TEMPLATE, keywords, marked
from jetbridge_translators.handler import BuildContext
from jetbridge_translators.plan.cache_options import cache_options, called_interface
from jetbridge_translators.plan.macros import run_options
from jetbridge_translators.work import ContainerWork, ForeignWork, Templated, variable_of

COMPANION = "jetbridge-companion"
FOLDER = "/var/jetbridge"
"""The folder that the task's container and its companion share."""
LAUNCHER = f"{FOLDER}/launch"
CONTROLS = f"{FOLDER}/controls"
"""Where the companion leaves control values, for the task's container."""
TERMINATION = f"{FOLDER}/termination"
"""What the launcher writes to the container's termination message."""
_REFUSED = {
    NAMESPACE: "the Kubernetes namespace of its pod",
}


def companion_options(
    protocol: str, template: TaskTemplate, command: Sequence[str], context: BuildContext, options: Iterable[str] = ()
) -> tuple[Templated, ...]:
    """The companion's arguments.

    Args:
        protocol: How the program is given its inputs, such as `pyflyte`.
        template: The task.
        command: The program and its arguments, with Flyte's templates; of a map task those of one element.
        context: What the node binds.
        options: Further options of the companion.

    Raises:
        JetbridgeError: the command uses a template that has no counterpart, or the task has no cache version.
    """
    used = {keyword for word in command for keyword in keywords(word)}
    for keyword in sorted(used & _REFUSED.keys()):
        raise JetbridgeError(
            f"the command of task {template.id.name!r} asks for {_REFUSED[keyword]}",
            hint="Remove the template, or write what it stands for.",
        )
    task = base64.urlsafe_b64encode(template.SerializeToString(deterministic=True)).decode()
    return (
        *run_options(context.inputs, cache_options(template, command)),
        f"--protocol={protocol}",
        f"--interface={interface_text(called_interface(template, command))}",
        *((f"--task-template={task}",) if TASK_TEMPLATE in used else ()),
        *options,
        "--",
        *(marked(word, has_inputs=bool(context.inputs)) for word in command),
    )


def engine_options(work: ContainerWork) -> tuple[str, ...]:
    """What the companion is told where there is no pod around it: to make the container itself, if one is needed."""
    if not (isinstance(work, ForeignWork) and work.own_image):
        return ()
    secrets = (variable_of(secret) for secret in work.secrets if secret.mount != "file")
    variables = dict.fromkeys((*(name for name, _ in work.env), *secrets))
    return (f"--image={work.image}", *(f"--variable={name}" for name in variables))


def flyte_environment(template: TaskTemplate, context: BuildContext) -> tuple[tuple[str, str], ...]:
    """What propeller tells every container of its task (flyteplugins `flytek8s/k8s_resource_adds.go`).

    The name of the execution and the number of the attempt are known to the companion alone. Project and domain are
    empty in packages, and there is nobody here who would fill them in.
    """
    task = template.id
    return (
        ("FLYTE_INTERNAL_EXECUTION_WORKFLOW", f"{task.project}:{task.domain}:{context.workflow}"),
        ("FLYTE_INTERNAL_EXECUTION_PROJECT", task.project),
        ("FLYTE_INTERNAL_EXECUTION_DOMAIN", task.domain),
        ("FLYTE_INTERNAL_TASK_PROJECT", task.project),
        ("FLYTE_INTERNAL_TASK_DOMAIN", task.domain),
        ("FLYTE_INTERNAL_TASK_NAME", task.name),
        ("FLYTE_INTERNAL_TASK_VERSION", task.version),
    )
