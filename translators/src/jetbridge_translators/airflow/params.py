"""Workflow inputs: Params for those that a person may set, JSON constants for those that are fixed."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import cast

from jetbridge.bindings import json_text
from jetbridge.errors import JetbridgeError, Problem, TranslationError, UsageError
from jetbridge.idl import Literal, LiteralMap
from jetbridge.types.json_codec import from_json, to_json
from jetbridge_translators.airflow.expressions import Call, Expr, imported
from jetbridge_translators.airflow.schema import json_schema
from jetbridge_translators.airflow.scope import FIXED, NUMBER
from jetbridge_translators.plan.model import Input

_PARAM = imported("airflow.sdk.Param")


def params(inputs: Sequence[Input], kickoff: str = "") -> dict[str, Expr]:
    """The Params of a DAG by name; `kickoff` names the one that a schedule leaves empty, to get the time of the run.

    Raises:
        TranslationError: defaults that JSON cannot carry exactly.
    """
    _check([variable for variable in inputs if variable.default is not None and not _is_exact(variable)])
    settable = [variable for variable in inputs if not variable.fixed]
    return {item.name: _kickoff(item) if item.name == kickoff else _param(item) for item in settable}


def fixed_inputs(inputs: Sequence[Input]) -> dict[str, str]:
    """The JSON text of every input that nobody may set."""
    return {item.name: json_text(to_json(item.default)) for item in inputs if item.fixed and item.default is not None}


def configuration(inputs: Sequence[Input], values: LiteralMap) -> dict[str, object]:
    """The `conf` of a DAG run that gives every Param its value.

    Raises:
        UsageError: a value that JSON cannot carry exactly.
    """
    settable = [variable for variable in inputs if not variable.fixed and variable.name in values.literals]
    for variable in settable:
        if not _survives(values.literals[variable.name], variable):
            raise UsageError(
                f"the value of input {variable.name!r} cannot be given to Airflow exactly, because its Params are JSON",
                hint="Give it as a file, or run the workflow on another back end.",
            )
    return {variable.name: to_json(values.literals[variable.name]) for variable in settable}


def _param(variable: Input) -> Call:
    default = () if variable.default is None else (cast("Expr", to_json(variable.default)),)
    schema = _widened(json_schema(variable.type), default)
    text: dict[str, Expr] = {"description": variable.description} if variable.description else {}
    return Call(_PARAM, default, tuple((schema | text).items()))


def _kickoff(variable: Input) -> Call:
    schema: dict[str, Expr] = {**json_schema(variable.type), "type": ["null", "string"]}
    text = (
        f"{variable.description}; empty: the time of the run" if variable.description else "empty: the time of the run"
    )
    return Call(_PARAM, (None,), (*schema.items(), ("description", text)))


def _widened(schema: dict[str, Expr], default: tuple[Expr, ...]) -> dict[str, Expr]:
    """NaN and the infinities are text in JSON, so a float with such a default takes text too."""
    if schema.get("type") == "number" and default and isinstance(default[0], str):
        return {**schema, "type": ["number", "string"]}
    return schema


def _check(lossy: Sequence[Input]) -> None:
    problems = [
        Problem(
            code="workflow-inputs",
            message=f"the default of input {variable.name!r} cannot be written as JSON, which Airflow's Params are",
            hint="Remove the default, or make the value in a task.",
        )
        for variable in lossy
    ]
    if problems:
        raise TranslationError("the workflow cannot be translated to Airflow", problems)


def _is_exact(variable: Input) -> bool:
    return variable.default is None or _survives(variable.default, variable)


def _survives(literal: Literal, variable: Input) -> bool:
    """Whether a literal is the same after its way through JSON; unlike `is_exact` in the order of its keys."""
    try:
        again = from_json(json.loads(json.dumps(to_json(literal))), variable.type)
    except (JetbridgeError, ValueError, RecursionError):
        return False
    # The default None of an Optional has no union around it, in flytekit's closures and in ours.
    is_bare_none = literal.scalar.HasField("none_type") and again.scalar.HasField("union")
    read = again.scalar.union.value if is_bare_none else again
    return read.SerializeToString(deterministic=True) == literal.SerializeToString(deterministic=True)


def context_names(inputs: Sequence[Input]) -> Mapping[str, str]:
    """What a `LowerContext` says about workflow inputs (read again by `scope_of`)."""
    fixed = {FIXED + name: text for name, text in fixed_inputs(inputs).items()}
    numbers = {NUMBER + variable.name: "" for variable in inputs if _is_number(variable)}
    return {**fixed, **numbers}


def _is_number(variable: Input) -> bool:
    return json_schema(variable.type).get("type") in ("integer", "number", "boolean")
