"""Which failures are tried again: the expression that Argo evaluates, evaluated here."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

import pytest

from jetbridge_translators.work import ContainerWork
from tests.translators.argo.files import leaf
from tests.translators.argo.plans import container_work, plan, step

OTHER = replace(container_work(), command=("other-program",))
OURS = container_work(args=("--", "task-name", "fit"))


def _again(
    retries: int,
    *,
    code: str = "-1",
    status: str = "Failed",
    message: str = "",
    attempt: int = 0,
    work: ContainerWork = OURS,
) -> bool:
    """Whether the attempt of a number is followed by another, by Argo's rules for limit and expression."""
    strategy = leaf(plan(step("n0", work, retries=retries)))["retryStrategy"]
    assert strategy["retryPolicy"] == "Always"
    words = {"&&": " and ", "||": " or ", "!(": " not (", "\n": " "}
    python = re.sub(r"&&|\|\||!\(|\n", lambda match: words[match.group()], strategy["expression"])
    python = re.sub(r"(lastRetry\.message) matches ('[^']*')", r"matches(\2, \1)", python)
    scope: dict[str, Any] = {"asInt": int, "retries": str(attempt), "matches": _matches}
    last = type("Last", (), {"exitCode": code, "status": status, "message": message})
    within = attempt < int(strategy["limit"])
    return within and bool(eval(python, {"__builtins__": {}}, {**scope, "lastRetry": last}))  # noqa: S307


def _matches(pattern: str, text: str) -> bool:
    return re.search(pattern, text) is not None


@pytest.mark.parametrize("retries", [0, 1, 5])
def test_a_user_s_error_is_never_tried_again(retries: int) -> None:
    assert not _again(retries, code="80", message="main: Error (exit code 80)")


def test_a_recoverable_failure_is_tried_again_as_often_as_the_user_says() -> None:
    assert not _again(0, code="81")
    assert [_again(2, code="81", attempt=attempt, work=OTHER) for attempt in range(4)] == [True, True, False, False]


def test_our_entrypoint_counts_recoverable_failures_itself() -> None:
    assert [_again(2, code="81", attempt=attempt) for attempt in range(6)] == [True] * 5 + [False]
    args = leaf(plan(step("n0", OURS, retries=2)))["container"]["args"]
    assert args[args.index("--") - 1] == "--retries=2"
    assert "--retries" not in str(leaf(plan(step("n0", OURS)))["container"]["args"])
    assert "--retries" not in str(leaf(plan(step("n0", OTHER, retries=2)))["container"]["args"])


@pytest.mark.parametrize("retries", [0, 2])
def test_system_failures_are_tried_again_three_times_more(retries: int) -> None:
    evicted = [_again(retries, message="The node was low on resource", attempt=attempt) for attempt in range(7)]
    assert evicted == [True] * (retries + 3) + [False] * (4 - retries)
    assert _again(retries, code="82")
    assert _again(retries, code="137", message="main: Error (exit code 137)")
    assert _again(retries, status="Error", message="pod deleted")


def test_out_of_memory_and_timeouts_count_as_the_user_s() -> None:
    memory = "main: OOMKilled (exit code 137)"
    late = "Pod was active on the node longer than the specified deadline"
    assert not _again(0, code="137", message=memory)
    assert not _again(0, code="-1", message=late)
    assert _again(1, code="137", message=memory)
    assert _again(1, code="143", message=late)
    assert not _again(1, code="143", message=late, attempt=1)
    assert not _again(0, message="timeout")
