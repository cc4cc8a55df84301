"""Templates in commands, and values as words by propeller's rules."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jetbridge.errors import BindingError
from jetbridge.idl import Blob, Literal, LiteralCollection, LiteralMap, Primitive, Scalar, Union, Void
from jetbridge.runtime.companion.command import escaped, filled
from jetbridge.runtime.companion.rendering import go_float, literal_text
from jetbridge.types.binary import plain_literal


def primitive(**value: Any) -> Literal:
    """A literal of one of the fields of a primitive; times and durations as Python has them."""
    found = Primitive()
    if "datetime" in value:
        found.datetime.FromDatetime(value["datetime"])
    elif "duration" in value:
        found.duration.FromTimedelta(value["duration"])
    else:
        found = Primitive(**value)
    return Literal(scalar=Scalar(primitive=found))


@given(st.lists(st.text("<>ab{}$")))
def test_a_text_of_the_author_comes_back_as_it_was(words: list[str]) -> None:
    assert filled([escaped(word) for word in words], str.upper) == tuple(words)


@pytest.mark.parametrize(
    ("literal", "text"),
    [
        (primitive(integer=-3), "-3"),
        (primitive(boolean=True), "true"),
        (primitive(float_value=3.0), "3"),
        (primitive(string_value="a 'b' $c"), "a 'b' $c"),
        (primitive(datetime=datetime(2024, 1, 2, 3, 4, 5, tzinfo=UTC)), "2024-01-02T03:04:05Z"),
        (primitive(datetime=datetime(2024, 1, 2, 3, 4, 5, 1000, tzinfo=UTC)), "2024-01-02T03:04:05.001Z"),
        (primitive(duration=timedelta(seconds=90)), "seconds:90"),
        (Literal(scalar=Scalar(blob=Blob(uri="s3://b/k"))), "s3://b/k"),
        (plain_literal({"a": 1, "b": [1.5, None, True]}), "map[a:1 b:[1.5 <nil> true]]"),
        (Literal(collection=LiteralCollection(literals=[primitive(integer=1), primitive(string_value="b")])), "[1,b]"),
    ],
)
def test_a_value_is_written_as_propeller_does(literal: Literal, text: str) -> None:
    assert literal_text(literal) == text


@pytest.mark.parametrize(
    "literal",
    [
        Literal(map=LiteralMap(literals={"a": primitive(integer=1)})),
        Literal(scalar=Scalar(union=Union(value=primitive(integer=1)))),
        Literal(scalar=Scalar(none_type=Void())),
    ],
)
def test_what_propeller_has_no_text_for_is_refused(literal: Literal) -> None:
    with pytest.raises(BindingError, match="cannot be written into a command"):
        literal_text(literal)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        # From a Go program that prints these with %v.
        *((100000.0, "100000"), (1e20, "1e+20"), (1e21, "1e+21"), (123456789.0, "1.23456789e+08")),
        *((0.0001, "0.0001"), (0.00001, "1e-05"), (-0.0, "-0"), (float("inf"), "+Inf"), (0.1, "0.1")),
        *((1e300, "1e+300"), (2.5e-7, "2.5e-07"), (-1.5, "-1.5"), (1048576.0, "1.048576e+06")),
        *((999999.0, "999999"), (21000000.0, "2.1e+07"), (3.0, "3"), (1234567.5, "1.2345675e+06")),
    ],
)
def test_a_float_is_written_as_go_does(value: float, text: str) -> None:
    assert go_float(value) == text
