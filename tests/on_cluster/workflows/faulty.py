"""Workflows that go wrong in one way each."""

import os
import sys
import time

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
    attempt = current_context().attempt
    print(f"ready, attempt {attempt}", flush=True)
    if attempt == 0:
        time.sleep(seconds)
    print("done", flush=True)
    return f"{before}{attempt}"


@workflow
def lingers(seconds: float = 6.0) -> str:
    return linger(seconds=seconds, before="")


@workflow
def lingers_twice(seconds: float = 6.0) -> str:
    return linger(seconds=seconds, before=linger(seconds=seconds, before=""))
