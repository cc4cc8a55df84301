"""Branches that the engine decides."""

# pyright: basic, reportAttributeAccessIssue=false, reportCallIssue=false, reportArgumentType=false
# pyright: reportUnusedExpression=false

from jetbridge import conditional, task, workflow


@task
def increment(n: int) -> int:
    return n + 1


@task
def double(n: int) -> int:
    return 2 * n


@workflow
def three_ways(n: int = 5) -> int:
    """A join after branches that were not taken."""
    first = increment(n=n)
    chosen = (
        conditional("size")
        .if_((first > 100) & (n > 0))
        .then(double(n=first))
        .elif_((first == 6) | (n < 0))
        .then(increment(n=first))
        .else_()
        .fail("neither large nor six")
    )
    return double(n=chosen)


@workflow
def fails(n: int = 0) -> int:
    return conditional("size").if_(increment(n=n) > 100).then(double(n=n)).else_().fail("too small")


@workflow
def one_after_another(n: int = 5) -> int:
    """Each branch compares twice what the one before gave."""
    value = increment(n=n)
    for number in range(4):
        value = (
            conditional(f"step_{number}")
            .if_((value > 10) & (value != 13))
            .then(increment(n=value))
            .elif_(value < 0)
            .then(increment(n=number))
            .else_()
            .then(double(n=value))
        )
    return value
