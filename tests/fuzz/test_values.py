"""Random types against random values, in JSON and as literals."""

from __future__ import annotations

import json
from contextlib import suppress
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from jetbridge.errors import TypeTransformError
from jetbridge.idl import Literal, LiteralType
from jetbridge.types.casting import is_castable
from jetbridge.types.fits import fits
from jetbridge.types.json_codec import from_json, parse_text, to_json
from tests.fuzz.entries import read_literal, read_type
from tests.fuzz.profiles import fuzzed
from tests.fuzz.strategies import json_values, literal_types, literals


@fuzzed
@given(literal=literals)
def test_any_literal_as_every_type(literal: Literal) -> None:
    read_literal(literal)


@fuzzed
@given(declared=literal_types, other=literal_types)
def test_any_two_types(declared: LiteralType, other: LiteralType) -> None:
    read_type(declared, other)


@fuzzed
@given(declared=literal_types, literal=literals)
def test_any_literal_against_any_type(declared: LiteralType, literal: Literal) -> None:
    fits(literal, declared)


@fuzzed
@given(declared=literal_types, value=json_values)
def test_json_of_any_type_is_text_again(declared: LiteralType, value: Any) -> None:
    with suppress(TypeTransformError):
        json.dumps(to_json(from_json(value, declared)))


@fuzzed
@given(declared=literal_types, text=st.text(max_size=20))
def test_text_of_any_type(declared: LiteralType, text: str) -> None:
    with suppress(TypeTransformError):
        parse_text(text, declared)


@fuzzed
@given(declared=literal_types, literal=literals)
def test_castability_does_not_depend_on_the_copy(declared: LiteralType, literal: Literal) -> None:
    copy = LiteralType.FromString(declared.SerializeToString())
    assert is_castable(declared, copy) == is_castable(copy, declared)
