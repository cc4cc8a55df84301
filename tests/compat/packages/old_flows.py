"""One workflow of each kind that flytekit has written differently over time. Packaged by several versions of it."""

import enum
from dataclasses import dataclass
from datetime import timedelta
from typing import List, Optional

from dataclasses_json import DataClassJsonMixin
from flytekit import CronSchedule, LaunchPlan, Resources, conditional, dynamic, map_task, task, workflow
from flytekit.types.file import FlyteFile


@dataclass
class Point(DataClassJsonMixin):
    x: int
    y: float = 0.5


class Size(enum.Enum):
    SMALL = "small"
    LARGE = "large"


@task(cache=True, cache_version="1", retries=1, timeout=timedelta(minutes=5), requests=Resources(cpu="1"))
def square(n: int) -> int:
    return n * n


@task
def move(point: Point, by: int) -> Point:
    return Point(point.x + by, point.y)


@task
def inc(n: int) -> int:
    return n + 1


@task
def name_of(size: Size, note: Optional[str] = None) -> str:
    return f"{size.value} {note}"


@task
def write(text: str) -> FlyteFile:
    with open("out.txt", "w") as file:
        file.write(text)
    return FlyteFile("out.txt")


@dynamic
def grow(n: int) -> List[int]:
    return [square(n=i) for i in range(n)]


@workflow
def mapped(numbers: List[int] = [1, 2, 3]) -> List[int]:
    return map_task(square)(n=numbers)


@workflow
def structs(point: Point = Point(1, 2.5), by: int = 2) -> Point:
    return move(point=point, by=by)


@workflow
def attribute(by: int = 2) -> int:
    return inc(n=move(point=Point(1, 2.5), by=by).x)


@workflow
def enums(size: Size = Size.SMALL) -> str:
    return name_of(size=size)


@workflow
def files(text: str = "a") -> FlyteFile:
    return write(text=text)


@workflow
def chosen(n: int = 3) -> int:
    return conditional("size").if_(n > 2).then(inc(n=n)).else_().then(square(n=n))


@workflow
def grown(n: int = 3) -> List[int]:
    return grow(n=n)


nightly = LaunchPlan.get_or_create(
    chosen, "old_flows.nightly", schedule=CronSchedule(schedule="0 3 * * *"), fixed_inputs={"n": 9}
)
