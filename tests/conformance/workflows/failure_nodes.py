"""A node that runs when another failed; the run has failed all the same."""

# pyright: basic, reportAttributeAccessIssue=false, reportCallIssue=false, reportArgumentType=false
# pyright: reportUnusedExpression=false

from jetbridge import WorkflowFailurePolicy, task, workflow


@task
def clean_up(n: int) -> None:
    print(f"cleaned up after {n}")


@task
def broken(n: int) -> int:
    raise ValueError(f"{n} is not good")


@task
def fine(n: int) -> int:
    return n


@workflow(on_failure=clean_up)
def cleaned(n: int = 1) -> int:
    return broken(n=n)


@workflow(failure_policy=WorkflowFailurePolicy.FAIL_AFTER_EXECUTABLE_NODES_COMPLETE)
def goes_on(n: int = 1) -> tuple[int, int]:
    """The second chain runs to its end although the first one failed."""
    return broken(n=n), fine(n=fine(n=n))
