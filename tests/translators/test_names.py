"""Names: legal on every engine, and different for different things."""

from __future__ import annotations

import keyword
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jetbridge_translators.plan.names import dns_label, identifier, unique_identifiers, unique_labels

LABEL = re.compile(r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?")
DOTTED = st.from_regex(r"[A-Za-z_][A-Za-z0-9_]{0,12}(\.[A-Za-z_][A-Za-z0-9_]{0,12}){0,3}", fullmatch=True)
NAMES = st.one_of(
    DOTTED,
    st.text(min_size=1, max_size=90),
    st.sampled_from(["a.b_c", "a_b.c", "a-b.c", "A.b", "a.B", "9", "-", "..", "é", "a" * 200, "a" * 201, "x-", "_"]),
)


@given(NAMES, st.integers(16, 63))
def test_a_label_is_legal(name: str, limit: int) -> None:
    label = dns_label(name, limit)
    assert LABEL.fullmatch(label)
    assert len(label) <= limit


@given(st.lists(NAMES, min_size=2, max_size=8, unique=True))
def test_different_names_have_different_labels(names: list[str]) -> None:
    assert len({dns_label(name) for name in names}) == len(names)


@given(st.lists(NAMES, min_size=1, max_size=10))
def test_unique_labels_are_legal_and_different(names: list[str]) -> None:
    labels = unique_labels(names)
    assert set(labels) == set(names)
    assert len(set(labels.values())) == len(set(names))
    assert all(LABEL.fullmatch(label) for label in labels.values())
    assert unique_labels(names) == labels


@given(NAMES)
def test_an_identifier_is_one(name: str) -> None:
    word = identifier(name)
    assert word.isidentifier()
    assert word.isascii()
    assert not keyword.iskeyword(word)
    assert identifier(word) == word


@given(st.dictionaries(st.from_regex(r"[a-z0-9-]{1,6}", fullmatch=True), NAMES, max_size=8))
def test_unique_identifiers_are_identifiers_and_different(words: dict[str, str]) -> None:
    names = unique_identifiers(words)
    assert list(names) == list(words)
    assert len(set(names.values())) == len(words)
    assert all(name.isidentifier() and name.isascii() and not keyword.iskeyword(name) for name in names.values())


@pytest.mark.parametrize(
    ("words", "names"),
    [
        ({"n0": "fit", "n1": "fit_n2", "n2": "fit"}, {"n0": "fit_n0", "n1": "fit_n2", "n2": "fit_n2_2"}),
        ({"a-b": "x", "a_b": "x"}, {"a-b": "x_a_b", "a_b": "x_a_b_2"}),
        ({"n0": "class", "n1": "a²", "n2": "ﬁt"}, {"n0": "class_", "n1": "a", "n2": "t"}),
    ],
)
def test_clashes_are_settled(words: dict[str, str], names: dict[str, str]) -> None:
    assert unique_identifiers(words) == names
