"""Inputs as BigQuery's named query parameters, in the form of its REST API."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any, cast

from jetbridge.errors import JetbridgeError
from jetbridge.idl import LiteralType, SimpleType, TypedInterface
from jetbridge.types.describe import describe
from jetbridge_plugins.sql.binding import as_text

TYPES: Mapping[int, str] = {
    SimpleType.INTEGER: "INT64",
    SimpleType.FLOAT: "FLOAT64",
    SimpleType.STRING: "STRING",
    SimpleType.BOOLEAN: "BOOL",
    SimpleType.DATETIME: "TIMESTAMP",
}
"""Flyte has the first four (flyteplugins `bigquery/query_job.go`)."""


def check_inputs(interface: TypedInterface) -> None:
    """Raises `JetbridgeError` for an input that cannot be a parameter."""
    for name, variable in sorted(interface.inputs.variables.items()):
        if kind_of(variable.type) is None:
            raise JetbridgeError(
                f"input {name!r} is {describe(variable.type)}, which no query parameter can be",
                hint="Take an int, float, str, bool or datetime, or one of them or None.",
            )


def kind_of(declared: LiteralType) -> str | None:
    """BigQuery's type for a FlyteIDL type; None where there is none."""
    variants = [each.simple for each in (*declared.union_type.variants, declared) if each.HasField("simple")]
    if declared.HasField("enum_type"):
        return "STRING"
    return next((TYPES[each] for each in variants if each in TYPES), None)


def parameter(name: str, kind: str, value: Any, *, text: bool = False) -> dict[str, Any]:
    """One parameter.

    Example:
        >>> parameter("n", "INT64", 5)
        {'name': 'n', 'parameterType': {'type': 'INT64'}, 'parameterValue': {'value': '5'}}
    """
    shown = as_text(value) if text else _value(value)
    return {
        "name": name,
        "parameterType": {"type": "STRING" if text else kind},
        "parameterValue": {"value": shown},
    }


def whole(value: Any) -> Any:
    """A value of a task's `custom`, where every number is a float, as the author gave it."""
    if isinstance(value, dict):
        return {key: whole(item) for key, item in cast("dict[str, Any]", value).items()}
    if isinstance(value, list):
        return [whole(item) for item in cast("list[Any]", value)]
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _value(value: Any) -> str | None:
    if value is None:
        return None
    return next((write(value) for kind, write in _VALUES if isinstance(value, kind)), str(value))


_VALUES: tuple[tuple[type, Callable[[Any], str]], ...] = (
    (bool, lambda value: "true" if value else "false"),
    (float, repr),
    (datetime, lambda value: value.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S.%f+00:00")),
)
