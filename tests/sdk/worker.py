"""Tasks that a worker's process runs in the tests of the entrypoint."""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path
from typing import Optional

from jetbridge import FlyteRecoverableException, IgnoreOutputs, current_context, task
from jetbridge.types.file import FlyteFile


class Oops(Exception):
    error_code = "USER:Oops"


class Flaky(FlyteRecoverableException):
    pass


@task
def add(a: int, b: int = 5, c: Optional[int] = None) -> int:  # noqa: UP045
    trace = os.environ.get("TRACE")
    if trace:
        with Path(trace).open("a") as file:
            file.write("ran\n")
    return a + b + (c or 0)


@task
def total(values: list[int], table: dict[str, int]) -> int:
    return sum(values) + sum(table.values())


@task
def fails(how: str) -> int:
    if how == "exit":
        sys.exit(3)
    if how == "ignore":
        raise IgnoreOutputs("nothing new")
    raise {"value": ValueError("no good"), "code": Oops("coded"), "flaky": Flaky("again")}[how]


@task
def wrong() -> int:
    return "three"  # type: ignore[return-value]


@task
def short() -> tuple[int, int]:
    return (1,)  # type: ignore[return-value]


@task
def slow(seconds: float) -> FlyteFile:
    """Waits while its output is half made."""
    path = current_context().working_directory / "out.bin"
    path.write_bytes(b"x" * 1000)
    sys.stdout.write("working\n")
    sys.stdout.flush()
    time.sleep(seconds)
    return FlyteFile(str(path))


def no_task(n: int) -> int:
    return n
