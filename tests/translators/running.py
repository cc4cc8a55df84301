"""Tasks for the tests of the local runner; they leave marks in the folder that MARKS names."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any, cast

from jetbridge import FlyteRecoverableException, current_context, task, workflow


def mark(text: str) -> None:
    with (Path(os.environ["MARKS"]) / "marks").open("a") as file:
        file.write(text + "\n")


def wait_for(name: str) -> None:
    """Waits for another task's mark, for at most 20 s."""
    path = Path(os.environ["MARKS"]) / "marks"
    for _ in range(400):
        if path.exists() and f"{name}\n" in path.read_text():
            return
        time.sleep(0.05)
    raise TimeoutError(name)


@task
def meet(me: str, other: str) -> str:
    """Ends only when the other has started: both must run at the same time."""
    mark(me)
    wait_for(other)
    sys.stdout.write(f"{me} met {other}\n")
    return me


@workflow
def parallel() -> tuple[str, str]:
    return meet(me="a", other="b"), meet(me="b", other="a")


@task(retries=2)
def flaky(until: int) -> int:
    attempt = current_context().attempt
    mark(f"attempt {attempt}")
    if attempt < until:
        raise FlyteRecoverableException(f"attempt {attempt} failed")
    return attempt


@workflow
def retried(until: int = 2) -> int:
    return flaky(until=until)


@task(retries=5)
def broken() -> int:
    mark("ran")
    raise ValueError("never again")


@workflow
def final() -> int:
    return broken()


@task
def crash(until: int) -> int:
    attempt = current_context().attempt
    mark(f"crash {attempt}")
    if attempt < until:
        os.kill(os.getpid(), 9)
    return attempt


@workflow
def crashed(until: int = 1) -> int:
    return crash(until=until)


@task(timeout=1)
def late() -> int:
    """Its time is up, and it has a child that would hold the output open."""
    child = subprocess.Popen(["sleep", "60"])
    mark(f"child {child.pid}")
    time.sleep(60)
    return 1


@workflow
def overtime() -> int:
    return late()


@task
def forever() -> int:
    child = subprocess.Popen(["sleep", "60"])
    mark(f"child {child.pid}")
    time.sleep(60)
    mark("slept")
    return 1


@task
def fails_after(name: str) -> int:
    wait_for_child()
    raise ValueError(f"{name} is the end")


def wait_for_child() -> None:
    path = Path(os.environ["MARKS"]) / "marks"
    while not (path.exists() and "child" in path.read_text()):
        time.sleep(0.05)


@workflow
def ended() -> tuple[int, int]:
    first, second = forever(), fails_after(name="this")
    after = cast("Any", never(n=second))
    return first, after


@task
def never(n: int) -> int:
    mark("never")
    return n


@task
def leaves_a_child() -> str:
    child = subprocess.Popen(["sleep", "60"])
    mark(f"child {child.pid}")
    return "done"


@workflow
def careless() -> str:
    return leaves_a_child()


@task(environment={"GREETING": "hello {{x}}"})
def environment() -> str:
    return os.environ["GREETING"]


@task
def big(values: list[int]) -> int:
    return len(values)


@workflow
def small() -> str:
    return environment()


@workflow
def huge() -> int:
    return big(values=list(range(30_000)))


@task
def alone(me: str) -> int:
    """How many other tasks of its kind run at the same time."""
    mark(f"begin {me}")
    time.sleep(0.2)
    lines = (Path(os.environ["MARKS"]) / "marks").read_text().splitlines()
    others = sum(1 if line.startswith("begin") else -1 for line in lines) - 1
    mark(f"end {me}")
    return others


@workflow
def one_by_one() -> tuple[int, int, int]:
    return alone(me="a"), alone(me="b"), alone(me="c")
