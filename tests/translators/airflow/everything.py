"""The composites in few workflows, because each run of a real Airflow takes ten seconds before its first task."""

from __future__ import annotations

from typing import Any

from jetbridge import conditional, map_task, workflow
from tests.translators import composites
from tests.translators.composites import add, handle, numbers, odd_fails


@workflow
def everything(n: int = 3) -> tuple[str, str, str, int, int, int, int, int, int, int, int, int, int, int]:
    """Each composite, some of them on both sides of their branches."""
    doubles: Any = composites.nested(n=n)
    mapped: Any = composites.fan_out(n=n)
    nothing: Any = composites.fan_out(n=0)
    return (
        composites.choose(n=7),
        composites.choose(n=n),
        composites.choose(n=1),
        doubles[1],
        composites.by_flag(n=4),
        composites.by_flag(n=5),
        mapped[0],
        nothing[0],
        composites.map_in_branch(n=3),
        composites.total(xs=composites.map_at_once(n=3)),
        composites.total(xs=composites.map_at_once(n=9)),
        composites.losing_some(n=4),
        composites.launching(n=n),
        composites.resting(n=n),
    )


@workflow(on_failure=handle)
def mended(n: int) -> int:
    """A workflow with a failure node of its own."""
    return odd_fails(n=n, factor=2)


@workflow(on_failure=handle)
def failing_inside(n: int = 3) -> tuple[int, int]:
    """The failure of a sub-workflow: both failure nodes run."""
    fine: Any = mended(n=2)
    return mended(n=n), fine


@workflow
def by_element(n: int = 3) -> int:
    """A branch that looks at one element of a map."""
    tens: Any = map_task(add)(a=numbers(n=n), b=numbers(n=n))
    return conditional("first").if_(tens[0] == 1).then(add(a=n)).else_().then(add(a=n, b=2))  # type: ignore[return-value]
