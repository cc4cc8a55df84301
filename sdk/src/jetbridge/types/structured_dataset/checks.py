"""Whether the columns of a frame are the ones that were declared."""

from __future__ import annotations

import difflib
from collections.abc import Sequence
from typing import Any

from jetbridge.errors import TypeTransformError
from jetbridge.idl import SimpleType, StructuredDatasetType
from jetbridge.types.describe import describe
from jetbridge.types.naming import short
from jetbridge.types.structured_dataset.libraries import load


def check_names(found: Sequence[str], declared: StructuredDatasetType) -> None:
    """Refuses a frame that lacks a declared column. A nested one, `a.b`, needs only its outermost part.

    Raises:
        TypeTransformError: a column is missing; the message names those that are there.
    """
    for column in declared.columns:
        if column.name in found or column.name.partition(".")[0] in found:
            continue
        close = difflib.get_close_matches(column.name, found, n=1)
        raise TypeTransformError(
            f"data frame lacks the declared column {column.name!r}; its columns are {short(list(found))}",
            hint=f"Did you mean {close[0]!r}?" if close else "Declare only columns that the frame has.",
        )


def check_columns(schema: Any, declared: StructuredDatasetType) -> None:
    """Refuses a frame whose columns are not as declared.

    Integers with gaps are floats in pandas, and an object may be anything: only a plain contradiction is refused.

    Args:
        schema: The frame's pyarrow.Schema.
        declared: The declared columns; none means any.

    Raises:
        TypeTransformError: a column is missing, or holds another kind of values.
    """
    if not declared.columns:
        return
    check_names(schema.names, declared)
    types = load("pyarrow").types
    for column in declared.columns:
        refuses = _REFUSED.get(column.literal_type.simple) if column.literal_type.HasField("simple") else None
        if refuses is None or column.name not in schema.names:
            continue
        given = schema.field(column.name).type
        if any(getattr(types, f"is_{each}")(_values(given, types)) for each in refuses):
            raise TypeTransformError(
                f"column {column.name!r} is declared as {describe(column.literal_type)}, but holds {given}",
                hint="Convert the column before it is returned, or declare it as it is.",
            )


def _values(given: Any, types: Any) -> Any:
    return given.value_type if types.is_dictionary(given) else given


_NUMBERS, _TEXT = ("integer", "floating", "decimal"), ("string", "large_string")
_TIMES = ("timestamp", "date", "time", "duration")
_NESTED = ("list", "large_list", "struct", "map")
_REFUSED: dict[SimpleType.ValueType, tuple[str, ...]] = {
    SimpleType.INTEGER: ("boolean", *_TEXT, *_TIMES, *_NESTED),
    SimpleType.FLOAT: ("boolean", *_TEXT, *_TIMES, *_NESTED),
    SimpleType.BOOLEAN: (*_NUMBERS, *_TEXT, *_TIMES, *_NESTED),
    SimpleType.STRING: ("integer", "floating", "boolean", *_TIMES),
    SimpleType.DATETIME: ("boolean", *_NUMBERS, *_TEXT, "duration", *_NESTED),
    SimpleType.DURATION: ("boolean", *_NUMBERS, *_TEXT, "timestamp", "date", "time", *_NESTED),
}
