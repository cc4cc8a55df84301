"""What a database gives for a statement, whichever client asked: the names of columns, and rows or a table."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from jetbridge.types.structured_dataset.libraries import load
from jetbridge_plugins.sql.spool import BATCH_ROWS, Row, spooled

if TYPE_CHECKING:
    from sqlalchemy import CursorResult


class Rows(Protocol):
    """The result of a statement, read once."""

    @property
    def names(self) -> Sequence[str] | None:
        """The columns; None for a statement that gives no rows."""
        ...

    def fetch(self, most: int) -> Sequence[Row]:
        """The first rows."""
        ...

    def table(self, declared: Mapping[str, Any], folder: Path) -> Any:
        """All rows as a pyarrow.RecordBatchReader, in memory that does not grow with them.

        Args:
            declared: The Python types of columns that the task declares.
            folder: A place for files.
        """
        ...


@dataclass(frozen=True, slots=True)
class CursorRows:
    """The result of SQLAlchemy."""

    result: CursorResult[Any]
    dialect: str

    @property
    def names(self) -> Sequence[str] | None:
        return list(self.result.keys()) if self.result.returns_rows else None

    def fetch(self, most: int) -> Sequence[Row]:
        return self.result.fetchmany(most)

    def table(self, declared: Mapping[str, Any], folder: Path) -> Any:
        description = self.result.cursor.description if self.result.cursor else ()
        types = {**described_types(description, self.dialect), **arrow_types(declared)}
        return spooled(list(self.result.keys()), self.result.partitions(BATCH_ROWS), types, folder)


@dataclass(frozen=True, slots=True)
class ArrowRows:
    """A result that is Arrow already: a pyarrow.RecordBatchReader; None for a statement that gives no rows."""

    reader: Any

    @property
    def names(self) -> Sequence[str] | None:
        return None if self.reader is None else list(self.reader.schema.names)

    def fetch(self, most: int) -> Sequence[Row]:
        found: list[Row] = []
        for batch in self.reader:
            found += zip(*(column.to_pylist() for column in batch.slice(0, most - len(found)).columns), strict=True)
            if len(found) >= most:
                break
        return found

    def table(self, declared: Mapping[str, Any], folder: Path) -> Any:
        arrow, types = load("pyarrow"), arrow_types(declared)
        fields = [(field.name, types.get(field.name, field.type)) for field in self.reader.schema]
        schema = arrow.schema(fields)
        return arrow.RecordBatchReader.from_batches(schema, (batch.cast(schema) for batch in self.reader))


def arrow_types(columns: Mapping[str, Any]) -> Mapping[str, Any]:
    """The Arrow types of declared columns; a datetime may be a date, with or without a zone, so it is left open."""
    arrow = load("pyarrow")
    known = {int: arrow.int64(), float: arrow.float64(), str: arrow.string(), bool: arrow.bool_()}
    return {name: known[declared] for name, declared in columns.items() if declared in known}


def described_types(description: Sequence[Row], dialect: str) -> Mapping[str, Any]:
    """The Arrow types of columns as the driver describes them, where the database has types of its own."""
    known = _DESCRIBED.get(dialect)
    if known is None:
        return {}
    types = known(load("pyarrow"))
    return {entry[0]: types[entry[1]] for entry in description if entry[1] in types}


def _postgresql(arrow: Any) -> Mapping[object, Any]:
    """By the numbers of PostgreSQL's own types (`pg_type.dat`), which both of its drivers give."""
    return {
        16: arrow.bool_(),
        17: arrow.binary(),
        **dict.fromkeys((20, 21, 23, 26), arrow.int64()),
        **dict.fromkeys((700, 701), arrow.float64()),
        **dict.fromkeys((18, 19, 25, 114, 1042, 1043, 2950, 3802), arrow.string()),
        1082: arrow.date32(),
        1083: arrow.time64("us"),
        1114: arrow.timestamp("us"),
        1184: arrow.timestamp("us", "UTC"),
        1186: arrow.duration("us"),
    }


_DESCRIBED: Mapping[str, Callable[[Any], Mapping[object, Any]]] = {"postgresql": _postgresql}
