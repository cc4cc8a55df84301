"""Texts of bindings, durations and times."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.fuzz.entries import TEXTS, read_binding
from tests.fuzz.profiles import fuzzed

PIECES = st.sampled_from(
    (
        *("n0", ".o0", "inputs", ".n", "json:", "pb:", "CgIIAw==", "[", "]", "{", "}", ", ", ": ", '"a"', "[0]"),
        *('["b c"]', "1", "/", "1.5", "true", "null", "\\u007b", "1h", "30m", "PT", "2026-01-31", "T08:00", "Z"),
        *("+02:00", "-", "é", "\x00"),
    )
)


@pytest.mark.parametrize("kind", TEXTS)
@fuzzed
@given(text=st.lists(PIECES, max_size=12).map("".join) | st.text(max_size=40))
def test_any_text(kind: str, text: str) -> None:
    TEXTS[kind](text)


@pytest.mark.parametrize("piece", ["[", '{"a": ', "json:[", 'json:{"a":', "json:-", "n/"])
@pytest.mark.parametrize("count", [10, 63, 64, 65, 1_000, 100_000])
def test_deep_and_long_bindings(piece: str, count: int) -> None:
    read_binding(piece * count)
