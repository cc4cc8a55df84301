"""Athena on Airflow: AthenaOperator, after which a process of the worker writes the typed result to the store.

AthenaOperator has no execution parameters (`AthenaHook.run_query`), so a statement with values runs by the runner.
"""

from __future__ import annotations

from jetbridge.errors import JetbridgeError
from jetbridge_translators.airflow import process
from jetbridge_translators.airflow.attempts import attempt_arguments
from jetbridge_translators.airflow.definitions import execute
from jetbridge_translators.airflow.expressions import Expr, imported
from jetbridge_translators.airflow.helper import Helper
from jetbridge_translators.airflow.jinja import plain, template
from jetbridge_translators.airflow.operators import OperatorSpec
from jetbridge_translators.airflow.options import option, target
from jetbridge_translators.airflow.scope import scope_of
from jetbridge_translators.base import LowerContext
from jetbridge_translators.plan.model import Step
from jetbridge_translators.work import Macro, SqlWork, Text

OPERATOR = "airflow.providers.amazon.aws.operators.athena.AthenaOperator"
STORED = Helper(
    name="AthenaResultOperator",
    source='''\
class AthenaResultOperator(AthenaOperator):
    """A statement whose result a process of this worker writes to the store, with its types."""

    template_fields = (*AthenaOperator.template_fields, "command")

    def __init__(self, *, command, **kwargs):
        super().__init__(**kwargs)
        self.command = command

    def execute(self, context):
        query_id = super().execute(context)
        execute(*self.command, query_id)
        return query_id
''',
    imports=(imported(OPERATOR),),
)
_POLL_SECONDS = 5


def lower(step: Step, context: LowerContext) -> OperatorSpec:
    """The operator of an Athena task. Raises `JetbridgeError` for work of another plugin."""
    work = step.work
    if not isinstance(work, SqlWork) or work.dialect != "athena":
        raise JetbridgeError(
            f"task type {step.task_type!r} gave no statement for Athena",
            hint="Use the planning handler of jetbridge-plugins for Athena.",
        )
    if any(not isinstance(piece, str) for piece in work.statement):
        return process.lower(step, work.runner, context)
    has_outputs = bool(step.template.interface.outputs.variables)
    custom = step.template.custom.fields
    settings = {argument: custom[key].string_value for key, argument in _ARGUMENTS.items() if key in custom}
    connection = option(context.settings, "sql-conn-id")
    kwargs: dict[str, Expr] = {
        "query": plain("".join(map(str, work.statement))),
        **{argument: plain(value) for argument, value in settings.items()},
        **_output_location(step, context),
        **({"aws_conn_id": plain(connection)} if connection else {}),
        "sleep_time": _POLL_SECONDS,
        **({"command": _command(step, work, context)} if has_outputs else {}),
        "do_xcom_push": False,
        **attempt_arguments(step),
    }
    if not has_outputs:
        return OperatorSpec(operator=OPERATOR, task_id=step.name, kwargs=kwargs)
    helpers = (execute(target(context.settings)), STORED)
    return OperatorSpec(operator=STORED.name, task_id=step.name, kwargs=kwargs, helpers=helpers)


_ARGUMENTS = {"schema": "database", "routingGroup": "workgroup", "catalog": "catalog"}


def _output_location(step: Step, context: LowerContext) -> dict[str, Expr]:
    """The node's own folder, where the store is on S3; otherwise the workgroup must have one."""
    if not context.settings.store.startswith("s3://"):
        return {}
    place = Text((Macro.RUN_ROOT, "/", Macro.NODE_PATH, "/athena/"))
    return {"output_location": template(place, scope_of(step, context, expands_dollars=False))}


def _command(step: Step, work: SqlWork, context: LowerContext) -> list[Expr]:
    scope = scope_of(step, context, expands_dollars=False)
    return [template(part, scope) for part in (*work.runner.command, *work.runner.args)]


LOWERING = lower
