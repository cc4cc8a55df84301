"""Map tasks and dynamic workflows."""

import functools
from typing import List, Optional

from flytekit import dynamic, map_task, task, workflow


@task
def square(n: int) -> int:
    return n * n


@task
def scale(n: int, by: int, plus: List[int]) -> int:
    return n * by + sum(plus)


@task
def pair(a: int, b: str) -> str:
    return f"{a}{b}"


@task
def only_even(n: int) -> int:
    if n % 2:
        raise ValueError(f"{n} is odd")
    return n


@task
def upto(n: int) -> List[int]:
    return list(range(n))


@task
def total(numbers: List[int]) -> int:
    return sum(numbers)


@task
def present(numbers: List[Optional[int]]) -> int:
    return sum(n for n in numbers if n is not None)


@workflow
def mapped(n: int = 4) -> tuple[List[int], int]:
    squares = map_task(square)(n=upto(n=n))
    return squares, total(numbers=squares)


@workflow
def partial(n: int = 3) -> List[int]:
    return map_task(functools.partial(scale, by=10, plus=[1, 2]))(n=upto(n=n))


@workflow
def bound_promise(n: int = 3) -> List[int]:
    return map_task(functools.partial(scale, by=square(n=n), plus=upto(n=n)))(n=[5, 6])


@workflow
def limited(n: int = 4) -> List[int]:
    return map_task(square, concurrency=2)(n=upto(n=n))


@workflow
def two_lists(a: List[int] = [1, 2], b: List[str] = ["x", "y"]) -> List[str]:
    return map_task(pair)(a=a, b=b)


@workflow
def some_fail(n: int = 4) -> int:
    return present(numbers=map_task(only_even, min_success_ratio=0.5)(n=upto(n=n)))


@workflow
def empty() -> List[int]:
    return map_task(square)(n=upto(n=0))


@dynamic
def grow(n: int) -> List[int]:
    return [square(n=i) for i in range(n)]


@workflow
def summed(n: int) -> int:
    return total(numbers=[square(n=n), square(n=2)])


@dynamic
def with_workflow(n: int) -> int:
    made = [summed(n=i) for i in range(n)]
    return total(numbers=made)


@dynamic
def with_map(n: int) -> int:
    return total(numbers=map_task(square)(n=[n, n + 1]))


@dynamic
def outer(n: int) -> int:
    return total(numbers=[with_workflow(n=2), with_map(n=n)])


@dynamic
def nothing_made(n: int) -> int:
    return n + 1


@workflow
def grown(n: int = 3) -> tuple[List[int], int]:
    numbers = grow(n=n)
    return numbers, total(numbers=numbers)


@workflow
def dynamics(n: int = 3) -> tuple[int, int, int, int]:
    return with_workflow(n=n), with_map(n=n), outer(n=n), nothing_made(n=n)
