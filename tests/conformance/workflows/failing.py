"""Runs that fail: in the user's code, for good or after every attempt, and when a value is no output."""

# pyright: reportUnusedExpression=false
# `a >> b` puts nodes in order.

import sys
from typing import Any, cast

from jetbridge import FlyteRecoverableException, task, workflow


@task
def fine(n: int = 1) -> int:
    return n


@task(retries=1)
def divide(a: int, b: int) -> float:
    return a / b


@task(retries=1)
def never(n: int) -> int:
    raise FlyteRecoverableException("the service never answers")


class OutOfPaperError(Exception):
    error_code = "OutOfPaper"


@task
def print_out(n: int) -> int:
    raise OutOfPaperError(f"{n} sheets are missing")


@task
def leave(n: int) -> int:
    sys.exit(3)


@task
def lie(n: int) -> int:
    return cast("Any", f"{n} as text")


@workflow
def raises(b: int = 0) -> float:
    """What comes after the failure must not run."""
    quotient = divide(a=fine(), b=b)
    cast("Any", quotient) >> cast("Any", fine(n=2))
    return quotient


@workflow
def gives_up() -> int:
    return never(n=1)


@workflow
def raises_a_code() -> int:
    return print_out(n=fine())


@workflow
def exits() -> int:
    return leave(n=1)


@workflow
def returns_another_type() -> int:
    return fine(n=lie(n=1))
