"""The arguments of our companion for a task whose program is not ours (`jetbridge.runtime.companion`)."""

from __future__ import annotations

import base64
import re
from collections.abc import Iterable, Sequence

from jetbridge.errors import JetbridgeError
from jetbridge.idl import TaskTemplate
from jetbridge.runtime.cache_interface import interface_text
from jetbridge.runtime.companion.command import INPUT, escaped
from jetbridge_translators.handler import BuildContext
from jetbridge_translators.plan.cache_options import cache_options, called_interface
from jetbridge_translators.plan.macros import run_options
from jetbridge_translators.work import Templated

COMPANION = "jetbridge-companion"
FOLDER = "/var/jetbridge"
"""The folder that the task's container and its companion share."""
LAUNCHER = f"{FOLDER}/launch"
CONTROLS = f"{FOLDER}/controls"
"""Where the companion leaves control values, for the task's container."""
TERMINATION = f"{FOLDER}/termination"
"""What the launcher writes to the container's termination message."""
PATHS = (
    *("input", "inputPrefix", "outputPrefix", "rawOutputDataPrefix", "checkpointOutputPrefix"),
    *("prevCheckpointPrefix", "perRetryUniqueKey", "taskTemplatePath"),
)
_TASK_TEMPLATE = "tasktemplatepath"
_REFUSED = {
    "namespace": "the Kubernetes namespace of its pod",
}
_BY_KEYWORD = {name.lower(): name for name in PATHS}
# `core/template/template.go` of flyteplugins: the keyword in any case, the name of an input as it is.
_TEMPLATE = re.compile(
    rf"\{{\{{\s*[.$](?:(?i:(?P<keyword>{'|'.join((*PATHS, *_REFUSED))}))|(?i:inputs)\.(?P<input>[^}}\s]+))\s*\}}\}}"
)


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
    keywords = {match["keyword"].lower() for word in command for match in _TEMPLATE.finditer(word) if match["keyword"]}
    for keyword in sorted(keywords & _REFUSED.keys()):
        raise JetbridgeError(
            f"the command of task {template.id.name!r} asks for {_REFUSED[keyword]}",
            hint="Remove the template, or write what it stands for.",
        )
    task = base64.urlsafe_b64encode(template.SerializeToString(deterministic=True)).decode()
    return (
        *run_options(context.inputs, cache_options(template, command)),
        f"--protocol={protocol}",
        f"--interface={interface_text(called_interface(template, command))}",
        *((f"--task-template={task}",) if _TASK_TEMPLATE in keywords else ()),
        *options,
        "--",
        *(_marked(word, bool(context.inputs)) for word in command),
    )


def _marked(word: str, has_inputs: bool) -> str:
    """A word with its templates as the companion writes them; what propeller leaves alone stays as it is."""
    text, at = "", 0
    for match in _TEMPLATE.finditer(word):
        # Without any input propeller does not look for `{{.inputs.x}}` at all.
        if match["input"] and not has_inputs:
            continue
        name = INPUT + match["input"] if match["input"] else _BY_KEYWORD[match["keyword"].lower()]
        text += f"{escaped(word[at : match.start()])}<{name}>"
        at = match.end()
    return text + escaped(word[at:])


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
