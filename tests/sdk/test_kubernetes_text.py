"""What is written for Kubernetes is read back by its rule."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from jetbridge.kubernetes_text import expanded, unexpanded


@given(st.text(alphabet="$()A x{"))
def test_a_text_comes_back_as_it_was(text: str) -> None:
    assert expanded(unexpanded(text), {"A": "1", "": "2", "x": "3"}) == text
