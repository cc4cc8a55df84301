"""A graph that is known only at run time."""

# pyright: basic, reportAttributeAccessIssue=false, reportCallIssue=false, reportArgumentType=false
# pyright: reportUnusedExpression=false

from jetbridge import conditional, dynamic, map_task, task, workflow


@task
def increment(n: int) -> int:
    return n + 1


@dynamic
def repeated(times: int) -> int:
    n = 0
    for _ in range(times):
        n = increment(n=n)
    return n


@workflow
def grown(times: int = 3) -> int:
    return increment(n=repeated(times=times))


@task
def total(xs: list[int]) -> int:
    return sum(xs)


@workflow
def twice(n: int) -> int:
    return increment(n=increment(n=n))


@dynamic
def many(count: int) -> tuple[list[int], int]:
    """Sub-workflows, a map, a branch that its values decide, and another dynamic task."""
    mapped = map_task(increment)(n=[twice(n=n) for n in range(count)])
    summed = total(xs=mapped)
    chosen = conditional("size").if_(summed > 5).then(repeated(times=2)).else_().then(increment(n=summed))
    return mapped, chosen


@workflow
def nested(count: int = 2) -> tuple[list[int], int]:
    return many(count=count)


@task
def refuse(n: int) -> int:
    raise ValueError(f"{n} is not wanted")


@dynamic(retries=2)
def failing(n: int) -> int:
    return increment(n=refuse(n=n))


@workflow
def child_fails(n: int = 3) -> int:
    return increment(n=failing(n=n))
