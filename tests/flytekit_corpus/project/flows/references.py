"""Entities that only a server of Flyte has, and tasks that need one while they run."""

from flytekit import eager, reference_launch_plan, reference_task, task, workflow


@reference_task(project="birds", domain="production", name="elsewhere.fit", version="v7")
def elsewhere(n: int) -> int: ...


@reference_launch_plan(project="birds", domain="production", name="elsewhere.nightly", version="v7")
def nightly(n: int) -> int: ...


@task
def inc(n: int) -> int:
    return n + 1


@workflow
def with_task(n: int = 1) -> int:
    return inc(n=elsewhere(n=n))


@workflow
def with_plan(n: int = 1) -> int:
    return nightly(n=n)


@eager
async def eagerly(n: int) -> int:
    return inc(n=inc(n=n))
