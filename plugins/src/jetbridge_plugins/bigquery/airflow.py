"""BigQuery on Airflow: BigQueryInsertJobOperator, after which a process of the worker writes the typed result.

Values that Airflow knows are named query parameters of the job; a value that another task has made is in the store, so
that the statement runs by the runner in the worker.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, cast

from google.protobuf.json_format import MessageToDict

from jetbridge.bindings import Bind, InputRef, JsonConstant
from jetbridge.errors import JetbridgeError
from jetbridge.idl import LiteralType, SimpleType
from jetbridge_plugins.bigquery.parameters import TYPES, whole
from jetbridge_translators.airflow import process
from jetbridge_translators.airflow.attempts import attempt_arguments
from jetbridge_translators.airflow.definitions import execute
from jetbridge_translators.airflow.expressions import Expr, imported
from jetbridge_translators.airflow.helper import Helper
from jetbridge_translators.airflow.jinja import Jinja, join, param, plain, template
from jetbridge_translators.airflow.operators import OperatorSpec
from jetbridge_translators.airflow.options import option, target
from jetbridge_translators.airflow.scope import INDEX, scope_of
from jetbridge_translators.base import LowerContext
from jetbridge_translators.plan.model import Step
from jetbridge_translators.work import SqlName, SqlParameter, SqlWork

OPERATOR = "airflow.providers.google.cloud.operators.bigquery.BigQueryInsertJobOperator"
STORED = Helper(
    name="BigQueryResultOperator",
    source='''\
class BigQueryResultOperator(BigQueryInsertJobOperator):
    """A statement whose result a process of this worker writes to the store, with its types."""

    template_fields = (*BigQueryInsertJobOperator.template_fields, "command")

    def __init__(self, *, command, **kwargs):
        super().__init__(**kwargs)
        self.command = command

    def execute(self, context):
        job_id = super().execute(context)
        execute(*self.command, job_id)
        return job_id
''',
    imports=(imported(OPERATOR),),
)
_OWN = ("Location", "ProjectID", "Domain")


def lower(step: Step, context: LowerContext) -> OperatorSpec:
    """The operator of a BigQuery task. Raises `JetbridgeError` for work of another plugin."""
    work = step.work
    if not isinstance(work, SqlWork) or work.dialect != "bigquery":
        raise JetbridgeError(
            f"task type {step.task_type!r} gave no statement for BigQuery",
            hint="Use the planning handler of jetbridge-plugins for BigQuery.",
        )
    parameters = _parameters(step, work, context)
    if parameters is None:
        return process.lower(step, work.runner, context)
    custom = MessageToDict(step.template.custom)
    has_outputs = bool(step.template.interface.outputs.variables)
    connection = option(context.settings, "sql-conn-id")
    kwargs: dict[str, Expr] = {
        "configuration": {"query": _query(work, custom, parameters)},
        **_place(custom),
        **({"gcp_conn_id": plain(connection)} if connection else {}),
        "deferrable": False,
        **({"command": _command(step, work, context)} if has_outputs else {}),
        "do_xcom_push": False,
        **attempt_arguments(step),
    }
    if not has_outputs:
        return OperatorSpec(operator=OPERATOR, task_id=step.name, kwargs=kwargs)
    helpers = (execute(target(context.settings)), STORED)
    return OperatorSpec(operator=STORED.name, task_id=step.name, kwargs=kwargs, helpers=helpers)


def _query(work: SqlWork, custom: Mapping[str, Any], parameters: list[Expr]) -> dict[str, Expr]:
    asked = {key: _plain(value) for key, value in custom.items() if key not in _OWN}
    named: dict[str, Expr] = {"parameterMode": "NAMED", "queryParameters": parameters} if parameters else {}
    # BigQuery's API means its old SQL unless it is told otherwise; the client and Flyte mean the new one.
    return {"query": plain(_text(work)), "useLegacySql": False, **asked, **named}


def _plain(value: Any) -> Expr:
    """A part of the configuration as Airflow renders it to what it was."""
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in cast("dict[str, Any]", value).items()}
    if isinstance(value, list):
        return [_plain(item) for item in cast("list[Any]", value)]
    return plain(value) if isinstance(value, str) else whole(value)


def _place(custom: Mapping[str, Any]) -> dict[str, Expr]:
    given = {"project_id": custom.get("ProjectID"), "location": custom.get("Location")}
    return {argument: plain(value) for argument, value in given.items() if value}


def _text(work: SqlWork) -> str:
    return "".join(f"@{piece.name}" if isinstance(piece, SqlParameter) else str(piece) for piece in work.statement)


def _parameters(step: Step, work: SqlWork, context: LowerContext) -> list[Expr] | None:
    """The query parameters; None where Airflow does not know a value."""
    if INDEX in context.names or any(isinstance(piece, SqlName) for piece in work.statement):
        return None
    variables = step.template.interface.inputs.variables
    texts = {piece.input: piece.name for piece in work.statement if isinstance(piece, SqlParameter) and piece.as_text}
    found = [_parameter(name, variables[name].type, step, context) for name in sorted(variables)]
    found += [_text_parameter(name, texts[name], variables[name].type, step, context) for name in sorted(texts)]
    known = [each for each in found if each is not None]
    return list[Expr](known) if len(known) == len(found) else None


def _text_parameter(
    name: str, shown: str, declared: LiteralType, step: Step, context: LowerContext
) -> dict[str, Expr] | None:
    is_text = declared.HasField("simple") and declared.simple == SimpleType.STRING
    given = _parameter(name, declared, step, context) if is_text else None
    return None if given is None else {**given, "name": shown}


def _parameter(name: str, declared: LiteralType, step: Step, context: LowerContext) -> dict[str, Expr] | None:
    value = _value(step.args.get(name), declared, step, context)
    if value is None:
        return None
    return {"name": name, "parameterType": {"type": TYPES[declared.simple]}, "parameterValue": {"value": value}}


def _value(bind: Bind | None, declared: LiteralType, step: Step, context: LowerContext) -> str | None:
    """The text of a value, as BigQuery's API has all values."""
    if not declared.HasField("simple") or declared.simple not in TYPES:
        return None
    scope = scope_of(step, context, expands_dollars=False)
    if isinstance(bind, InputRef) and not bind.attr_path:
        if bind.name in scope.fixed:
            return _constant(scope.fixed[bind.name])
        lowered = " | lower" if declared.simple == SimpleType.BOOLEAN else ""
        return join([Jinja(f"{{{{ {param(bind.name, scope.kickoff)}{lowered} }}}}")])
    return _constant(bind.text) if isinstance(bind, JsonConstant) and not bind.attr_path else None


def _constant(text: str) -> str:
    """A constant's text; the JSON of a number is BigQuery's, and so is that of a time."""
    value = json.loads(text)
    if isinstance(value, bool):
        return "true" if value else "false"
    return plain(value if isinstance(value, str) else str(value))


def _command(step: Step, work: SqlWork, context: LowerContext) -> list[Expr]:
    scope = scope_of(step, context, expands_dollars=False)
    return [template(part, scope) for part in (*work.runner.command, *work.runner.args)]


LOWERING = lower
