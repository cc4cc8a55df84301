"""A workflow of more nodes than one DAG of Argo's may have, most of them without pods."""

# pyright: basic, reportAttributeAccessIssue=false, reportCallIssue=false, reportArgumentType=false
# pyright: reportUnusedExpression=false

from datetime import timedelta

from jetbridge import conditional, sleep, task, workflow

GATES = 450


@task
def same(n: int) -> int:
    return n


@task
def double(n: int) -> int:
    return 2 * n


@workflow
def large(n: int = 7) -> int:
    """Gates beside each other behind one task; a branch of a later part compares what that task gave."""
    first = same(n=n)
    gates = [sleep(timedelta(seconds=1)) for _ in range(GATES)]
    for gate in gates:
        first >> gate
    last = conditional("last").if_((first > 10) & (first < 20)).then(same(n=first)).else_().then(double(n=first))
    gates[-1] >> last
    return last
