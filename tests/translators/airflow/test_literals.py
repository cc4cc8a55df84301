"""Strings and expressions as Python source."""

from __future__ import annotations

import ast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jetbridge_translators.airflow.expressions import Expr, Name, Prefixed, call
from jetbridge_translators.airflow.literals import pieces, quoted
from jetbridge_translators.airflow.pretty import LINE_LENGTH, source
from tests.translators.airflow.hostile import HOSTILE

LEAVES = st.one_of(st.none(), st.booleans(), st.integers(), st.floats(allow_nan=False, allow_infinity=False), st.text())
TREES = st.recursive(LEAVES, lambda tree: st.lists(tree, max_size=5) | st.dictionaries(st.text(), tree, max_size=5))


@given(st.text())
def test_a_quoted_string_means_itself(text: str) -> None:
    assert ast.literal_eval(quoted(text)) == text
    assert "\n" not in quoted(text)


@pytest.mark.parametrize("text", HOSTILE)
def test_pieces_of_a_string_mean_it_and_keep_to_the_width(text: str) -> None:
    parts = pieces(text, 40)
    assert "".join(ast.literal_eval(part) for part in parts) == text
    assert all(len(part) <= 40 for part in parts)


@given(TREES)
def test_an_expression_means_itself(tree: Expr) -> None:
    assert ast.literal_eval(source(tree, indent=4, before=10, after=1)) == tree


def test_what_does_not_fit_is_one_element_a_line() -> None:
    words: list[Expr] = [f"word number {number}" for number in range(9)]
    lines = source(call("airflow.sdk.Param", words, type="array"), indent=4).split("\n")
    assert lines[:3] == ["Param(", "        [", '            "word number 0",']
    assert lines[-2:] == ['        type="array",', "    )"]
    assert all(len(line) <= LINE_LENGTH for line in lines)


def test_an_option_before_a_constant_is_an_f_string() -> None:
    assert source(Prefixed("--run-root=", Name("RUN_ROOT"))) == 'f"--run-root={RUN_ROOT}"'
