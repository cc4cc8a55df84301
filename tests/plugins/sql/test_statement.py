"""Templates in statements: values become parameters, and what cannot be one is refused with the place."""

from __future__ import annotations

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jetbridge_plugins.sql.statement import Identifier, Parameter, StatementError, excerpt, folded, parse

X, Y = Parameter("x"), Parameter("y")


@pytest.mark.parametrize(
    ("template", "pieces"),
    [
        ("SELECT 1", ("SELECT 1",)),
        ("SELECT {{ .inputs.x }}, {{.inputs.y}}", ("SELECT ", X, ", ", Y)),
        ("SELECT {{ $inputs.x}}", ("SELECT ", X)),
        ("SELECT a FROM t WHERE b IN ({{ .inputs.x }})", ("SELECT a FROM t WHERE b IN (", X, ")")),
        ("SELECT a WHERE b = '{{ .inputs.x }}'", ("SELECT a WHERE b = ", Parameter("x", as_text=True))),
        ("SELECT 'it''s' || {{ .inputs.x }}", ("SELECT 'it''s' || ", X)),
        ("SELECT * FROM {{ .inputs.x | identifier }}", ("SELECT * FROM ", Identifier("x"))),
        ("SELECT a IS DISTINCT FROM {{ .inputs.x }}", ("SELECT a IS DISTINCT FROM ", X)),
        ("SELECT EXTRACT(YEAR FROM {{ .inputs.x }})", ("SELECT EXTRACT(YEAR FROM ", X, ")")),
        ("SELECT 1 /* {{ .inputs.x }} */", ("SELECT 1",)),
        ("SELECT 1 -- {{ .inputs.x }}\n, 2", ("SELECT 1 \n, 2",)),
        ("SELECT ';', {{ .inputs.x }};  -- done; really\n", ("SELECT ';', ", X, "  -- done; really")),
        ("SELECT $$ ; ' $$, {{ .inputs.x }}", ("SELECT $$ ; ' $$, ", X)),
        ('SELECT "a;b"', ('SELECT "a;b"',)),
    ],
)
def test_values_become_parameters(template: str, pieces: tuple[object, ...]) -> None:
    assert parse(template).pieces == pieces


@pytest.mark.parametrize(
    ("template", "says", "column"),
    [
        ("SELECT * FROM {{ .inputs.x }}", "stands where a name belongs", 15),
        ("SELECT * FROM a JOIN {{ .inputs.x }} ON true", "stands where a name belongs", 22),
        ("UPDATE {{ .inputs.x }} SET a = 1", "stands where a name belongs", 8),
        ("INSERT INTO {{ .inputs.x }} VALUES (1)", "stands where a name belongs", 13),
        ("SELECT a FROM t ORDER BY {{ .inputs.x }}", "stands where a name belongs", 26),
        ("SELECT 1 AS {{ .inputs.x }}", "stands where a name belongs", 13),
        ("SELECT t_{{ .inputs.x }}", "stands where a name belongs", 10),
        ("SELECT {{ .inputs.x }}.a", "stands where a name belongs", 8),
        ("SELECT '%{{ .inputs.x }}%'", "inside a string", 10),
        ("SELECT E'{{ .inputs.x }}'", "inside a string", 10),
        ('SELECT "{{ .inputs.x }}"', "inside a quoted name", 9),
        ("SELECT $t$ {{ .inputs.x }} $t$", "inside a dollar-quoted string", 12),
        ("SELECT {{ .inputs.x | raw }}", "no filter 'raw'", 23),
        ("SELECT 1; DROP TABLE t", "a second statement", 11),
        ("  ", "the statement is empty", 1),
    ],
)
def test_what_is_no_value_is_refused_with_the_place(template: str, says: str, column: int) -> None:
    with pytest.raises(StatementError, match=says) as caught:
        parse(template)
    assert f"line 1, column {column}:" in caught.value.message
    assert caught.value.hint


def test_inputs_and_templates_must_fit() -> None:
    with pytest.raises(StatementError, match="no input 'z'"):
        parse("SELECT {{ .inputs.z }}", ["x"])
    with pytest.raises(StatementError, match="does not use the input x"):
        parse("SELECT 1", ["x"])
    assert parse("SELECT {{ .inputs.x }}", ["x"]).inputs == {"x"}


def test_a_second_statement_is_found_behind_comments() -> None:
    with pytest.raises(StatementError) as caught:
        parse("SELECT 1;\n-- now\n  DELETE FROM t")
    assert "line 3, column 3:\n      DELETE FROM t\n      ^" in caught.value.message


def test_folding_keeps_strings_and_drops_line_comments() -> None:
    text = "SELECT  'a  b' -- it's two\n  , \"c  d\"\n\tFROM t /* a\n b */ WHERE {{  .inputs.x }}  "
    assert folded(text) == "SELECT 'a  b' , \"c  d\" FROM t /* a b */ WHERE {{ .inputs.x }}"


def test_an_excerpt_of_a_long_line_shows_the_place() -> None:
    shown = excerpt("x" * 300 + "!" + "y" * 300, 300).splitlines()
    assert shown[0] == "  line 1, column 301:"
    assert shown[1][shown[2].index("^")] == "!"


@given(st.text(alphabet="ab'\"`$;-/*{}.| \n", max_size=60))
def test_any_text_is_read_or_refused(text: str) -> None:
    with suppress(StatementError):
        assert not parse(text).inputs
