"""Lists, maps, dataclasses, pydantic models and their attributes."""

from dataclasses import dataclass, field
from datetime import datetime, timezone
from typing import Any, Dict, List, Optional

import flytekit
from flytekit import task, workflow
from flytekit.types.file import FlyteFile
from pydantic import BaseModel


@dataclass
class Point:
    x: int
    y: float = 0.5


@dataclass
class Shape:
    name: str
    points: List[Point]
    tags: Dict[str, str] = field(default_factory=dict)
    origin: Optional[Point] = None
    made: datetime = datetime(2026, 1, 31, tzinfo=timezone.utc)


@dataclass
class Report:
    title: str
    body: FlyteFile


class Model(BaseModel):
    rate: float
    layers: List[int]
    note: Optional[str] = None


@task
def total(numbers: List[int]) -> int:
    return sum(numbers)


@task
def spread(n: int) -> List[int]:
    return list(range(n))


@task
def table(n: int) -> Dict[str, List[float]]:
    return {f"k{i}": [i / 2] * i for i in range(n)}


@task
def keys(of: Dict[str, List[float]]) -> List[str]:
    return sorted(of)


@task
def free(n: int) -> dict:
    return {"n": n, "deep": {"list": [1, "a", None, 2.5], "flag": True}}


@task
def read_free(of: dict) -> str:
    return f"{of['n']} {of['deep']['list']}"


@task
def draw(n: int) -> Shape:
    return Shape("s", [Point(i) for i in range(n)], {"a": "b"}, Point(-1, 1.5))


@task
def area(shape: Shape) -> float:
    return sum(point.x * point.y for point in shape.points) + (shape.origin.y if shape.origin else 0)


@task
def inc(n: int) -> int:
    return n + 1


@task
def text(s: str) -> str:
    return s + "."


@task
def move(point: Point, by: int) -> Point:
    return Point(point.x + by, point.y)


@task
def points(n: int) -> List[Point]:
    return [Point(i, i / 4) for i in range(n)]


@task
def fit(rate: float) -> Model:
    return Model(rate=rate, layers=[3, 2, 1])


@task
def deepen(model: Model) -> Model:
    return Model(rate=model.rate * 2, layers=[*model.layers, len(model.layers)], note="deeper")


@task
def write(title: str) -> Report:
    path = flytekit.current_context().working_directory + "/report.txt"
    with open(path, "w") as file:
        file.write(f"body of {title}\n")
    return Report(title, FlyteFile(path))


@task
def read(report: Report) -> str:
    with open(report.body) as file:
        return file.read()


@task
def anything(value: Any) -> Any:
    return {"got": value}


@workflow
def lists(n: int = 4) -> tuple[int, int, List[int]]:
    """A list made by a task, one of promises, and one of constants and a promise."""
    made = spread(n=n)
    return total(numbers=made), total(numbers=[inc(n=n), inc(n=2)]), made


@workflow
def maps(n: int = 3) -> tuple[List[str], Dict[str, List[float]]]:
    made = table(n=n)
    return keys(of=made), made


@workflow
def constant_map(n: float = 2.0) -> List[str]:
    return keys(of={"a": [n, 1.0], "b": []})


@workflow
def free_dicts(n: int = 3) -> tuple[str, dict]:
    made = free(n=n)
    return read_free(of=made), made


@workflow
def dataclasses(n: int = 3) -> tuple[Shape, float]:
    shape = draw(n=n)
    return shape, area(shape=shape)


@workflow
def dataclass_input(point: Point = Point(4, 2.5), by: int = 2) -> Point:
    return move(point=point, by=by)


@workflow
def attributes(n: int = 3) -> tuple[int, str, int, str, Point]:
    """Attributes, list items and map entries of what a task gives."""
    shape, numbers, found = draw(n=n), spread(n=n), points(n=n)
    moved = move(point=shape.points[1], by=3)
    return inc(n=shape.points[2].x), text(s=shape.tags["a"]), inc(n=numbers[2]), text(s=shape.name), moved


@workflow
def structs_in_lists(n: int = 3) -> List[Point]:
    return points(n=n)


@workflow
def pydantic_models(rate: float = 0.25) -> tuple[Model, int]:
    model = fit(rate=rate)
    return deepen(model=model), inc(n=model.layers[0])


@workflow
def file_in_struct(title: str = "penguins") -> str:
    return read(report=write(title=title))


@workflow
def pickled(n: int = 2) -> str:
    """A value that only a pickle holds, between two tasks."""
    return text(s=describe(value=wrapped(n=n)))


class Odd:
    def __init__(self, n: int) -> None:
        self.n = n


@task
def wrapped(n: int) -> Odd:
    return Odd(n)


@task
def describe(value: Odd) -> str:
    return f"{type(value).__name__} {value.n}"
