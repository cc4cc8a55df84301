"""Loads a data frame library when it is needed, and says how to install it when it is missing."""

from __future__ import annotations

import importlib
from typing import Any

from jetbridge.errors import TypeTransformError

_EXTRAS = {"pandas": "dataframe", "pyarrow": "dataframe", "polars": "polars", "duckdb": "duckdb"}


def load(name: str) -> Any:
    """A module of a data frame library; untyped, since not all of them have type stubs.

    Raises:
        TypeTransformError: it is not installed.
    """
    try:
        return importlib.import_module(name)
    except ImportError as error:
        top = name.partition(".")[0]
        raise TypeTransformError(
            f"this data frame needs {top}, which cannot be imported: {error}",
            hint=f"Install it: pip install 'jetbridge[{_EXTRAS[top]}]'",
        ) from error
