"""From a task to the work of a statement: what every dialect's plugin has in common."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from jetbridge.compiler.context import IMAGE_KEY
from jetbridge.idl import TaskTemplate
from jetbridge.secret import Secret
from jetbridge_plugins.container.plan import container_work as build_container
from jetbridge_plugins.sql.binding import parameter_name
from jetbridge_plugins.sql.statement import Parameter, Piece, Statement
from jetbridge_translators.handler import BuildContext
from jetbridge_translators.plan.macros import ENTRYPOINT
from jetbridge_translators.work import ContainerWork, SqlName, SqlParameter, SqlPiece


def runner(
    template: TaskTemplate,
    context: BuildContext,
    resolver: str,
    loader_args: Sequence[str],
    secrets: Iterable[Secret] = (),
) -> ContainerWork:
    """The container that runs a task by our entrypoint, whatever container the task has.

    Its image is that of a task which was written with our SDK; another one's holds no runner, so its image is empty.

    Args:
        template: The task.
        context: What the node binds.
        resolver: What finds the task again on the worker.
        loader_args: What the resolver is told.
        secrets: What the runner reads beside the secrets that the task asks for.
    """
    ours = TaskTemplate()
    ours.CopyFrom(template)
    is_ours = list(template.container.args[:1]) == [ENTRYPOINT]
    ours.container.image = template.config.get(IMAGE_KEY, template.container.image if is_ours else "")
    del ours.container.command[:]
    ours.container.args[:] = [ENTRYPOINT, "--resolver", resolver, "--", *loader_args]
    asked = {(secret.group, secret.key) for secret in template.security_context.secrets}
    ours.security_context.secrets.extend(
        secret.to_message() for secret in secrets if (secret.group, secret.key) not in asked
    )
    return build_container(ours, context)


def pieces(statement: Statement) -> tuple[SqlPiece, ...]:
    """The statement as a back end reads it."""
    return tuple(_piece(piece, statement) for piece in statement.pieces)


def _piece(piece: Piece, statement: Statement) -> SqlPiece:
    if isinstance(piece, str):
        return piece
    if isinstance(piece, Parameter):
        return SqlParameter(piece.name, parameter_name(piece, statement.inputs), piece.as_text)
    return SqlName(piece.name)
