"""A failure beside work that goes on."""

# pyright: basic, reportAttributeAccessIssue=false, reportCallIssue=false, reportArgumentType=false
# pyright: reportUnusedExpression=false

import sys
import time

from jetbridge import task, workflow


@task
def broken(n: int) -> int:
    time.sleep(5)
    raise ValueError(f"{n} is not good")


@task
def slow(n: int) -> int:
    time.sleep(900)
    return n


@task
def after(n: int) -> int:
    return n


@task
def clean_up(n: int) -> None:
    sys.stderr.write(f"cleaned up after {n}\n")


@workflow(on_failure=clean_up)
def at_once(n: int = 1) -> tuple[int, int]:
    """FAIL_IMMEDIATELY is what a workflow has by default."""
    return broken(n=n), after(n=slow(n=n))
