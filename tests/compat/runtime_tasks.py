"""Tasks for both libraries: the tests write this file's text twice, each time with one library's imports."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Dict, List, Optional, Tuple  # noqa: UP035 -- flytekit's users write these

# imports
from jetbridge import FlyteRecoverableException, IgnoreOutputs, current_context, task


@dataclass
class Fit:
    slope: float
    names: List[str]  # noqa: UP006


class Coded(Exception):
    error_code = "USER:Coded"


@task
def add(a: int, b: int = 5, c: Optional[int] = None) -> int:  # noqa: UP045
    return a + b + (c or 0)


@task
def several(fit: Fit, table: Dict[str, List[float]]) -> Tuple[Fit, str, Optional[int]]:  # noqa: UP006, UP045
    return Fit(fit.slope * 2, [*fit.names, "x"]), ",".join(sorted(table)), None


@task
def nothing() -> None:
    return None


@task
def big(size: int) -> Tuple[str, int]:  # noqa: UP006
    return "é" * size, size


@task
def wrong() -> int:
    return "three"  # type: ignore[return-value]


def _inner(how: str) -> None:
    if how == "chained":
        try:
            raise KeyError("inner")
        except KeyError as error:
            raise ValueError("outer\nsecond line") from error
    if how == "group":
        raise ExceptionGroup("several", [ValueError("one"), KeyError("two")])
    raise {
        "value": ValueError("no good"),
        "coded": Coded("with a code"),
        "flaky": FlyteRecoverableException("again"),
        "ignore": IgnoreOutputs("nothing new"),
        "empty": ValueError(),
    }[how]


@task
def fails(how: str) -> int:
    _inner(how)
    return 0


@task
def counts() -> int:
    checkpoint = current_context().checkpoint
    done = int(checkpoint.read() or b"0")
    checkpoint.write(str(done + 1).encode())
    return done
