"""Every primitive type, unions, enums and None."""

from __future__ import annotations

import datetime as dt
import enum
from typing import NamedTuple, Optional, Union

from flytekit import task, workflow


class Size(enum.Enum):
    SMALL = "small"
    LARGE = "large"


class Split(NamedTuple):
    whole: int
    rest: int


@task
def add(a: int, b: int) -> int:
    return a + b


@task
def halve(x: float) -> float:
    return x / 2


@task
def shout(text: str) -> str:
    return f"{text.upper()}! {{{{not a template}}}} $(HOME) ünïcode"


@task
def negate(flag: bool) -> bool:
    return not flag


@task
def later(when: dt.datetime, by: dt.timedelta) -> dt.datetime:
    return when + by


@task
def twice(by: dt.timedelta) -> dt.timedelta:
    return by * 2


@task
def split(n: int, by: int) -> Split:
    return Split(n // by, n % by)


@task
def grow(size: Size) -> Size:
    return Size.LARGE if size is Size.SMALL else Size.SMALL


@task
def or_zero(n: Optional[int] = None) -> int:
    return 0 if n is None else n


@task
def kind_of(value: Union[int, str]) -> str:
    return f"{type(value).__name__} {value}"


@task
def maybe(n: int) -> Optional[str]:
    return None if n < 0 else str(n)


@task
def either(n: int) -> Union[int, str]:
    return n if n % 2 else f"even {n}"


@task
def say_nothing(n: int) -> None:
    print(n)


@task
def two(n: int) -> tuple[int, str]:
    return n, str(n)


@workflow
def primitives(
    i: int = 3,
    x: float = 2.5,
    s: str = "hello",
    flag: bool = True,
    when: dt.datetime = dt.datetime(2026, 1, 31, 8, 0, tzinfo=dt.timezone.utc),
    by: dt.timedelta = dt.timedelta(hours=1),
) -> tuple[int, float, str, bool, dt.datetime, dt.timedelta]:
    return add(a=i, b=4), halve(x=x), shout(text=s), negate(flag=flag), later(when=when, by=by), twice(by=by)


@workflow
def extreme(i: int = 9007199254740993, x: float = 1e300) -> tuple[int, float]:
    """An integer that no float holds."""
    return add(a=i, b=0), halve(x=x)


@workflow
def named_outputs(n: int = 17) -> Split:
    parts = split(n=n, by=5)
    return Split(add(a=parts.whole, b=1), parts.rest)


@workflow
def enums(size: Size = Size.SMALL) -> tuple[Size, Size]:
    return grow(size=size), grow(size=grow(size=size))


@workflow
def optionals(n: Optional[int] = None, m: int = 4) -> tuple[int, int, int, Optional[str], Optional[str]]:
    return or_zero(n=n), or_zero(n=m), or_zero(n=7), maybe(n=-1), maybe(n=m)


@workflow
def unions(n: int = 3) -> tuple[str, str, Union[int, str]]:
    return kind_of(value=n), kind_of(value="text"), either(n=4)


@workflow
def nothing(n: int = 1) -> None:
    say_nothing(n=n)


@workflow
def several(n: int = 5) -> tuple[int, str]:
    number, text = two(n=n)
    return add(a=number, b=number), shout(text=text)
