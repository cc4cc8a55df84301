"""Cached tasks for the tests of the local runner; they leave marks (`running`)."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import Annotated, Any

from jetbridge import Cache, dynamic, map_task, task, workflow
from jetbridge.types.annotated import HashMethod
from tests.translators.running import mark, wait_for


@dataclass
class Size:
    width: int
    unit: str = "mm"


@task(cache=True, cache_version="1")
def doubled(n: int, size: Size) -> int:
    mark(f"doubled {n}")
    return 2 * n


@workflow
def chained(n: int = 3) -> int:
    return doubled(n=doubled(n=n, size=Size(1)), size=Size(1))


@task(cache=Cache(version="1", ignored_inputs="note"))
def noted(n: int, note: str) -> int:
    mark("noted")
    return n


@workflow
def ignoring(note: str = "a") -> int:
    return noted(n=1, note=note)


@task
def spoken(text: str) -> Annotated[str, HashMethod(str.lower)]:
    return text


@task(cache=True, cache_version="1")
def length(text: str) -> int:
    mark("length")
    return len(text)


@workflow
def hashed(text: str = "Hi") -> int:
    return length(text=spoken(text=text))


@task(cache=True, cache_version="1")
def power(base: int, exponent: int) -> int:
    mark(f"power {base}")
    return base**exponent


@workflow
def mapped(bases: list[int] = [1, 2, 3]) -> list[int]:  # noqa: B006 -- a workflow's default is never changed
    return map_task(partial(power, exponent=2))(base=bases)


@task(cache=Cache(version="1", serialize=True))
def turn(n: int) -> int:
    mark("turn")
    wait_for("both have started")
    return n


@workflow
def at_once() -> tuple[int, int]:
    return turn(n=1), turn(n=1)


@task(cache=True, cache_version="1")
def nothing(n: int) -> None:
    mark("nothing")


@workflow
def without_outputs() -> None:
    nothing(n=1)


@task(cache=True, cache_version="1", retries=3)
def fails(n: int) -> int:
    mark("fails")
    raise ValueError("no good")


@workflow
def failing() -> int:
    return fails(n=1)


@task
def plus_one(n: int) -> int:
    mark("plus one")
    return n + 1


@dynamic(cache=True, cache_version="1")
def grown(times: int) -> int:
    mark("grown")
    n: Any = 0
    for _ in range(times):
        n = plus_one(n=n)
    return n


@workflow
def dynamically(times: int = 2) -> int:
    return grown(times=times)
