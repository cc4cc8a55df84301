"""The types of a task that is known by its FlyteIDL interface alone."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Annotated, Any, Union

from jetbridge.errors import JetbridgeError
from jetbridge.idl import LiteralType, SimpleType, TypedInterface
from jetbridge.interface import Interface, Variable
from jetbridge.types.describe import describe

_SIMPLE: Mapping[int, Any] = {
    SimpleType.NONE: None,
    SimpleType.INTEGER: int,
    SimpleType.FLOAT: float,
    SimpleType.STRING: str,
    SimpleType.BOOLEAN: bool,
    SimpleType.DATETIME: datetime,
    SimpleType.DURATION: timedelta,
    SimpleType.STRUCT: dict,
}
_SCHEMA: tuple[Any, ...] = (int, float, str, bool, datetime, timedelta)
"""By the numbers of SchemaType.SchemaColumn.SchemaColumnType."""
VALUES = frozenset(
    (
        SimpleType.INTEGER,
        SimpleType.FLOAT,
        SimpleType.STRING,
        SimpleType.BOOLEAN,
        SimpleType.DATETIME,
        SimpleType.DURATION,
    )
)
"""What a parameter can be."""


def interface_of(message: TypedInterface) -> Interface:
    """The interface with Python types, outputs sorted by name: a protobuf map has no order.

    Raises `JetbridgeError` for a type that a statement cannot take or give.
    """
    inputs = {name: _variable("input", name, each.type) for name, each in message.inputs.variables.items()}
    outputs = {name: _variable("output", name, each.type) for name, each in sorted(message.outputs.variables.items())}
    return Interface(inputs, outputs, several_outputs=len(outputs) > 1)


def check_inputs(message: TypedInterface) -> None:
    """Raises `JetbridgeError` for an input that cannot be a parameter."""
    for name, variable in sorted(message.inputs.variables.items()):
        if not all(_is_value(each) for each in _variants(variable.type)):
            raise JetbridgeError(
                f"input {name!r} is {describe(variable.type)}, which no parameter of a statement can be",
                hint="Take an int, float, str, bool, datetime or timedelta, or one of them or None.",
            )


def is_rows(declared: LiteralType) -> bool:
    """Whether a type is a table."""
    return declared.WhichOneof("type") in ("structured_dataset_type", "schema")


def columns_of(declared: LiteralType) -> Mapping[str, Any]:
    """The declared columns of a table, as Python types."""
    if declared.WhichOneof("type") == "schema":
        return {column.name: _SCHEMA[column.type] for column in declared.schema.columns}
    return {column.name: python_type(column.literal_type) for column in declared.structured_dataset_type.columns}


def python_type(declared: LiteralType) -> Any:
    """The Python type that stands for a FlyteIDL type. Raises `JetbridgeError` where there is none here."""
    kind = declared.WhichOneof("type") or ""
    if kind not in _TYPES or (kind == "simple" and declared.simple not in _SIMPLE):
        raise JetbridgeError(
            f"a statement has nothing to do with the type {describe(declared)}",
            hint="Use a StructuredDataset, a list of rows or single values as outputs.",
        )
    return _TYPES[kind](declared)


def _table(declared: LiteralType) -> Any:
    from jetbridge.types.structured_dataset import StructuredDataset

    columns = columns_of(declared)
    form = declared.structured_dataset_type.format
    notes = (*((columns,) if columns else ()), *((form,) if form else ()))
    return Annotated[StructuredDataset, *notes] if notes else StructuredDataset


def _variable(kind: str, name: str, declared: LiteralType) -> Variable:
    try:
        return Variable(python_type(declared))
    except JetbridgeError as error:
        raise JetbridgeError(f"{kind} {name!r}: {error.message}", hint=error.hint) from error


def _variants(declared: LiteralType) -> list[LiteralType]:
    found = list(declared.union_type.variants) or [declared]
    return [each for each in found if not (each.HasField("simple") and each.simple == SimpleType.NONE)]


def _is_value(declared: LiteralType) -> bool:
    return declared.HasField("enum_type") or (declared.HasField("simple") and declared.simple in VALUES)


_TYPES: Mapping[str, Callable[[LiteralType], Any]] = {
    "simple": lambda declared: _SIMPLE[declared.simple],
    "enum_type": lambda declared: str,
    "union_type": lambda declared: Union[tuple(map(python_type, declared.union_type.variants))],  # noqa: UP007 -- known only here
    "collection_type": lambda declared: list[python_type(declared.collection_type)],
    "map_value_type": lambda declared: dict[str, python_type(declared.map_value_type)],
    "structured_dataset_type": _table,
    "schema": _table,
}
