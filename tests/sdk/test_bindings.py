"""Bindings as text: what is written is what is read, and nothing in it looks like a template."""

from __future__ import annotations

import json
import re
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jetbridge.bindings import (
    MAX_DEPTH,
    AttrPath,
    Bind,
    Choice,
    Comparison,
    Condition,
    Conjunction,
    Definition,
    EachOf,
    Failure,
    InputRef,
    JsonConstant,
    Let,
    ListOf,
    MapOf,
    OutputRef,
    ProtoConstant,
    follow,
    json_text,
    parse,
    relocate,
    render,
)
from jetbridge.errors import BindingError

HOSTILE = [
    "{{x}}",
    "{%",
    "{#",
    "}}",
    "\x7f",
    "\x00",
    'a"b',
    "a\\",
    "[0]",
    "a, b",
    "é",
    "\ud800",
    "json:",
    "日本",
    ".a",
    ": ",
]
TEXTS = st.one_of(st.sampled_from(HOSTILE), st.text(max_size=12))
NAMES = st.from_regex(r"[A-Za-z_][A-Za-z0-9_]{0,8}", fullmatch=True)
NODES = st.from_regex(r"n[0-9]{1,3}(/[a-z0-9-]{1,6})?", fullmatch=True)
PATHS = st.lists(st.one_of(TEXTS, st.integers(0, 10**6)), max_size=3).map(tuple)
JSON: st.SearchStrategy[Any] = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(allow_nan=False, allow_infinity=False), TEXTS),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(TEXTS, inner, max_size=3)),
    max_leaves=8,
)
LEAVES: st.SearchStrategy[Bind] = st.one_of(
    st.builds(InputRef, NAMES, PATHS),
    st.builds(OutputRef, NODES, NAMES, PATHS),
    st.builds(JsonConstant, JSON.map(json_text), PATHS),
    st.builds(ProtoConstant, st.binary(max_size=20), PATHS),
    st.just(Failure()),
)
OPERATORS = st.sampled_from(["eq", "ne", "gt", "ge", "lt", "le"])
COMPARISONS = st.builds(Comparison, OPERATORS, st.sampled_from(["integer", "string"]), LEAVES, LEAVES)
CONDITIONS: st.SearchStrategy[Condition] = st.one_of(
    COMPARISONS, st.builds(Conjunction, st.sampled_from(["and", "or"]), COMPARISONS, COMPARISONS)
)
BINDS: st.SearchStrategy[Bind] = st.recursive(
    LEAVES,
    lambda inner: st.one_of(
        st.builds(EachOf, inner, NODES, NAMES, st.booleans()),
        st.builds(Choice, st.lists(st.tuples(CONDITIONS, inner), min_size=1, max_size=3).map(tuple), st.none() | inner),
        st.builds(Let, st.lists(st.builds(Definition, NODES, NAMES, inner), max_size=3).map(tuple), inner),
        st.lists(inner, max_size=3).map(lambda items: ListOf(tuple(items))),
        st.dictionaries(TEXTS, inner, max_size=3).map(lambda entries: MapOf(tuple(sorted(entries.items())))),
    ),
    max_leaves=6,
)
TEMPLATES = re.compile(r"\{\{|\{%|\{#|[\x00-\x1f\x7f]")


@given(BINDS)
def test_what_is_rendered_is_parsed(bind: Bind) -> None:
    assert parse(render(bind, {})) == bind


@given(BINDS)
def test_a_rendered_binding_holds_no_template(bind: Bind) -> None:
    assert not TEMPLATES.search(render(bind, {}))


@given(JSON)
def test_json_text_means_the_same_and_holds_no_template(value: Any) -> None:
    text = json_text(value)
    assert json.loads(text) == value
    assert text.isascii()
    assert not TEMPLATES.search(text)


@given(st.text(max_size=40))
def test_any_text_is_a_binding_or_a_binding_error(text: str) -> None:
    for prefix in ("", "json:", "pb:", "n0.o0", "[", "{", "each(n0.o0, ", "if(gt(integer, n0.o0, "):
        with suppress(BindingError):
            bind = parse(prefix + text)
            assert parse(render(bind, {})) == bind


@pytest.mark.parametrize(
    "text",
    [
        "",
        "n0",
        "n0.",
        ".o0",
        "n0.o0 ",
        "n0.o0[x]",
        "n0.o0[-1]",
        "n0.o0[01]",
        "n0.o0[٣]",
        r'n0.o0["\x"]',
        'n0.o0["\n"]',
        f"n0.o0[{'1' * 5000}]",
        "../n0.o0",
        "json:",
        "json:{",
        "json: 3",
        "pb:C",
        "pb:CgIIAw",
        "[n0.o0",
        "[n0.o0,n1.o0]",
        '{"a":n0.o0}',
        "{a: n0.o0}",
        r'{"\x": n0.o0}',
        "[n0.o0]]",
        "each(n0.o0)",
        "each(n0.o0, json:1)",
        "some(n0.o0, n2.o0",
        "if(n0.o0, n1.o0, n2.o0)",
        "if(gt(n0.o0, json:3), n1.o0, n2.o0)",
        "if(and(gt(integer, n0.o0, json:3)), n1.o0, n2.o0)",
        "if(gt(integer, n0.o0, json:3), n1.o0)",
        "nothing()",
    ],
)
def test_a_bad_text_is_refused_with_the_column(text: str) -> None:
    with pytest.raises(BindingError, match="at column"):
        parse(text)


@pytest.mark.parametrize(
    "text",
    [
        "each(" * 100_000,
        "if(" + "and(" * 100_000,
        "[" * 100_000,
        "[" * 100_000 + "]" * 100_000,
        '{"a": ' * 100_000,
        "json:" + "[" * 100_000,
    ],
)
def test_a_depth_bomb_is_a_binding_error(text: str) -> None:
    with pytest.raises(BindingError):
        parse(text)


def test_depth_up_to_the_limit_is_read() -> None:
    text = "[" * MAX_DEPTH + "n0.o0" + "]" * MAX_DEPTH
    assert render(parse(text), {}) == text


def test_a_back_end_says_how_an_input_is_written() -> None:
    bind = ListOf((InputRef("n", ("a",)), InputRef("m")))
    assert render(bind, {"n": "json:{{inputs.parameters.n}}"}) == "[json:{{inputs.parameters.n}}.a, inputs.m]"


@pytest.mark.parametrize(
    ("text", "path", "expected"),
    [
        ("[n0.o0, n1.o0]", (1, "a"), "n1.o0.a"),
        ('{"k": [json:3]}', ("k", 0), "json:3"),
        ("each(n0.o0, n2.o0)", (4, "a"), "n2/4.o0.a"),
        (
            'if(eq(string, n0.o0, json:"x"), n1/n0.o0, nothing())',
            (0,),
            'if(eq(string, n0.o0, json:"x"), n1/n0.o0[0], nothing())',
        ),
        ("pb:CgIIAw==", ("a",), "pb:CgIIAw==.a"),
    ],
)
def test_attributes_are_followed_without_data(text: str, path: AttrPath, expected: str) -> None:
    assert render(follow(parse(text), path), {}) == expected
    assert follow(parse(text), ()) == parse(text)


@pytest.mark.parametrize(
    ("text", "path"),
    [
        ("[n0.o0]", (1,)),
        ("[n0.o0]", ("a",)),
        ('{"k": n0.o0}', ("j",)),
        ("each(n0.o0, n1.o0)", ("a",)),
        ("failure()", (0,)),
    ],
)
def test_an_attribute_that_cannot_be_is_a_binding_error(text: str, path: AttrPath) -> None:
    with pytest.raises(BindingError, match="there is no"):
        follow(parse(text), path)


def test_a_sub_workflow_s_binding_as_its_caller_sees_it() -> None:
    inside = parse("[n0.o0, inputs.x.a, each(inputs.xs, n1.o0), if(lt(float, inputs.y, n0.o1), n2.o0, inputs.z)]")
    given = {"x": parse("n5.o0"), "xs": parse("each(n3.o0, n4.o0)"), "y": parse("json:2.5")}
    assert render(relocate(inside, "n7/", given), {}) == (
        "[n7/n0.o0, n5.o0.a, each(each(n3.o0, n4.o0), n7/n1.o0), if(lt(float, json:2.5, n7/n0.o1), n7/n2.o0, inputs.z)]"
    )
