"""Rows of a cursor as a table of Arrow, in memory that does not grow with the result.

Databases give Python values, and some of them (SQLite) any value in any column. So the batches go to a file first, each
with the types that its own values have; when all are there, the columns have the type that holds them all.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, cast
from uuid import UUID

from jetbridge.errors import TypeTransformError
from jetbridge.types.structured_dataset.libraries import load

BATCH_ROWS = 32_768
_SPOOLED = "{:08}.arrow"
Row = Sequence[Any]


def spooled(names: Sequence[str], batches: Iterable[Sequence[Row]], types: Mapping[str, Any], folder: Path) -> Any:
    """The rows as a pyarrow.RecordBatchReader over files.

    Args:
        names: The columns.
        batches: The rows, some at a time.
        types: The Arrow types of columns that are known; the others have what their values need.
        folder: Where the files go; they are removed as they are read.

    Raises:
        TypeTransformError: two columns have one name, or the values of a column have no common type.
    """
    arrow = load("pyarrow")
    _check_names(names)
    folder.mkdir(parents=True, exist_ok=True)
    empty = arrow.schema([(name, types.get(name, arrow.null())) for name in names])
    schema, paths = empty, list[Path]()
    for rows in batches:
        batch = _batch(names, rows, types)
        schema = _unified(schema, batch.schema)
        paths.append(folder / _SPOOLED.format(len(paths)))
        with load("pyarrow.ipc").new_file(str(paths[-1]), batch.schema) as writer:
            writer.write_batch(batch)
    return arrow.RecordBatchReader.from_batches(schema, _read(paths, schema))


def _read(paths: Sequence[Path], schema: Any) -> Iterator[Any]:
    for path in paths:
        with load("pyarrow").OSFile(str(path)) as file:
            batch = load("pyarrow.ipc").open_file(file).get_batch(0)
            yield batch if batch.schema.equals(schema) else batch.cast(schema)
        path.unlink()


def _check_names(names: Sequence[str]) -> None:
    twice = next((name for name in names if names.count(name) > 1), None)
    if twice is not None:
        raise TypeTransformError(
            f"the statement gives two columns called {twice!r}", hint=f"Rename one of them: `AS {twice}_2`."
        )


def _batch(names: Sequence[str], rows: Sequence[Row], types: Mapping[str, Any]) -> Any:
    of_column = zip(names, zip(*rows, strict=True), strict=True)
    columns = [_column(name, values, types.get(name)) for name, values in of_column]
    return load("pyarrow").RecordBatch.from_arrays(columns, names=list(names))


def _column(name: str, values: Sequence[Any], wanted: Any) -> Any:
    arrow = load("pyarrow")
    first = next((value for value in values if value is not None), None)
    plain = _PLAIN.get(cast("type", type(first)))
    given = values if plain is None else [None if value is None else plain(value) for value in values]
    try:
        found = arrow.array(given)
        target = wanted or _in_utc(arrow, found.type)
        return found if found.type.equals(target) else found.cast(target)
    except (arrow.ArrowException, OverflowError, TypeError, ValueError) as error:
        kind = f"{wanted}" if wanted else "one type"
        raise TypeTransformError(
            f"column {name!r} holds values that are not all of {kind}: {str(error).splitlines()[0]}",
            hint=f"CAST the column in the statement, or declare another type for it: kwtypes({name}=…).",
        ) from error


def _in_utc(arrow: Any, found: Any) -> Any:
    """Times with a zone in one zone, whichever the session of the database has."""
    zoned = arrow.types.is_timestamp(found) and found.tz is not None
    return arrow.timestamp(found.unit, "UTC") if zoned else found


def _json_text(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)


_PLAIN: Mapping[type, Callable[[Any], Any]] = {UUID: str, dict: _json_text, memoryview: bytes}
"""What Arrow does not take as it is."""


def _unified(left: Any, right: Any) -> Any:
    arrow = load("pyarrow")
    try:
        return arrow.unify_schemas([left, right], promote_options="permissive")
    except arrow.ArrowException as error:
        raise TypeTransformError(
            f"a column holds values of several types: {str(error).splitlines()[0]}",
            hint="CAST the column in the statement, or declare its type: kwtypes(…).",
        ) from error
