"""The classic of Flyte's documentation: π by throwing darts, in the driver and executors of a Spark application."""

import random
from operator import add

from jetbridge import current_context, task, workflow
from jetbridge_plugins.spark import Spark


@task(
    task_config=Spark(
        spark_conf={
            "spark.driver.memory": "1000M",
            "spark.executor.instances": "2",
            "spark.driver.cores": "1",
        }
    )
)
def hello_spark(i: int) -> float:
    """Estimates π with `i` partitions of 100,000 darts."""
    darts = 100_000 * i
    session = current_context().spark_session
    hits = session.sparkContext.parallelize(range(1, darts + 1), i).map(throw).reduce(add)
    return 4.0 * hits / darts


def throw(dart: int) -> int:
    """1 when a dart, thrown at a square of side 2, lands in the circle of radius 1 inside it."""
    thrower = random.Random(dart)
    x, y = thrower.uniform(-1, 1), thrower.uniform(-1, 1)
    return 1 if x**2 + y**2 <= 1 else 0


@workflow
def my_spark(partitions: int = 50) -> float:
    """Runs one Spark task."""
    return hello_spark(i=partitions)
