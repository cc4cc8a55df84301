# ruff: noqa: UP007, UP045 -- both spellings of a union are meant
"""Values to literals and back; what is refused, and how it is said."""

from __future__ import annotations

import datetime as dt
import subprocess
import sys
import tempfile
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import Enum
from pathlib import Path
from typing import Annotated, Any, NamedTuple, NewType, Optional, Union

import pytest
from google.protobuf.timestamp_pb2 import Timestamp
from hypothesis import given, settings
from hypothesis import strategies as st

from jetbridge.errors import TypeTransformError
from jetbridge.idl import Binary, Literal, LiteralType, Primitive, Scalar, SimpleType
from jetbridge.store import open_store
from jetbridge.types import TransformContext, literal_type, to_literal, to_python
from jetbridge.types.binary import plain_literal

CONTEXT = TransformContext(open_store(), f"file://{tempfile.gettempdir()}/unused", Path(tempfile.gettempdir()))


class Color(Enum):
    RED = "red"
    BLUE = "blue"


@dataclass
class Point:
    x: int
    y: float = 0.5


@dataclass(frozen=True)
class Report:
    title: str
    at: dt.datetime
    points: list[Point]
    by_name: dict[str, Point | None]
    color: Color
    took: dt.timedelta
    pair: tuple[int, str]
    tags: set[str] = field(default_factory=set[str])
    data: bytes = b""
    either: int | str | None = None


UserId = NewType("UserId", int)
finite = st.floats(allow_nan=False)
int64 = st.integers(-(2**63), 2**63 - 1)
naive = st.datetimes(dt.datetime(1, 1, 1), dt.datetime(9999, 12, 31))
aware = naive.map(lambda value: value.replace(tzinfo=dt.UTC))
spans = st.timedeltas(dt.timedelta(days=-3_000_000), dt.timedelta(days=3_000_000))
points = st.builds(Point, x=int64, y=finite)
reports = st.builds(
    Report,
    title=st.text(),
    at=aware | naive,
    points=st.lists(points, max_size=3),
    by_name=st.dictionaries(st.text(), points | st.none(), max_size=3),
    color=st.sampled_from(Color),
    took=st.timedeltas(dt.timedelta(days=-999), dt.timedelta(days=999)),
    pair=st.tuples(int64, st.text()),
    tags=st.sets(st.text(), max_size=3),
    data=st.binary(),
    either=int64 | st.text() | st.none(),
)
TYPED: list[tuple[Any, st.SearchStrategy[Any]]] = [
    (int, int64),
    (float, finite),
    (str, st.text()),
    (bool, st.booleans()),
    (dt.datetime, aware),
    (dt.date, st.dates()),
    (dt.timedelta, spans),
    (Color, st.sampled_from(Color)),
    (list[int], st.lists(int64)),
    (dict[str, list[float]], st.dictionaries(st.text(), st.lists(finite))),
    (dict[int, str], st.dictionaries(int64, st.text())),
    (dict, st.dictionaries(st.text(), int64 | finite | st.booleans() | st.none() | st.lists(st.text()))),
    (Optional[int], int64 | st.none()),
    (int | float | str | bool | dt.datetime | None, int64 | finite | st.text() | st.booleans() | aware | st.none()),
    (list[dict[str, Color | None]], st.lists(st.dictionaries(st.text(), st.sampled_from(Color) | st.none()))),
    (Report, reports),
    (Report | None, reports | st.none()),
    (Annotated[UserId, "note"], int64),
]


def there_and_back(python_type: Any, value: Any) -> Any:
    literal = to_literal(CONTEXT, value, python_type, literal_type(python_type))
    return to_python(CONTEXT, Literal.FromString(literal.SerializeToString()), python_type)


@settings(max_examples=30, deadline=None)
@given(data=st.data())
@pytest.mark.parametrize(("python_type", "values"), TYPED, ids=lambda each: str(each)[:30])
def test_round_trip(python_type: Any, values: st.SearchStrategy[Any], data: st.DataObject) -> None:
    value = data.draw(values)
    again = there_and_back(python_type, value)
    assert again == value
    assert type(again) is type(value)


@settings(max_examples=30, deadline=None)
@given(naive)
def test_naive_datetimes_are_utc(value: dt.datetime) -> None:
    assert there_and_back(dt.datetime, value) == value.replace(tzinfo=dt.UTC)


def test_nan_and_infinity_survive() -> None:
    assert str(there_and_back(list[float], [float("nan"), float("-inf")])) == "[nan, -inf]"


class Pair(NamedTuple):
    a: int


class Mixed(Enum):
    LOW = 1
    HIGH = "high"


class Nobody(Enum):
    pass


class Other:
    pass


@dataclass
class Broken:
    other: Other


@dataclass
class Dangling:
    other: "Nowhere"  # type: ignore[name-defined]  # noqa: F821


@pytest.mark.parametrize(
    ("python_type", "says", "hints"),
    [
        (list, "list has no FlyteIDL type", "list[int]"),
        (tuple, "tuple", "NamedTuple"),
        (tuple[int, str], "tuple[int, str]", "dataclass"),
        (Pair, "Pair", "NamedTuple"),
        (Other, "Other", "never pickled"),
        (bytes, "bytes", "in a dataclass"),
        (set[int], "set[int]", "list[T]"),
        (OrderedDict[str, int], "OrderedDict", "dict[str, T]"),
        (Any, "Any", "never pickled"),
        (Path, "Path", "FlyteFile"),
        (Mixed, "values of int, str", "str value"),
        (Nobody, "no members", "str value"),
        (Broken, "Other cannot be a part of a struct", "FlyteFile"),
        (Dangling, "Nowhere", "top of its module"),
        (list[Other | None], "Other", "dataclass"),
    ],
    ids=str,
)
def test_types_that_are_refused(python_type: Any, says: str, hints: str) -> None:
    with pytest.raises(TypeTransformError) as caught:
        literal_type(python_type)
    assert says in caught.value.message
    assert hints in caught.value.hint


@pytest.mark.parametrize(
    ("python_type", "value", "says"),
    [
        (int, "3", "expected int, got '3' of type str"),
        (int, True, "expected int, got True of type bool"),
        (int, 2**63, "expected a signed 64-bit int"),
        (float, 1, "expected float, got 1 of type int"),
        (str, None, "expected str, got None of type NoneType"),
        (list[int], [1, "x"], "[1]: expected int, got 'x' of type str"),
        (list[int], (1,), "expected list[int], got (1,) of type tuple"),
        (dict[str, list[int]], {"a": [1.5]}, "['a'][0]: expected int, got 1.5 of type float"),
        (dict[str, int], {1: 1}, "expected keys of type str, got 1 of type int"),
        (dict, {"a": object}, "cannot be written as msgpack"),
        (dict, {"a": 2**64}, "cannot be written as msgpack"),
        (dict[int, int], {1: "x"}, "[1]: expected int, got 'x'"),
        (str, "\ud800", "expected str"),
        (dt.timedelta, dt.timedelta.max, "expected timedelta"),
        (dt.datetime, dt.datetime(1, 1, 1, tzinfo=dt.timezone(dt.timedelta(hours=2))), "expected datetime"),
        (Color, "green", "expected Color, got 'green'"),
        (Optional[int], "x", "expected Optional[int], got 'x'"),
        (Point, {"y": 1.0}, "Point lacks the field 'x'"),
        (Point, Point(x="1"), ".x: expected int, got '1'"),  # type: ignore[arg-type]
        (Point, 3, "expected Point, got 3 of type int"),
        (list[Point], [Point(1), Point(2**70)], "[1]: a value of type Point cannot be written as msgpack"),
    ],
    ids=str,
)
def test_values_that_are_refused(python_type: Any, value: Any, says: str) -> None:
    with pytest.raises(TypeTransformError) as caught:
        to_literal(CONTEXT, value, python_type, literal_type(python_type))
    assert says in caught.value.message
    assert caught.value.hint


@dataclass
class Loop:
    inner: list["Loop"]


def test_a_value_that_holds_itself_is_refused() -> None:
    value = Loop([])
    value.inner.append(value)
    with pytest.raises(TypeTransformError, match="holds itself"):
        to_literal(CONTEXT, value, Loop, literal_type(Loop))


def primitive(**value: Any) -> Literal:
    return Literal(scalar=Scalar(primitive=Primitive(**value)))


def test_numbers_convert_as_in_flytekit() -> None:
    assert to_python(CONTEXT, primitive(integer=3), float) == 3.0
    assert to_python(CONTEXT, primitive(float_value=3.0), int) == 3
    with pytest.raises(TypeTransformError, match=r"expected int, got float 3\.5"):
        to_python(CONTEXT, primitive(float_value=3.5), int)


def test_a_union_input_takes_a_plain_literal_and_a_plain_input_a_union() -> None:
    wrapped = to_literal(CONTEXT, 3, Optional[int], literal_type(Optional[int]))
    assert to_python(CONTEXT, primitive(integer=3), Optional[int]) == 3
    assert to_python(CONTEXT, wrapped, int) == 3
    assert to_python(CONTEXT, wrapped, float) == 3.0
    assert to_python(CONTEXT, primitive(integer=3), Union[int, float]) == 3
    assert to_python(CONTEXT, plain_literal(3), Union[int, float]) == 3


@dataclass
class Twin:
    x: int
    y: float = 0.5


def test_a_dataclass_in_a_union_is_found_by_its_class_and_schema() -> None:
    for value in (Point(1), Twin(1)):
        again = there_and_back(Union[Point, Twin], value)
        assert (type(again), again) == (type(value), value)


@pytest.mark.parametrize(
    ("python_type", "make"),
    [
        (Union[list[int], list[str]], list),
        (Union[Point, Twin], lambda: {"x": 1}),
        (Union[dict[str, int], dict[str, float]], dict),
    ],
    ids=["lists", "dataclasses", "dicts"],
)
def test_ambiguity_is_an_error(python_type: Any, make: Callable[[], Any]) -> None:
    with pytest.raises(TypeTransformError, match="fits several variants"):
        to_literal(CONTEXT, make(), python_type, literal_type(python_type))


def test_an_ambiguous_plain_literal_is_an_error() -> None:
    with pytest.raises(TypeTransformError, match="fits several variants"):
        to_python(CONTEXT, primitive(string_value="red"), Union[Color, str])


@pytest.mark.parametrize(
    ("literal", "python_type", "says"),
    [
        (primitive(string_value="x"), int, "got primitive string_value"),
        (primitive(integer=1), bool, "got primitive integer"),
        (primitive(integer=1), list[int], "got primitive integer"),
        (Literal(), int, "got an empty literal"),
        (primitive(string_value="green"), Color, "expected Color, got 'green'"),
        (primitive(integer=1), Optional[str], "expected a literal for Optional[str]"),
        (plain_literal([1, "x"]), list[int], "[1]: expected int"),
        (Literal(scalar=Scalar(binary=Binary(value=b"\xc1", tag="msgpack"))), dict, "is broken"),
        (Literal(scalar=Scalar(binary=Binary(value=b"", tag="pickle"))), dict, "format 'pickle'"),
        (primitive(integer=1), Point, "expected a literal for Point"),
        (primitive(datetime=Timestamp(seconds=10**15)), dt.datetime, "out of its range"),
        (Literal(scalar=Scalar(binary=Binary(value=b"\x81\x90\x01", tag="msgpack"))), dict, "is broken"),
    ],
    ids=lambda each: str(each)[:30],
)
def test_literals_that_are_refused(literal: Literal, python_type: Any, says: str) -> None:
    with pytest.raises(TypeTransformError) as caught:
        to_python(CONTEXT, literal, python_type)
    assert says in caught.value.message


@pytest.mark.parametrize(
    ("plain", "python_type", "value"),
    [
        (3, int, 3),
        ("2026-01-31T00:00:00", dt.datetime, dt.datetime(2026, 1, 31)),
        (1.5, dt.timedelta, dt.timedelta(seconds=1.5)),
        ("red", Color, Color.RED),
        ([1, None], list[int | None], [1, None]),
        ({"x": 1}, Point, Point(1)),
        (None, Optional[Point], None),
        ({"1": {"x": 2.0}}, dict[str, Point], {"1": Point(2)}),
    ],
    ids=str,
)
def test_parts_of_a_struct_become_any_type(plain: object, python_type: Any, value: object) -> None:
    assert to_python(CONTEXT, plain_literal(plain), python_type) == value


def test_a_generic_struct_is_read_with_its_floats_as_ints() -> None:
    literal = Literal()
    literal.scalar.generic.update({"x": 3, "y": 1})
    assert to_python(CONTEXT, literal, Point) == Point(3, 1.0)


def test_an_offloaded_literal_is_fetched(context: TransformContext) -> None:
    uri = context.fresh_uri("literal.pb")
    context.store.write(uri, primitive(integer=7).SerializeToString())
    literal = Literal()
    literal.offloaded_metadata.uri = uri
    assert to_python(context, literal, int) == 7


def test_a_dict_stands_for_a_dataclass() -> None:
    assert there_and_back(Point, {"x": 1}) == Point(1, 0.5)


def test_none_as_a_type_and_annotated_types() -> None:
    assert literal_type(None) == LiteralType(simple=SimpleType.NONE)
    assert literal_type(Annotated[list[Annotated[int, "a"]], "b"]) == literal_type(list[int])


def test_importing_the_type_system_is_cheap() -> None:
    heavy = ["pandas", "pyarrow", "numpy", "pydantic", "rich", "click", "obstore", "msgpack", "jsonschema"]
    code = f"import sys, jetbridge.types.json_codec; print([m for m in {heavy!r} if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
