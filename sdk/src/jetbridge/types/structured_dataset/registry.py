"""Which codec writes and reads a class of data frames in a format: built-in ones by name, others by entry points."""

from __future__ import annotations

import importlib
from collections.abc import Mapping
from functools import cache
from typing import cast

from jetbridge import entry_points
from jetbridge.errors import TypeTransformError
from jetbridge.types.naming import type_name
from jetbridge.types.structured_dataset.codec import FrameCodec

GROUP = "jetbridge.dataframes"
PARQUET = "parquet"


def class_name(python_type: type) -> str:
    """The name of a class in the registry: `polars.dataframe.frame.DataFrame`."""
    return f"{python_type.__module__}.{python_type.__qualname__}"


def is_frame(name: str) -> bool:
    """Whether there is a codec for a class."""
    return bool(formats(name))


def formats(name: str) -> tuple[str, ...]:
    """The formats of a class, its default first: parquet where there is one."""
    found = {*_BUILT_IN.get(name, ()), *_installed().get(name, ())}
    return tuple(sorted(found, key=lambda each: (each != PARQUET, each)))


def codec(python_type: type, form: str) -> FrameCodec:
    """The codec of a class and a format; the class's default format for the empty one.

    Raises:
        TypeTransformError: the class is no data frame, or has no such format.
        RegistryError: two distributions offer it, or the one that does is broken.
    """
    name = class_name(python_type)
    known = formats(name)
    if not known:
        raise TypeTransformError(
            f"{type_name(python_type)} is no data frame that can be stored",
            hint="Use pandas, pyarrow, polars or duckdb, or install a distribution with an entry point "
            f"{f'{name}:{PARQUET}'!r} in {GROUP!r}.",
        )
    wanted = form.lower() or known[0]
    if wanted not in known:
        raise TypeTransformError(
            f"{type_name(python_type)} has no format {form!r}",
            hint=f"Use {' or '.join(repr(each) for each in known)}, "
            f"or install a distribution with an entry point {f'{name}:{form}'!r} in {GROUP!r}.",
        )
    return _load(name, wanted)


@cache
def _load(name: str, form: str) -> FrameCodec:
    target = _BUILT_IN.get(name, {}).get(form)
    if target is None:
        return cast("FrameCodec", entry_points.load(GROUP, f"{name}:{form}"))
    module, _, attribute = target.partition(":")
    return cast("FrameCodec", getattr(importlib.import_module(module), attribute))


@cache
def _installed() -> Mapping[str, tuple[str, ...]]:
    pairs = [each.rpartition(":") for each in entry_points.names(GROUP)]
    return {name: tuple(form for other, _, form in pairs if other == name) for name, _, _ in pairs}


def _codecs(module: str, parquet: str = "PARQUET", csv: str = "CSV") -> Mapping[str, str]:
    path = f"jetbridge.types.structured_dataset.{module}"
    return {PARQUET: f"{path}:{parquet}", "csv": f"{path}:{csv}"}


_PANDAS, _ARROW, _DUCKDB = _codecs("pandas_frames"), _codecs("arrow_frames"), _codecs("duckdb_frames")
# Several names of one class: where its library's versions define it.
_BUILT_IN: Mapping[str, Mapping[str, str]] = {
    "pandas.DataFrame": _PANDAS,
    "pandas.core.frame.DataFrame": _PANDAS,
    "pyarrow.lib.Table": _ARROW,
    "pyarrow.lib.RecordBatchReader": _codecs("arrow_frames", "READER_PARQUET", "READER_CSV"),
    "polars.dataframe.frame.DataFrame": _codecs("polars_frames"),
    "polars.lazyframe.frame.LazyFrame": _codecs("polars_frames", "LAZY_PARQUET", "LAZY_CSV"),
    "duckdb.duckdb.DuckDBPyRelation": _DUCKDB,
    "_duckdb.DuckDBPyRelation": _DUCKDB,
    "duckdb._relation.DuckDBPyRelation": _DUCKDB,
}
