"""A statement without a pod: SQLExecuteQueryOperator, or in the worker by the runner that reads and writes the store.

Airflow's operator is enough where the task has no outputs, and where Airflow itself knows all of its values. A value
that another task has made is in the store, and typed outputs belong there: then the runner takes the connection's URL.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from jetbridge.bindings import Bind, InputRef, JsonConstant
from jetbridge.errors import JetbridgeError
from jetbridge.idl import LiteralType, SimpleType
from jetbridge_translators.airflow import process
from jetbridge_translators.airflow.attempts import attempt_arguments
from jetbridge_translators.airflow.definitions import EXECUTE, execute, execute_and_tell
from jetbridge_translators.airflow.expressions import DAG_PARAM, Call, Expr, Name, imported
from jetbridge_translators.airflow.helper import Helper
from jetbridge_translators.airflow.jinja import plain
from jetbridge_translators.airflow.operators import OperatorSpec
from jetbridge_translators.airflow.options import option, target
from jetbridge_translators.airflow.scope import INDEX, scope_of
from jetbridge_translators.base import LowerContext
from jetbridge_translators.plan.model import Step
from jetbridge_translators.work import SqlName, SqlParameter, SqlWork

OPERATOR = "airflow.providers.common.sql.operators.sql.SQLExecuteQueryOperator"
_MARKS = {"sqlite": ":{}", "postgresql": "%({})s", "mysql": "%({})s", "mariadb": "%({})s"}
"""How the drivers of Airflow's own hooks mark a parameter."""
_KINDS = {
    SimpleType.INTEGER: (int,),
    SimpleType.FLOAT: (float, int),
    SimpleType.STRING: (str,),
    SimpleType.BOOLEAN: (bool,),
}
"""Types whose JSON is the value that a driver takes."""
_HOOK = imported("airflow.providers.common.sql.hooks.sql.DbApiHook")
_DATABASE = Helper(
    name="database",
    source='''\
def database(conn_id, variable):
    """The environment variable that tells a process the database of an Airflow connection."""
    url = DbApiHook.get_hook(conn_id).get_sqlalchemy_engine().url
    return {variable: url.render_as_string(hide_password=False)}
''',
    imports=(_HOOK,),
)
_QUERY = Helper(
    name="query",
    source='''\
def query(*command, conn_id, variable, env=None):
    """Run a statement in this worker, on the database of an Airflow connection."""
    execute(*command, env={**(env or {}), **database(conn_id, variable)})
''',
    imports=(),
)
_QUERY_AND_TELL = Helper(
    name="query_and_tell",
    source='''\
def query_and_tell(*command, conn_id, variable, ti, env=None):
    """Run a statement, and tell what a branch or a map must know of the outputs."""
    execute_and_tell(*command, ti=ti, env={**(env or {}), **database(conn_id, variable)})
''',
    imports=(),
)


def lower(step: Step, work: SqlWork, context: LowerContext) -> OperatorSpec:
    """The operator of a statement. Raises `JetbridgeError` where its credentials are nowhere to be had."""
    connection = work.connection or option(context.settings, "sql-conn-id")
    if not connection:
        return _own(step, work, context)
    values = _values(step, work, context)
    if values is None or step.template.interface.outputs.variables or step.controls:
        return _with_connection(process.lower(step, work.runner, context), work, connection, context)
    kwargs: dict[str, Expr] = {
        "conn_id": plain(connection),
        "sql": plain(_text(work, doubled=bool(values))),
        **({"parameters": values} if values else {}),
        "do_xcom_push": False,
        **attempt_arguments(step),
    }
    return OperatorSpec(operator=OPERATOR, task_id=step.name, kwargs=kwargs)


def _own(step: Step, work: SqlWork, context: LowerContext) -> OperatorSpec:
    """The runner in the worker, with the URL of the task itself."""
    if not work.needs_secret:
        return process.lower(step, work.runner, context)
    raise JetbridgeError(
        "the statement's database needs a credential, and no Airflow connection is named that holds it",
        hint="Name one: connection= in the task's configuration, or --sql-conn-id for all statements.",
    )


def _with_connection(spec: OperatorSpec, work: SqlWork, connection: str, context: LowerContext) -> OperatorSpec:
    if not work.uri_variable:
        return spec
    tells = spec.kwargs["python_callable"] != EXECUTE
    given = spec.kwargs.get("op_kwargs")
    variables = given if isinstance(given, dict) else {}
    return replace(
        spec,
        kwargs={
            **spec.kwargs,
            "python_callable": Name((_QUERY_AND_TELL if tells else _QUERY).name),
            "op_kwargs": {"conn_id": plain(connection), "variable": work.uri_variable, **variables},
        },
        helpers=_helpers(target(context.settings), tells=tells),
    )


def _helpers(version: str, *, tells: bool) -> tuple[Helper, ...]:
    if tells:
        return (execute(version), execute_and_tell(), _DATABASE, _QUERY_AND_TELL)
    return (execute(version), _DATABASE, _QUERY)


def _text(work: SqlWork, *, doubled: bool) -> str:
    """The statement in the notation of the connection's driver, which takes `%` for a mark where there are values."""
    mark = _MARKS.get(work.dialect, "")
    escape = doubled and mark.startswith("%")
    texts = (
        mark.format(piece.name)
        if isinstance(piece, SqlParameter)
        else str(piece).replace("%", "%%")
        if escape
        else str(piece)
        for piece in work.statement
    )
    return "".join(texts)


def _values(step: Step, work: SqlWork, context: LowerContext) -> dict[str, Expr] | None:
    """The value of each parameter; None where Airflow does not know one, or could not say it to the driver."""
    parameters = [piece for piece in work.statement if not isinstance(piece, str)]
    if parameters and (work.dialect not in _MARKS or INDEX in context.names):
        return None
    fixed = scope_of(step, context, expands_dollars=False).fixed
    found: dict[str, Expr] = {}
    for each in parameters:
        value = _UNKNOWN if isinstance(each, SqlName) else _value(each, step, fixed)
        if value is _UNKNOWN:
            return None
        found[each.name] = value  # type: ignore[union-attr] -- a name has been left out above
    return found


_UNKNOWN: Any = object()


def _value(parameter: SqlParameter, step: Step, fixed: Mapping[str, str]) -> Any:
    declared = step.template.interface.inputs.variables[parameter.input].type
    bind: Bind | None = step.args.get(parameter.input)
    if not _is_plain(declared) or (parameter.as_text and declared.simple != SimpleType.STRING):
        return _UNKNOWN
    if isinstance(bind, InputRef) and not bind.attr_path:
        return _constant(fixed[bind.name], declared) if bind.name in fixed else Call(DAG_PARAM, (bind.name,))
    return _constant(bind.text, declared) if isinstance(bind, JsonConstant) and not bind.attr_path else _UNKNOWN


def _is_plain(declared: LiteralType) -> bool:
    return declared.HasField("simple") and declared.simple in _KINDS


def _constant(text: str, declared: LiteralType) -> Any:
    value = json.loads(text)
    if not isinstance(value, _KINDS[declared.simple]):
        return _UNKNOWN
    return plain(value) if isinstance(value, str) else value
