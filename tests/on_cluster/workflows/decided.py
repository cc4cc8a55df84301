"""A branch, maps and a sub-workflow, whose pods are counted."""

# pyright: basic, reportAttributeAccessIssue=false

from functools import partial

from jetbridge import conditional, map_task, task, workflow


@task
def numbers(n: int) -> list[int]:
    return list(range(n))


@task
def scale(n: int, factor: int) -> int:
    return n * factor


@task
def odd_only(n: int) -> int:
    if n % 2 == 0:
        raise ValueError(f"{n} is even")
    return n


@task
def add_up(xs: list[int]) -> int:
    return sum(xs)


@task
def missing(xs: list[int | None]) -> int:
    return sum(x is None for x in xs)


@workflow
def scaled(n: int) -> int:
    return add_up(xs=map_task(partial(scale, factor=10))(n=numbers(n=n)))


@workflow
def decided(n: int = 3) -> tuple[int, int, int]:
    """One of two cases runs, a map in a workflow in it; another map loses an element; a third one has none."""
    total = add_up(xs=[n, n])
    chosen = conditional("size").if_((total > 5) & (n < 100)).then(scaled(n=n)).else_().then(add_up(xs=[n]))
    odd = map_task(odd_only, min_success_ratio=0.5)(n=numbers(n=2))
    return chosen, missing(xs=odd), scaled(n=0)
