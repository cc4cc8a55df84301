"""The result of a statement as a task's outputs: a table, rows, or the values of one row."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import UUID

from jetbridge.errors import TypeTransformError
from jetbridge.idl import LiteralType, SimpleType, TypedInterface
from jetbridge_plugins.sql.interface import columns_of, is_rows
from jetbridge_plugins.sql.rows import Rows

MOST_ROWS = 100_000
"""A list is one literal, which is read whole; more rows are a table's business."""


def outputs_of(result: Rows, interface: TypedInterface, folder: Path) -> Any:
    """What the task returns: one value for each output, sorted by name; None without outputs.

    Raises:
        TypeTransformError: the result has not the shape that the outputs ask for.
    """
    outputs = {name: variable.type for name, variable in sorted(interface.outputs.variables.items())}
    if not outputs:
        return None
    if result.names is None:
        raise TypeTransformError(
            f"the statement gives no rows, and the task has the output {next(iter(outputs))!r}",
            hint="Write a SELECT, or RETURNING, or declare no outputs.",
        )
    if len(outputs) > 1:
        return _several(result, outputs)
    (declared,) = outputs.values()
    if is_rows(declared):
        return _table(result, declared, folder)
    if declared.HasField("collection_type"):
        return _list(result, declared.collection_type)
    return _single(result, declared)


def _table(result: Rows, declared: LiteralType, folder: Path) -> Any:
    from jetbridge.types.structured_dataset import StructuredDataset

    return StructuredDataset(dataframe=result.table(columns_of(declared), folder))


def _list(result: Rows, element: LiteralType) -> list[Any]:
    rows = result.fetch(MOST_ROWS + 1)
    if len(rows) > MOST_ROWS:
        raise TypeTransformError(
            f"the statement gives more than {MOST_ROWS} rows, too many for a list",
            hint="Declare a StructuredDataset as output, or write a LIMIT.",
        )
    names = list(result.names or ())
    if element.HasField("map_value_type") or (element.HasField("simple") and element.simple == SimpleType.STRUCT):
        return [{name: _plain(value) for name, value in zip(names, row, strict=True)} for row in rows]
    _check_width(names, 1)
    return [coerced(row[0], element) for row in rows]


def _single(result: Rows, declared: LiteralType) -> Any:
    names = list(result.names or ())
    row = _only_row(result, _is_optional(declared))
    if declared.HasField("simple") and declared.simple == SimpleType.STRUCT:
        return {name: _plain(value) for name, value in zip(names, row or (), strict=True)}
    _check_width(names, 1)
    return None if row is None else coerced(row[0], declared)


def _several(result: Rows, outputs: Mapping[str, LiteralType]) -> tuple[Any, ...]:
    names = [name.lower() for name in result.names or ()]
    missing = [name for name in outputs if name.lower() not in names]
    if missing:
        raise TypeTransformError(
            f"the statement gives no column {missing[0]!r} for the output of that name; it gives {', '.join(names)}",
            hint=f"Name a column so: `… AS {missing[0]}`.",
        )
    row = _only_row(result, all(map(_is_optional, outputs.values())))
    if row is None:
        return (None,) * len(outputs)
    return tuple(coerced(row[names.index(name.lower())], declared) for name, declared in outputs.items())


def _only_row(result: Rows, may_be_missing: bool) -> Sequence[Any] | None:
    rows = result.fetch(2)
    if len(rows) == 1:
        return rows[0]
    if not rows and may_be_missing:
        return None
    raise TypeTransformError(
        f"the statement gives {'more than one row' if rows else 'no row'}, and the outputs are the values of one",
        hint="Write an aggregate or a LIMIT, declare a list or a StructuredDataset, or an Optional output for no row.",
    )


def _check_width(names: Sequence[str], width: int) -> None:
    if len(names) != width:
        raise TypeTransformError(
            f"the statement gives {len(names)} columns ({', '.join(names)}), and the output is one value",
            hint="Select one column, or declare an output for each.",
        )


def _is_optional(declared: LiteralType) -> bool:
    return any(each.HasField("simple") and each.simple == SimpleType.NONE for each in declared.union_type.variants)


def coerced(value: Any, declared: LiteralType) -> Any:
    """A value of a driver's as the declared type has it: SQLite has no booleans and times, sums are decimals."""
    variants = [each for each in (declared, *declared.union_type.variants) if each.HasField("simple")]
    simple = next((each.simple for each in variants if each.simple in _COERCED), None)
    if value is None or simple is None:
        return _plain(value)
    return _COERCED[simple](value)


def _integer(value: Any) -> Any:
    is_whole = isinstance(value, Decimal | float) and value == int(value)
    return int(value) if is_whole or isinstance(value, bool) else _plain(value)


def _float(value: Any) -> Any:
    return float(value) if isinstance(value, int | Decimal) and not isinstance(value, bool) else value


def _boolean(value: Any) -> Any:
    return bool(value) if isinstance(value, int) and value in (0, 1) else value


def _datetime(value: Any) -> Any:
    found = datetime.fromisoformat(value) if isinstance(value, str) else value
    if isinstance(found, date) and not isinstance(found, datetime):
        found = datetime(found.year, found.month, found.day)
    return found.replace(tzinfo=UTC) if isinstance(found, datetime) and found.tzinfo is None else found


def _plain(value: Any) -> Any:
    convert = _PLAIN.get(type(value))  # pyright: ignore[reportUnknownArgumentType] -- a value of any driver
    return value if convert is None else convert(value)


def _number(value: Decimal) -> int | float:
    return int(value) if value == value.to_integral_value() else float(value)


_PLAIN: Mapping[type, Callable[[Any], Any]] = {
    UUID: str,
    Decimal: _number,
    memoryview: bytes,
    date: date.isoformat,
    datetime: datetime.isoformat,
}
_COERCED: Mapping[int, Callable[[Any], Any]] = {
    SimpleType.INTEGER: _integer,
    SimpleType.FLOAT: _float,
    SimpleType.BOOLEAN: _boolean,
    SimpleType.DATETIME: _datetime,
    SimpleType.STRING: _plain,
}
