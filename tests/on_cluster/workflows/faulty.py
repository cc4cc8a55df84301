"""Workflows that go wrong in one way each."""

import os
import sys
import time
from datetime import timedelta
from pathlib import Path

from jetbridge import Resources, current_context, task, workflow
from jetbridge.errors import FlyteRecoverableException

GO = Path("/tmp/go")  # noqa: S108 -- of a pod, where a test makes it


@task(retries=2)
def divide(a: int, b: int) -> float:
    print("dividing")
    return a / b


@workflow
def raises(b: int = 0) -> float:
    return divide(a=1, b=b)


@task(retries=1)
def flaky() -> int:
    attempt = current_context().attempt
    print(f"attempt {attempt}")
    if attempt == 0:
        raise FlyteRecoverableException("the service did not answer")
    return attempt


@workflow
def recovers() -> int:
    return flaky()


@task
def leave() -> int:
    sys.exit(3)


@workflow
def exits() -> int:
    return leave()


@task
def crash() -> int:
    os._exit(3)


@workflow
def crashes() -> int:
    return crash()


@task(limits=Resources(mem="100Mi"), requests=Resources(mem="50Mi"))
def swallow() -> int:
    return len(bytearray(400 * 1024 * 1024))


@workflow
def eats_memory() -> int:
    return swallow()


@task(requests=Resources(cpu="500"))
def compute() -> int:
    return 1


@workflow
def asks_too_much() -> int:
    return compute()


@task
def one() -> int:
    return 1


@workflow
def simple() -> int:
    return one()


@task
def hold(before: str) -> str:
    return before + _held()


def _held() -> str:
    """The first attempt goes on when the test lets it: see `tests/on_cluster/holding.py`."""
    attempt = current_context().attempt
    print(f"ready, attempt {attempt}", flush=True)
    while attempt == 0 and not GO.exists():
        time.sleep(0.1)
    print("done", flush=True)
    return str(attempt)


@workflow
def held() -> str:
    return hold(before="")


@task(retries=1)
def hold_or_again() -> str:
    return _held()


@workflow
def held_or_again() -> str:
    return hold_or_again()


@task(retries=1, timeout=timedelta(seconds=40))
def dawdle() -> str:
    return _held()


@workflow
def takes_too_long() -> str:
    return dawdle()


@workflow
def interrupted() -> str:
    return hold(before="")


@workflow
def terminated() -> str:
    return hold(before="")


@workflow
def held_twice() -> str:
    return hold(before=hold(before=""))
