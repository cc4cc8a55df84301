"""Spark's data frames as structured datasets: written and read by the executors, never through this process."""

from __future__ import annotations

import importlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from jetbridge.errors import TypeTransformError
from jetbridge.store import normalize_uri
from jetbridge.types.structured_dataset.checks import check_columns, check_names
from jetbridge.types.structured_dataset.parts import FrameSource, FrameTarget


@dataclass(frozen=True, slots=True)
class SparkParquet:
    """A Spark DataFrame as a folder of parquet files, one for each partition."""

    def write(self, frame: Any, target: FrameTarget) -> None:
        """Writes with the executors; `mode("overwrite")` because an attempt may have died half way."""
        if target.declared.columns:
            to_arrow = importlib.import_module("pyspark.sql.pandas.types").to_arrow_schema
            check_columns(to_arrow(frame.schema), target.declared)
        frame.write.mode("overwrite").parquet(hadoop_uri(target.uri))

    def read(self, source: FrameSource) -> Any:
        """A lazy frame on the session that runs, or on a new one."""
        session = importlib.import_module("pyspark.sql").SparkSession.builder.getOrCreate()
        frame = session.read.parquet(hadoop_uri(source.uri))
        if source.columns is None:
            return frame
        check_names(frame.columns, source.declared)
        return frame.select(*(f"`{name}`" for name in source.columns))

    def batches(self, source: FrameSource, rows: int) -> Iterator[Any]:
        """Raises `TypeTransformError`: a Spark DataFrame is spread over executors, not read piece by piece."""
        raise TypeTransformError(
            "a Spark DataFrame cannot be iterated",
            hint="Take it whole with `.all()`, or iterate as pyarrow.Table or pandas.DataFrame.",
        )


def hadoop_uri(uri: str) -> str:
    """A URI as Hadoop's file systems are named.

    Example:
        >>> hadoop_uri("s3://bucket/run/table")
        's3a://bucket/run/table'
    """
    scheme, _, rest = normalize_uri(uri).partition("://")
    return f"{_SCHEMES.get(scheme, scheme)}://{rest}"


_SCHEMES = {"s3": "s3a"}
PARQUET = SparkParquet()
