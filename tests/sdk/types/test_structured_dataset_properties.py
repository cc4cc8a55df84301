# The data frame libraries have type information only in part.
# pyright: basic, reportMissingTypeStubs=false, reportInvalidTypeForm=false
"""Random frames come back as they were, in the class that wrote them and in every other."""

from __future__ import annotations

import datetime as dt
import io
import math
import tempfile
from pathlib import Path
from typing import Annotated, Any
from zoneinfo import ZoneInfo

import duckdb
import pandas as pd
import polars as pl
import polars.testing
import pyarrow as pa
from hypothesis import given, settings
from hypothesis import strategies as st

from jetbridge.store import open_store
from jetbridge.types import TransformContext, literal_type, to_literal, to_python
from jetbridge.types.structured_dataset import StructuredDataset, kwtypes

ZONE = "Europe/Zurich"
# Microseconds are what pandas frames are stored in; a local time that is there twice has no single instant.
TIMES = st.datetimes(dt.datetime(1700, 1, 1), dt.datetime(2200, 1, 1), timezones=st.just(dt.UTC))
TEXT = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=8)
INTS = st.integers(-(2**63), 2**63 - 1)
VALUES: dict[str, tuple[Any, pa.DataType]] = {
    "int": (INTS, pa.int64()),
    "float": (st.floats(allow_nan=False), pa.float64()),
    "text": (TEXT, pa.string()),
    "flag": (st.booleans(), pa.bool_()),
    "day": (st.dates(dt.date(1700, 1, 1), dt.date(2200, 1, 1)), pa.date32()),
    "time": (TIMES.map(lambda time: time.replace(tzinfo=None)), pa.timestamp("us")),
    "utc": (TIMES, pa.timestamp("us", "UTC")),
    "zoned": (TIMES.map(lambda time: time.astimezone(ZoneInfo(ZONE))), pa.timestamp("us", ZONE)),
    "category": (st.sampled_from(["u", "v", ""]), pa.dictionary(pa.int32(), pa.string())),
    "many": (st.lists(INTS, max_size=3), pa.list_(pa.int64())),
    "nested": (st.lists(st.lists(TEXT, max_size=2), max_size=2), pa.list_(pa.list_(pa.string()))),
    "struct": (st.fixed_dictionaries({"x": INTS}), pa.struct([("x", pa.int64())])),
}


@st.composite
def tables(draw: Any, *, nulls: bool = True) -> pa.Table:
    """A table of some of the columns, with gaps, and now and then without a row."""
    names = draw(st.lists(st.sampled_from(sorted(VALUES)), min_size=1, unique=True))
    rows = draw(st.integers(0, 5))
    columns = {
        name: pa.array(draw(st.lists(st.none() | values if nulls else values, min_size=rows, max_size=rows)), arrow)
        for name, (values, arrow) in ((name, VALUES[name]) for name in names)
    }
    return pa.table(columns)


def again(frame: Any, kind: Any, notes: tuple[Any, ...] = ()) -> Any:
    with tempfile.TemporaryDirectory() as folder:
        context = TransformContext(open_store(), f"file://{folder}/raw", Path(folder, "work"))
        declared: Any = Annotated[(type(frame), *notes)] if notes else type(frame)
        literal = to_literal(context, frame, declared, literal_type(declared))
        found: Any = to_python(context, literal, StructuredDataset)
        pieces = list(found.open(kind).iter(rows=2))
        whole = found.open(kind).all()
        _same_rows(whole, pieces)
        return _IN_MEMORY.get(type(whole), lambda frame: frame)(whole)


# Read from files that are gone at the end of a test, unless they are read before.
_IN_MEMORY: dict[type, Any] = {
    pl.LazyFrame: lambda frame: frame.collect(),
    duckdb.DuckDBPyRelation: lambda relation: relation.to_arrow_table(),
}


def _same_rows(whole: Any, pieces: list[Any]) -> None:
    if isinstance(whole, pa.Table) and pieces:
        assert pa.concat_tables(pieces).combine_chunks() == whole.combine_chunks()
    if isinstance(whole, pl.DataFrame) and pieces:
        polars.testing.assert_frame_equal(pl.concat(pieces), whole)


@settings(max_examples=15, deadline=None)
@given(tables())
def test_arrow_tables(table: pa.Table) -> None:
    assert again(table, pa.Table) == table


@settings(max_examples=15, deadline=None)
@given(tables())
def test_pandas_frames(table: pa.Table) -> None:
    frame = table.to_pandas()
    own = io.BytesIO()
    frame.to_parquet(own, coerce_timestamps="us")
    expected = pd.read_parquet(own)  # pandas itself loses the categories of an empty column
    pd.testing.assert_frame_equal(again(frame, pd.DataFrame), expected)


@settings(max_examples=15, deadline=None)
@given(tables())
def test_polars_frames(table: pa.Table) -> None:
    frame: Any = pl.from_arrow(table)
    polars.testing.assert_frame_equal(again(frame, pl.DataFrame), frame)
    polars.testing.assert_frame_equal(again(frame.lazy(), pl.LazyFrame), frame)


@settings(max_examples=15, deadline=None)
@given(tables())
def test_relations(table: pa.Table) -> None:
    found = again(duckdb.from_arrow(table), duckdb.DuckDBPyRelation)
    assert found.to_pylist() == table.to_pylist()


@settings(max_examples=15, deadline=None)
@given(tables())
def test_pandas_reads_what_polars_wrote(table: pa.Table) -> None:
    frame: Any = pl.from_arrow(table)
    found: Any = pl.from_arrow(again(frame.lazy(), pa.Table))
    polars.testing.assert_frame_equal(found, frame)
    assert list(again(frame, pd.DataFrame).columns) == table.column_names


@settings(max_examples=15, deadline=None)
@given(st.lists(st.tuples(st.integers(-(2**53), 2**53), st.floats(allow_infinity=False), TEXT), max_size=4))
def test_csv_keeps_numbers_and_quoted_text(rows: list[tuple[int, float, str]]) -> None:
    # A letter in front: a CSV cannot tell text of digits from a number, nor an empty text from none.
    frame = pd.DataFrame([(i, f, f"t{text}".replace("\r", "")) for i, f, text in rows], columns=["i", "f", "s"])
    found = again(frame, pd.DataFrame, (kwtypes(i=int), "csv")) if rows else frame
    assert list(found["i"]) == list(frame["i"])
    whole = again(frame, pd.DataFrame, ("csv",)) if rows else frame
    assert list(whole["s"]) == list(frame["s"])
    assert all((math.isnan(a) and math.isnan(b)) or a == b for a, b in zip(whole["f"], frame["f"], strict=True))
