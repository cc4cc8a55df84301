"""Five tasks, one after the other, that add 1 and say when they began."""

import sys
import time

from jetbridge import task, workflow


@task
def add(a: int, b: int) -> int:
    """The sum. Its line is what the benchmarks read, so they know of the start to the millisecond."""
    sys.stdout.write(f"task began at {time.time()}\n")
    return a + b


@workflow
def chain(n: int = 0) -> int:
    """Adds 5 in five steps."""
    for _ in range(5):
        n = add(a=n, b=1)
    return n
