"""Data frames as HTML tables, by what their libraries' objects have: none of them is imported here."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from html import escape
from typing import Any

_CELL = 200
"""Characters of a cell's text."""


def is_frame(value: object) -> bool:
    """Whether a value is a data frame or a table that `frame_html` knows."""
    return _reader(value) is not None


def frame_html(value: object, max_rows: int, max_cols: int) -> str:
    """The first rows and columns as a table with its size below. Raises `TypeError` for something else."""
    read = _reader(value)
    if read is None:
        raise TypeError(f"expected a data frame, got {type(value).__name__}")
    return read(value, max_rows, max_cols)


def _reader(value: object) -> Callable[[Any, int, int], str] | None:
    kind = type(value)
    return _READERS.get((kind.__module__.partition(".")[0], kind.__name__))


def _pandas(df: Any, max_rows: int, max_cols: int) -> str:
    top = df.iloc[:max_rows, :max_cols]
    return _framed(top.to_html(border=0), *df.shape)


def _polars(df: Any, max_rows: int, max_cols: int) -> str:
    top = df[:max_rows, :max_cols]
    return _framed(_table(top.columns, top.rows()), *df.shape)


def _arrow(table: Any, max_rows: int, max_cols: int) -> str:
    top = table.select(table.column_names[:max_cols]).slice(0, max_rows)
    rows = list(zip(*(column.to_pylist() for column in top.columns), strict=True))
    return _framed(_table(top.column_names, rows), table.num_rows, table.num_columns)


def _table(names: Sequence[str], rows: Sequence[Sequence[object]]) -> str:
    head = "".join(f"<th>{escape(name)}</th>" for name in names)
    body = "".join(f"<tr>{''.join(f'<td>{_cell(cell)}</td>' for cell in row)}</tr>" for row in rows)
    return f'<table class="dataframe"><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>'


def _cell(value: object) -> str:
    text = "" if value is None else str(value)
    return escape(text if len(text) <= _CELL else f"{text[:_CELL]}…")


def _framed(table: str, rows: int, columns: int) -> str:
    return f'<div class="scroll">{table}</div><p class="note">{rows:,} rows × {columns:,} columns</p>'


_READERS: dict[tuple[str, str], Callable[[Any, int, int], str]] = {
    ("pandas", "DataFrame"): _pandas,
    ("polars", "DataFrame"): _polars,
    ("pyarrow", "Table"): _arrow,
}
