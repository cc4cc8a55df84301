"""Workflows that go wrong in one way each."""

import os
import sys
import time
from datetime import timedelta

from jetbridge import Resources, current_context, task, workflow
from jetbridge.errors import FlyteRecoverableException


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
def linger(seconds: float, before: str) -> str:
    return before + _lingered(seconds)


def _lingered(seconds: float) -> str:
    attempt = current_context().attempt
    print(f"ready, attempt {attempt}", flush=True)
    if attempt == 0:
        time.sleep(seconds)
    print("done", flush=True)
    return str(attempt)


@workflow
def lingers(seconds: float = 6.0) -> str:
    return linger(seconds=seconds, before="")


@task(retries=1)
def linger_or_again(seconds: float) -> str:
    return _lingered(seconds)


@workflow
def lingers_or_again(seconds: float = 6.0) -> str:
    return linger_or_again(seconds=seconds)


@task(retries=1, timeout=timedelta(seconds=40))
def dawdle() -> str:
    return _lingered(120.0)


@workflow
def takes_too_long() -> str:
    return dawdle()


@workflow
def lingers_twice(seconds: float = 6.0) -> str:
    return linger(seconds=seconds, before=linger(seconds=seconds, before=""))
