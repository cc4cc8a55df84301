"""The tasks of random workflows."""

from __future__ import annotations

from datetime import timedelta

from jetbridge import Resources, task


@task(retries=2)
def add(a: int, b: int = 1) -> int:
    return a + b


@task(timeout=timedelta(seconds=90))
def total(xs: list[int]) -> int:
    return sum(xs)


@task(requests=Resources(cpu="100m"))
def length(text: str, words: dict[str, int]) -> int:
    return len(text) + len(words)


@task
def note(n: int, text: str = "{{=1+1}}") -> str:
    return f"{text}{n}"


@task
def numbers(n: int) -> list[int]:
    return list(range(n))


@task
def half(n: int) -> float:
    return n / 2


@task
def is_even(n: int) -> bool:
    return n % 2 == 0


@task
def both(a: int, text: str) -> tuple[int, str]:
    return a, text


@task
def present(xs: list[int | None]) -> int:
    return sum(x is not None for x in xs)


@task
def forget(flag: bool, share: float) -> None:
    assert flag or share
