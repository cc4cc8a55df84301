"""`Record` does what `@dataclass(frozen=True)` does."""

from __future__ import annotations

import copy
import pickle
from collections.abc import Callable
from dataclasses import FrozenInstanceError, asdict, field, fields, is_dataclass, replace
from typing import Any

import pytest

from jetbridge.record import Record


class Point(Record):
    x: int
    names: list[str] = field(default_factory=list[str])
    secret: str = field(default="s", repr=False)


class Other(Record):
    x: int
    names: list[str] = field(default_factory=list[str])
    secret: str = field(default="s", repr=False)


class Named(Record, kw_only=True):
    y: int = 0
    x: int


class Checked(Record):
    x: int

    def __post_init__(self) -> None:
        if self.x < 0:
            raise ValueError("negative")


def test_it_is_a_dataclass() -> None:
    assert is_dataclass(Point)
    assert [each.name for each in fields(Point)] == ["x", "names", "secret"]
    assert asdict(Point(1)) == {"x": 1, "names": [], "secret": "s"}
    assert replace(Point(1, ["a"]), x=2) == Point(2, ["a"])


def test_equality_is_by_class_and_fields() -> None:
    assert Point(1) == Point(x=1)
    assert Point(1) != Point(2)
    assert Point(1) != Other(1)
    assert hash(Checked(1)) == hash(Checked(1))
    assert {Checked(1), Checked(1)} == {Checked(1)}


def test_defaults_are_made_for_each() -> None:
    assert Point(1).names is not Point(1).names
    assert Named(x=1).y == 0


def test_repr() -> None:
    assert repr(Point(1)) == "Point(x=1, names=[])"


def _pickled(value: Point) -> Point:
    return pickle.loads(pickle.dumps(value))  # noqa: S301 -- our own bytes


@pytest.mark.parametrize("again", [copy.deepcopy, copy.copy, _pickled])
def test_copies(again: Callable[[Point], Point]) -> None:
    assert again(Point(1, ["a"])) == Point(1, ["a"])


def test_nothing_changes() -> None:
    point = Point(1)
    for change in (lambda: setattr(point, "x", 2), lambda: setattr(point, "new", 2), lambda: delattr(point, "x")):
        with pytest.raises(FrozenInstanceError):
            change()
    assert point == Point(1)


MISFITS: list[tuple[tuple[object, ...], dict[str, object]]] = [
    ((), {}),
    ((1, ["a"], "s", 4), {}),
    ((1,), {"x": 1}),
    ((1,), {"z": 1}),
]


@pytest.mark.parametrize(("args", "kwargs"), MISFITS, ids=["missing", "too many", "twice", "unknown"])
def test_calls_that_do_not_fit(args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
    with pytest.raises(TypeError, match="Point"):
        Point(*args, **kwargs)


def test_keywords_only() -> None:
    make: Any = Named
    with pytest.raises(TypeError, match="Named"):
        make(1)


def test_checks() -> None:
    with pytest.raises(ValueError, match="negative"):
        replace(Checked(1), x=-1)


def test_patterns() -> None:
    match Checked(3):
        case Checked(x):
            assert x == 3
