"""A graph that is known only at run time."""

# pyright: basic, reportAttributeAccessIssue=false, reportCallIssue=false, reportArgumentType=false
# pyright: reportUnusedExpression=false
# The case runs as soon as the SDK offers this; until then the kit expects that it says so.

from jetbridge import dynamic, task, workflow


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
