"""YAML that reads back as the same values, whatever the strings."""

from __future__ import annotations

from typing import Any

import yaml
from hypothesis import given
from hypothesis import strategies as st

from jetbridge_translators.argo.yaml_text import Commented, Tree, Verbatim, document, scalar
from tests.translators.argo.test_hostile import HOSTILE

_TEXT = st.one_of(st.text(), st.sampled_from(HOSTILE), st.text(alphabet="ab \n:#-{}[]'\"\\%!&*,?|>0e.~"))
_TREES: st.SearchStrategy[Any] = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), _TEXT),
    lambda inner: st.one_of(st.lists(inner, max_size=4), st.dictionaries(_TEXT, inner, max_size=4)),
    max_leaves=12,
)


@given(st.dictionaries(_TEXT, _TREES, max_size=4))
def test_a_document_reads_back(tree: dict[str, Tree]) -> None:
    assert (yaml.safe_load(document(tree)) or {}) == tree


@given(_TEXT)
def test_a_scalar_is_one_line(text: str) -> None:
    assert "\n" not in scalar(text)
    assert yaml.safe_load(scalar(text)) == text


@given(_TEXT)
def test_a_comment_stays_a_comment(text: str) -> None:
    written = document({"items": [Commented(text, {"name": "a", "more": 1})]}, header=(text,))
    assert yaml.safe_load(written) == {"items": [{"name": "a", "more": 1}]}
    assert "{{" not in written


def test_the_style() -> None:
    tree: dict[str, Tree] = {
        "command": ["run"],
        "args": ["--n", 'json:"x"'],
        "parameters": [{"name": "x", "value": "{{inputs.parameters.x}}"}],
        "text": "one\ntwo\n",
        "tag": Verbatim("{{=toJson(x)}}"),
        "empty": {},
    }
    expected = [
        "command: [run]",
        "args:",
        "- --n",
        "- 'json:\"x\"'",
        "parameters:",
        '- {name: x, value: "{{inputs.parameters.x}}"}',
        "text: |",
        "  one",
        "  two",
        "tag: {{=toJson(x)}}",
        "empty: {}",
    ]
    assert document(tree) == "\n".join([*expected, ""])
