"""The same file for both SDKs: what a flytekit user has after changing the import, and before.

`loaded(sdk, …)` runs this text with `task`, `workflow`, … of one of the two.
"""

from __future__ import annotations

import importlib.util
import sys
import types
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

SOURCE = '''
import datetime
from dataclasses import dataclass
from datetime import timedelta
from enum import Enum
from typing import Dict, List, NamedTuple, Optional, Tuple

from {sdk} import Cache, CronSchedule, FixedRate, LaunchPlan, Resources, Secret, task, workflow


class Color(Enum):
    RED = "red"
    BLUE = "blue"


@dataclass
class Line:
    slope: float
    points: List[int]


class Ends(NamedTuple):
    low: int
    high: int


@task
def plain(n: int) -> int:
    """What it does.

    And more of it.
    """
    return n


@task(
    retries=3,
    timeout=timedelta(minutes=5),
    cache=Cache(version="v1", serialize=True, ignored_inputs=("b",)),
    interruptible=True,
    deprecated="use plain",
    environment={{"B": "2", "A": "1"}},
    container_image="ghcr.io/me/img:2",
    requests=Resources(cpu="1", mem="500Mi"),
    limits=Resources(cpu="2", mem="1Gi", gpu="1", ephemeral_storage="2Gi"),
    secret_requests=[Secret(group="db", key="password"), Secret("g", "k", "v", Secret.MountType.FILE, "ENV")],
    labels={{"team": "birds"}},
    annotations={{"note": "x"}},
    pod_template_name="big",
)
def full(a: int, b: str = "x") -> Tuple[int, str]:
    return a, b


@task(resources=Resources(cpu=("1", "2"), mem="1Gi"), enable_deck=True, timeout=90, interruptible=False)
def sized(n: float = 2.5) -> None:
    pass


@task
def typed(
    color: Color,
    line: Line,
    maybe: Optional[int],
    when: datetime.datetime,
    span: timedelta,
    flag: bool,
    items: List[int],
    table: Dict[str, float],
) -> Ends:
    return Ends(1, 2)


@task
def made(n: int) -> Line:
    return Line(1.0, [n])


@task
def optional(a: int, b: Optional[int] = None, c: str = "c") -> int:
    return a


@task
def say(text: str):
    pass


@task
def collect(values: List[int], table: Dict[str, int], floats: Optional[List[float]] = None) -> Ends:
    return Ends(0, 0)


@workflow
def simple(n: int = 3) -> int:
    return plain(n=plain(n=n))


@workflow(interruptible=True)
def wide(n: int, name: str, color: Color = Color.BLUE, maybe: Optional[int] = None) -> Tuple[int, float, str]:
    """A workflow.

    With more words.
    """
    line = made(n=n)
    first = optional(a=n).with_overrides(
        node_name="first_One",
        retries=2,
        timeout=timedelta(seconds=30),
        interruptible=False,
        requests=Resources(cpu="3"),
        limits=Resources(cpu="4"),
    )
    a, b = full(a=first, b=name)
    ends = collect(values=[first, 4, n], table={{"x": ends_of(n), "y": 2}})
    void = say(text=line.points[0] if False else "constant")
    last = plain(n=ends.low)
    void >> last
    typed(
        color=color,
        line=line,
        maybe=maybe,
        when=datetime.datetime(2026, 1, 2, 3, 4, 5, tzinfo=datetime.timezone.utc),
        span=timedelta(hours=1),
        flag=True,
        items=[1, 2],
        table={{"a": 1.5}},
    )
    plain(n=line.points[0]).with_overrides(container_image="other:3")
    sized(n=line.slope)
    return last, line.slope, b


def ends_of(n):
    return plain(n=n)


default = LaunchPlan.get_or_create(workflow=simple)
nightly = LaunchPlan.get_or_create(
    workflow=simple,
    name="nightly",
    fixed_inputs={{"n": 5}},
    schedule=CronSchedule(schedule="0 6 * * 1-5"),
)
often = LaunchPlan.get_or_create(
    workflow=wide,
    name="often",
    default_inputs={{"n": 1}},
    fixed_inputs={{"name": "x", "color": Color.RED}},
    schedule=FixedRate(timedelta(hours=36)),
    max_parallelism=4,
)
hourly = LaunchPlan.create("hourly", simple, schedule=FixedRate(duration=timedelta(minutes=90)))
daily = LaunchPlan.create("daily", simple, schedule=CronSchedule(schedule="@daily"))
'''


@contextmanager
def loaded(sdk: str, folder: Path, source: str = SOURCE, **modules: str) -> Generator[types.ModuleType]:
    """The module under the name `same`, which is among the imported ones until the block ends."""
    path = folder / "same.py"
    path.write_text(source.format(sdk=sdk, **modules))
    spec = importlib.util.spec_from_file_location("same", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["same"] = module
    try:
        spec.loader.exec_module(module)
        yield module
    finally:
        del sys.modules["same"]
