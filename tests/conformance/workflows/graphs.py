"""Shapes of graphs: how tasks follow each other, with one kind of value."""

# pyright: reportUnusedExpression=false
# `a >> b` puts nodes in order.

import time
from typing import Any, NamedTuple, cast

from jetbridge import task, workflow


class Division(NamedTuple):
    quotient: int
    remainder: int


class Summary(NamedTuple):
    total: int
    quotient: int
    remainder: int
    word: str


@task
def seven() -> int:
    return 7


@task
def increment(n: int = 1, by: int = 1) -> int:
    return n + by


@task
def add_up(numbers: list[int]) -> int:
    return sum(numbers)


@task
def add_named(numbers: dict[str, int]) -> str:
    return ", ".join(f"{name}={number}" for name, number in sorted(numbers.items()))


@task
def divide(a: int, b: int) -> Division:
    return Division(*divmod(a, b))


@task
def spell(n: int) -> tuple[int, str]:
    return n, "odd" if n % 2 else "even"


@task
def note(text: str) -> None:
    print(text)


@task
def stamp(text: str, pause: float) -> float:
    """When it started, or when it ended if it paused."""
    time.sleep(pause)
    return time.time()


@task
def in_order(times: list[float]) -> bool:
    return times == sorted(times)


@workflow
def one_task() -> int:
    """One task without inputs."""
    return seven()


@workflow
def chain(n: int = 1) -> int:
    return increment(n=increment(n=increment(n=n)))


@workflow
def fan_out_and_in(n: int = 2) -> tuple[int, str]:
    first = increment(n=n)
    arms = [increment(n=first, by=by) for by in (10, 20, 30)]
    return add_up(numbers=[*arms, n, 1000]), add_named(numbers={"first": arms[0], "given": n, "constant": 5})


@workflow
def several_outputs(a: int = 17, b: int = 5) -> Summary:
    divided = divide(a=a, b=b)
    number, word = spell(n=divided.remainder)
    return Summary(number, divided.quotient, divided.remainder, word)


@workflow
def no_outputs(text: str = "nothing comes back") -> None:
    note(text=text)


@workflow
def same_task(n: int = 0) -> int:
    """One task five times: a manifest grows with tasks, not with nodes."""
    numbers = [increment(n=n, by=by) for by in range(4)]
    return increment(n=add_up(numbers=numbers))


@workflow
def defaults_and_constants(n: int = 3, word: str = "a word", unused: float = 0.5) -> tuple[int, int, str, float]:
    """Defaults of tasks and workflows, a constant, and inputs that are outputs."""
    return increment(), increment(n=n, by=-4), word, unused


@workflow
def ordered() -> bool:
    """Three tasks that only `>>` puts in order; each would be first if it did not wait."""
    stamps: list[Any] = [stamp(text=text, pause=pause) for text, pause in (("c", 0.0), ("b", 0.4), ("a", 0.8))]
    third, second, first = stamps
    done = cast("Any", note(text="the last of all"))
    first >> second >> third >> done
    return in_order(times=[first, second, third])


@workflow
def graph(n: int = 2) -> tuple[int, str, int, bool]:
    """All of these at once."""
    arms = [increment(n=n, by=by) for by in (10, 20)]
    divided = divide(a=add_up(numbers=[*arms, n, 1000]), b=7)
    number, word = spell(n=divided.remainder)
    late, early = stamp(text="b", pause=0.0), stamp(text="a", pause=0.5)
    cast("Any", early) >> cast("Any", late) >> cast("Any", note(text=word))
    return number, word, divided.quotient, in_order(times=[early, late])
