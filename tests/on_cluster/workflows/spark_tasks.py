# pyright: basic, reportMissingTypeStubs=false
"""Spark tasks that exchange frames with others, that fail, and that wait to be stopped."""

import time

import pyarrow as pa
from pyspark.sql import DataFrame

from jetbridge import current_context, task, workflow
from jetbridge_plugins.spark import Spark

SMALL = Spark(
    spark_conf={"spark.driver.memory": "800m", "spark.executor.memory": "600m", "spark.executor.instances": "1"}
)


@task
def made() -> pa.Table:
    return pa.table({"n": [1, 2, 3], "word": ["a", "b", "c"]})


@task(task_config=SMALL)
def doubled(frame: DataFrame) -> DataFrame:
    return frame.selectExpr("n * 2 AS n", "word")


@task
def summed(frame: pa.Table) -> int:
    return sum(frame.column("n").to_pylist())


@workflow
def frames() -> int:
    """The executors read and write the store."""
    return summed(frame=doubled(frame=made()))


@task(task_config=SMALL)
def divided(a: int) -> float:
    print("dividing", flush=True)
    return current_context().spark_session.range(a).count() / 0


@workflow
def raises(a: int = 3) -> float:
    return divided(a=a)


@task(task_config=SMALL)
def slept() -> int:
    print("sleeping", flush=True)
    time.sleep(600)
    return 0


@workflow
def sleeps() -> int:
    return slept()
