"""Planning: a shell task is one container. No back end is named here, so it runs on all of them."""

from __future__ import annotations

from jetbridge.errors import JetbridgeError
from jetbridge.idl import TaskTemplate
from jetbridge_translators.handler import BuildContext, TaskHandler
from jetbridge_translators.plan.cache_options import cache_options
from jetbridge_translators.plan.macros import ENTRYPOINT, entrypoint_args
from jetbridge_translators.work import ContainerWork


def build_resource(template: TaskTemplate, context: BuildContext) -> ContainerWork:
    """The container of a task. Raises `JetbridgeError` for a message that holds no command."""
    if "command" not in template.custom.fields:
        raise JetbridgeError(f"task {template.id.name!r} holds no command", hint="Write it with ShellTask(…).")
    args = list(template.container.args)
    return ContainerWork(
        image=template.container.image,
        command=(ENTRYPOINT,),
        args=entrypoint_args(args, context.inputs, cache_options(template, args)),
        env=tuple((pair.key, pair.value) for pair in template.container.env),
    )


HANDLER = TaskHandler(build_resource=build_resource, shapes=(ContainerWork,), summary="commands of the shell")
