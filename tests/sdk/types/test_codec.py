# ruff: noqa: UP045 -- both spellings of a union are meant
"""Literals as JSON and as text on the command line."""

from __future__ import annotations

import datetime as dt
import json
import math
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from typing import Any, Optional

import pandas
import pytest
from google.protobuf.timestamp_pb2 import Timestamp
from hypothesis import given, settings
from hypothesis import strategies as st

from jetbridge.bindings import json_text
from jetbridge.errors import TypeTransformError
from jetbridge.idl import Binary, Literal, LiteralType, Primitive, Scalar, SimpleType
from jetbridge.store import open_store
from jetbridge.types import TransformContext, literal_type, to_literal, to_python
from jetbridge.types.binary import plain_literal
from jetbridge.types.describe import describe
from jetbridge.types.directory import FlyteDirectory
from jetbridge.types.file import FlyteFile
from jetbridge.types.json_codec import from_json, is_exact, parse_text, to_json

# A type checker does not know flytekit's FlyteFile["csv"].
CSV: Any = FlyteFile.__class_getitem__("csv")
CONTEXT = TransformContext(open_store(), "file:///unused", Path("unused"))


class Color(Enum):
    RED = "red"
    BLUE = "blue"


@dataclass
class Point:
    x: int
    y: float = 0.5


def literal_of(value: object, python_type: Any) -> Literal:
    return to_literal(CONTEXT, value, python_type, literal_type(python_type))


# A NaN with its sign set is not exact in JSON, and goes as a literal.
floats = st.floats(allow_nan=False) | st.just(math.nan)
stamps = st.datetimes(dt.datetime(1, 1, 1)).map(lambda value: value.replace(tzinfo=dt.UTC))
TYPED: list[tuple[Any, st.SearchStrategy[Any]]] = [
    (int, st.integers(-(2**63), 2**63 - 1)),
    (str, st.text()),
    (float, floats),
    (dt.datetime, stamps),
    (dt.timedelta, st.timedeltas(dt.timedelta(days=-3_000_000), dt.timedelta(days=3_000_000))),
    (list[float | None], st.lists(st.none() | st.floats(allow_nan=False))),
    (dict[str, Color], st.dictionaries(st.text(), st.sampled_from(Color))),
    (int | str | None, st.integers(-5, 5) | st.text() | st.none()),
    (Point, st.builds(Point, x=st.integers(-(2**63), 2**63 - 1), y=st.floats(allow_nan=False, allow_infinity=False))),
]


@settings(max_examples=30, deadline=None)
@given(data=st.data())
@pytest.mark.parametrize(("python_type", "values"), TYPED, ids=lambda each: str(each)[:30])
def test_json_is_exact(python_type: Any, values: st.SearchStrategy[Any], data: st.DataObject) -> None:
    literal = literal_of(data.draw(values), python_type)
    assert is_exact(literal, literal_type(python_type))


plain = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**63), 2**64 - 1) | floats | st.text() | st.binary(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text() | st.integers(0, 9), inner, max_size=3),
    max_leaves=8,
)


@settings(max_examples=100, deadline=None)
@given(st.dictionaries(st.text() | st.integers(0, 9), plain, max_size=3))
def test_is_exact_tells_the_truth_about_structs(value: dict[object, object]) -> None:
    literal = plain_literal(value)
    again = from_json(json.loads(json_text(to_json(literal))), literal_type(dict))
    assert is_exact(literal, literal_type(dict)) == (again == literal)
    json.loads(json.dumps(to_json(literal), allow_nan=False))


def with_hash(literal: Literal) -> Literal:
    changed = Literal.FromString(literal.SerializeToString())
    changed.hash = "abc"
    return changed


@pytest.mark.parametrize(
    ("literal", "python_type"),
    [
        (literal_of(1, int), Optional[int]),
        (literal_of({1: 2}, dict[int, int]), dict),
        (plain_literal({"b": b"x"}), dict),
        (with_hash(literal_of(1, int)), int),
        (Literal(), int),
    ],
    ids=["plain in a union", "int keys", "bytes", "hash", "empty"],
)
def test_what_json_cannot_carry_is_not_exact(literal: Literal, python_type: Any) -> None:
    assert not is_exact(literal, literal_type(python_type))


@pytest.mark.parametrize(
    ("python_type", "value", "shown"),
    [
        (dt.datetime, dt.datetime(2026, 1, 31, 8, tzinfo=dt.timezone(dt.timedelta(hours=2))), "2026-01-31T06:00:00Z"),
        (dt.date, dt.date(2026, 1, 31), "2026-01-31T00:00:00Z"),
        (dt.timedelta, dt.timedelta(hours=1, minutes=30), "5400s"),
        (dt.timedelta, dt.timedelta(milliseconds=-1500), "-1.500s"),
        (Color, Color.RED, "red"),
        (Optional[int], None, None),
        (Optional[list[int]], [1], [1]),
        (dict[str, int], {"b": 1, "a": 2}, {"a": 2, "b": 1}),
        (Point, Point(1), {"x": 1, "y": 0.5}),
        (float, float("-inf"), "-Infinity"),
        (CSV, "s3://b/k.csv", "s3://b/k.csv"),
        (dict[int, bool], {1: True}, {"1": True}),
    ],
    ids=str,
)
def test_json_for_people(python_type: Any, value: Any, shown: object) -> None:
    assert to_json(literal_of(value, python_type)) == shown


def test_stored_data_is_its_uri() -> None:
    for python_type in (CSV, FlyteDirectory, pandas.DataFrame):
        literal = from_json("s3://b/k", literal_type(python_type))
        assert to_json(literal) == "s3://b/k"
        assert is_exact(literal, literal_type(python_type))
    frame = from_json("s3://b/k", literal_type(pandas.DataFrame))
    assert frame.scalar.structured_dataset.metadata.structured_dataset_type.format == "parquet"


@pytest.mark.parametrize(
    ("value", "python_type", "says"),
    [
        ("3", int, "expected int, got '3' (text)"),
        (3.0, int, "expected int, got 3.0 (a number)"),
        (True, int, "expected int, got True (a boolean)"),
        (2**63, int, "expected int"),
        (10**400, float, "expected float"),
        (1, str, "expected str, got 1 (an integer)"),
        (1, bool, "expected bool"),
        ("tomorrow", dt.datetime, "expected datetime, got the text 'tomorrow'"),
        ("2026-13-01", dt.datetime, "expected datetime"),
        (5, dt.timedelta, "expected timedelta"),
        ("soon", dt.timedelta, "expected timedelta, got the text 'soon'"),
        ("green", Color, "expected enum[red, blue], got 'green'"),
        ({"a": 1}, list[int], "expected list[int], got {'a': 1} (an object)"),
        ([1, [None]], list[int], "[1]: expected int, got [None] (an array)"),
        ({"a": {"b": "x"}}, dict[str, dict[str, int]], "['a']['b']: expected int"),
        ([], dict, "expected dict, got [] (an array)"),
        ({"y": 1}, Point, "Point: it lacks the field 'x'"),
        (1.5, Optional[int], "expected int | None, got 1.5 (a number)"),
        (None, int, "expected int, got None (null)"),
        (1, FlyteFile, "expected file, got 1"),
        (1, pandas.DataFrame, "expected DataFrame, got 1"),
    ],
    ids=str,
)
def test_json_of_another_type_is_refused(value: object, python_type: Any, says: str) -> None:
    with pytest.raises(TypeTransformError) as caught:
        from_json(value, literal_type(python_type))
    assert says in caught.value.message
    assert caught.value.hint


def test_a_type_without_json_is_refused() -> None:
    with pytest.raises(TypeTransformError, match="expected binary"):
        from_json("x", LiteralType(simple=SimpleType.BINARY))
    with pytest.raises(TypeTransformError, match="out of range"):
        to_json(Literal(scalar=Scalar(primitive=Primitive(datetime=Timestamp(seconds=10**15)))))
    with pytest.raises(TypeTransformError, match="no JSON value"):
        to_json(Literal(scalar=Scalar(binary=Binary(value=b"\xd4\x05x", tag="msgpack"))))
    with pytest.raises(TypeTransformError, match="no JSON value"):
        to_json(Literal(scalar=Scalar(primitive=Primitive())))


@pytest.mark.parametrize(
    ("text", "python_type", "value"),
    [
        ("3", int, 3),
        ("-0", int, 0),
        ("1e3", float, 1000.0),
        ("nan", float, "nan"),
        (' "a" ', str, ' "a" '),
        ("Yes", bool, True),
        ("false", bool, False),
        ("2026-01-31", dt.datetime, dt.datetime(2026, 1, 31, tzinfo=dt.UTC)),
        ("2026-01-31T08:00:00+02:00", dt.datetime, dt.datetime(2026, 1, 31, 6, tzinfo=dt.UTC)),
        ("2026-01-31T08:00:00.123456789Z", dt.datetime, dt.datetime(2026, 1, 31, 8, 0, 0, 123456, tzinfo=dt.UTC)),
        ("2026-01-31", dt.date, dt.date(2026, 1, 31)),
        ("90s", dt.timedelta, dt.timedelta(seconds=90)),
        ("1h30m", dt.timedelta, dt.timedelta(minutes=90)),
        ("-1.5h", dt.timedelta, dt.timedelta(minutes=-90)),
        ("1:30:00", dt.timedelta, dt.timedelta(minutes=90)),
        ("2 days, 1:30:00.5", dt.timedelta, dt.timedelta(days=2, minutes=90, seconds=0.5)),
        ("PT1H30M", dt.timedelta, dt.timedelta(minutes=90)),
        ("P1DT0.5S", dt.timedelta, dt.timedelta(days=1, seconds=0.5)),
        ("500ms", dt.timedelta, dt.timedelta(milliseconds=500)),
        ("blue", Color, Color.BLUE),
        ("null", Optional[int], None),
        ("None", Optional[str], None),
        ("3", int | str, 3),
        ("3x", int | str, "3x"),
        ("[1, null]", list[int | None], [1, None]),
        ('{"a": "red"}', dict[str, Color], {"a": Color.RED}),
        ('{"x": 1}', Point, Point(1)),
        ('{"x": 1}', Optional[Point], Point(1)),
        ('["90s"]', list[dt.timedelta], [dt.timedelta(seconds=90)]),
    ],
    ids=str,
)
def test_text_of_the_command_line(text: str, python_type: Any, value: object) -> None:
    found = to_python(CONTEXT, parse_text(text, literal_type(python_type)), python_type)
    assert found == value or str(found) == value


@pytest.mark.parametrize(
    ("text", "python_type", "says", "hints"),
    [
        ("3.5", int, "expected int, got the text '3.5'", "whole number"),
        ("9" * 5000, int, "expected int, got the text '999", "whole number"),
        ("0001-01-01T00:00+02:00", dt.datetime, "expected datetime", "ISO 8601"),
        ("1_000", int, "expected int", "whole number"),
        ("x", float, "expected float, got the text 'x'", "number"),
        ("maybe", bool, "expected bool", "true or false"),
        ("bleu", Color, "got the text 'bleu'", "Did you mean 'blue'? Use one of: red, blue."),
        ("", dt.timedelta, "expected timedelta", "1h30m"),
        ("P", dt.timedelta, "expected timedelta", "1h30m"),
        ("[1,", list[int], "expected list[int], got the text '[1,'", "JSON, such as [1, 2]"),
        ("x", Point, "expected Point", "JSON"),
        ("x", Optional[int], "expected int | None, got the text 'x'", "Write a int or None"),
        ("", FlyteFile, "expected file", "path or URI"),
    ],
    ids=str,
)
def test_text_that_is_refused(text: str, python_type: Any, says: str, hints: str) -> None:
    with pytest.raises(TypeTransformError) as caught:
        parse_text(text, literal_type(python_type))
    assert says in caught.value.message
    assert hints in caught.value.hint


@pytest.mark.parametrize("python_type", [FlyteFile, FlyteDirectory, pandas.DataFrame, Optional[FlyteFile]], ids=str)
def test_paths_become_absolute_uris(python_type: Any) -> None:
    assert to_json(parse_text("data/a.csv", literal_type(python_type))) == f"file://{Path.cwd()}/data/a.csv"
    assert to_json(parse_text("s3://b/a.csv", literal_type(python_type))) == "s3://b/a.csv"


@pytest.mark.parametrize(
    ("python_type", "name"),
    [
        (int, "int"),
        (dt.timedelta, "timedelta"),
        (list[dict[str, float]], "list[dict[str, float]]"),
        (int | None, "int | None"),
        (Point, "Point"),
        (dict, "dict"),
        (Color, "enum[red, blue]"),
        (CSV, "file[csv]"),
        (FlyteDirectory, "directory"),
        (pandas.DataFrame, "DataFrame"),
    ],
    ids=str,
)
def test_types_have_names_that_people_know(python_type: Any, name: str) -> None:
    assert describe(literal_type(python_type)) == name
