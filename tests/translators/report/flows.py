"""Workflows for the reports: chains, maps, branches, dynamic tasks, retries, caches, and outputs that differ."""

from __future__ import annotations

from pathlib import Path

from jetbridge import (
    FlyteRecoverableException,
    Resources,
    conditional,
    current_context,
    dynamic,
    map_task,
    task,
    workflow,
)


@task(requests=Resources(cpu="250m", mem="64Mi"))
def inc(n: int) -> int:
    return n + 1


@task
def numbers(n: int) -> list[int]:
    return list(range(n))


@task
def total(xs: list[int]) -> int:
    return sum(xs)


@task(retries=2)
def second_time(n: int) -> int:
    if current_context().attempt == 0:
        raise FlyteRecoverableException("not yet")
    return n


@workflow
def sub(n: int) -> int:
    return inc(n=inc(n=n))


@dynamic
def several(n: int) -> int:
    for _ in range(n):
        n = inc(n=n)
    return n


@workflow
def everything(n: int = 2) -> int:
    xs = map_task(inc)(n=numbers(n=n))
    chosen = conditional("size").if_(n > 100).then(inc(n=n)).else_().then(sub(n=n))
    made = several(n=n)
    return total(xs=[total(xs=xs), chosen, made, second_time(n=n)])


@workflow
def chain(n: int = 1) -> int:
    return inc(n=inc(n=n))


@task(cache=True, cache_version="1")
def kept(n: int) -> int:
    return n * 2


@workflow
def cached(n: int = 1) -> int:
    return kept(n=n)


@task
def counted(folder: str) -> int:
    """Another value each time."""
    path = Path(folder, "count")
    before = int(path.read_text()) if path.exists() else 0
    path.write_text(str(before + 1))
    return before


@workflow
def unlike(folder: str) -> int:
    return counted(folder=folder)


@task
def breaks(n: int) -> int:
    raise ValueError(f"no {n} today")


@workflow
def broken(n: int = 1) -> int:
    return breaks(n=inc(n=n))
