"""A dynamic task that is cached, asks a person, and runs under a launch plan with labels."""

# pyright: basic, reportAttributeAccessIssue=false, reportCallIssue=false, reportArgumentType=false
# pyright: reportUnusedExpression=false

from datetime import timedelta

from jetbridge import LaunchPlan, dynamic, task, wait_for_input, workflow


@task
def added(n: int, amount: int) -> int:
    return n + amount


@dynamic(cache=True, cache_version="1")
def asks(n: int) -> int:
    return added(n=n, amount=wait_for_input("amount", timeout=timedelta(minutes=10), expected_type=int))


@workflow
def grown(n: int) -> int:
    return asks(n=n)


marked = LaunchPlan.create("growing-marked", grown, labels={"team": "plan"})
