"""Statements on Amazon Athena: Flyte's `presto` tasks, which have no container."""

from __future__ import annotations

from jetbridge.idl import TaskTemplate
from jetbridge_plugins.athena.run import RESOLVER, query_of
from jetbridge_plugins.sql.interface import check_inputs, interface_of
from jetbridge_plugins.sql.resolver import STATEMENT
from jetbridge_plugins.sql.work import pieces, runner
from jetbridge_translators.handler import BuildContext, TaskHandler
from jetbridge_translators.work import SqlWork


def build_resource(template: TaskTemplate, context: BuildContext) -> SqlWork:
    """The statement of a task. Raises `JetbridgeError` for a statement or types that cannot be used."""
    query = query_of(template)
    check_inputs(query.interface)
    interface_of(query.interface)
    return SqlWork(
        dialect="athena",
        statement=pieces(query.statement),
        runner=runner(template, context, RESOLVER, [STATEMENT, query.name, query.to_json()]),
    )


HANDLER = TaskHandler(build_resource=build_resource, shapes=(SqlWork,), summary="statements on Amazon Athena")
