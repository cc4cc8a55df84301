"""One hop of a pandas data frame."""

from __future__ import annotations

import shutil
import time
from importlib import import_module
from typing import Any

import numpy
import pandas

from benchmarks.hops import Hop, Place
from benchmarks.process import BenchmarkError
from jetbridge.store import open_store
from jetbridge.types import TransformContext, literal_type, to_literal, to_python


def table(size: float) -> pandas.DataFrame:
    """A table of numbers, times and words, of about so many bytes in memory; the same each time.

    Example:
        >>> table(50_000).shape
        (1000, 5)
    """
    rows = int(size / 50)
    random = numpy.random.default_rng(7)
    words = numpy.array(["Adelie", "Chinstrap", "Gentoo", "Emperor"])
    return pandas.DataFrame(
        {
            "a": random.standard_normal(rows),
            "b": random.standard_normal(rows),
            "count": random.integers(0, 1_000_000, rows),
            "when": pandas.Timestamp("2024-01-01") + pandas.to_timedelta(numpy.arange(rows), unit="s"),
            "species": words[random.integers(0, len(words), rows)],
        }
    )


def frame_by_jetbridge(place: Place, frame: pandas.DataFrame) -> Hop:
    """One hop of a table by the type system."""
    work = place.fresh("frame")
    context = TransformContext(open_store(), f"{place.store}/{work.name}", work / "work")
    started = time.perf_counter()
    literal = to_literal(context, frame, pandas.DataFrame, literal_type(pandas.DataFrame))
    written = time.perf_counter()
    read = to_python(context, literal, pandas.DataFrame)
    ended = time.perf_counter()
    _same_shape(frame, read)
    shutil.rmtree(work)
    return Hop(written - started, ended - written)


def frame_by_pandas(place: Place, frame: pandas.DataFrame) -> Hop:
    """The same with pandas' own parquet functions."""
    path = place.fresh("frame") / "table.parquet"
    started = time.perf_counter()
    frame.to_parquet(path, engine="pyarrow", coerce_timestamps="us", allow_truncated_timestamps=False)
    written = time.perf_counter()
    read = pandas.read_parquet(path, engine="pyarrow")
    ended = time.perf_counter()
    _same_shape(frame, read)
    shutil.rmtree(path.parent)
    return Hop(written - started, ended - written)


def frame_by_pyarrow(place: Place, frame: pandas.DataFrame) -> Hop:
    """The same with pyarrow alone, from a data frame to a data frame."""
    # By name, because the library has no types.
    arrow: Any = import_module("pyarrow")
    parquet: Any = import_module("pyarrow.parquet")
    path = place.fresh("frame") / "table.parquet"
    started = time.perf_counter()
    parquet.write_table(arrow.Table.from_pandas(frame), path)
    written = time.perf_counter()
    read = parquet.read_table(path).to_pandas()
    ended = time.perf_counter()
    _same_shape(frame, read)
    shutil.rmtree(path.parent)
    return Hop(written - started, ended - written)


def _same_shape(frame: pandas.DataFrame, read: object) -> None:
    if not isinstance(read, pandas.DataFrame) or read.shape != frame.shape:
        raise BenchmarkError("the table did not come back as it was")
