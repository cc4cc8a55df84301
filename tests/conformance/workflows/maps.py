"""One task over a list."""

# pyright: basic, reportAttributeAccessIssue=false, reportCallIssue=false, reportArgumentType=false
# pyright: reportUnusedExpression=false

from functools import partial

from jetbridge import map_task, task, workflow


@task
def scale(n: int, factor: int) -> int:
    return n * factor


@task
def listed(count: int) -> list[int]:
    return list(range(count))


@task
def add_up(numbers: list[int]) -> int:
    return sum(numbers)


@task
def odd_only(n: int) -> int:
    if n % 2 == 0:
        raise ValueError(f"{n} is even")
    return n


@workflow
def mapped(count: int = 3) -> tuple[list[int], int]:
    scaled = map_task(partial(scale, factor=10))(n=listed(count=count))
    return scaled, add_up(numbers=scaled)


@workflow
def nothing_to_map() -> list[int]:
    return map_task(partial(scale, factor=10))(n=listed(count=0))


@workflow
def some_fail(count: int = 4) -> list[int | None]:
    return map_task(odd_only, min_success_ratio=0.5, concurrency=2)(n=listed(count=count))
