"""Texts through Jinja as Airflow sets it up: what comes out is what was meant."""

from __future__ import annotations

import json
from collections.abc import Mapping
from types import SimpleNamespace

import jinja2.sandbox
import pytest
from hypothesis import given
from hypothesis import strategies as st

from jetbridge.bindings import InputRef, JsonConstant, ListOf, MapOf, OutputRef, json_text, parse
from jetbridge.errors import JetbridgeError
from jetbridge_translators.airflow.jinja import TEMPLATE_ENDINGS, Jinja, Scope, fill, join, plain, template
from jetbridge_translators.work import BindingMacro, JsonTree, Macro, Text
from tests.translators.airflow.hostile import HOSTILE
from tests.translators.airflow.kubernetes_expansion import expand

# As `airflow.sdk.definitions._internal.templater.create_template_env` makes it.
ENVIRONMENT = jinja2.sandbox.SandboxedEnvironment(
    undefined=jinja2.StrictUndefined, extensions=["jinja2.ext.do"], cache_size=0
)
TEXTS = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]))
ARGS = {
    "n": InputRef("n"),
    "items": InputRef("items", ("a b", 0)),
    "both": ListOf((OutputRef("n0", "o0"), InputRef("n"), MapOf((("k", InputRef("items")),)))),
    "fixed": InputRef("fixed"),
    "ending": OutputRef("n0", "json"),
}


def scope(expands_dollars: bool = False) -> Scope:
    return Scope(
        run_root=("s3://b/dag/", Jinja("{{ run_id }}")),
        node_path="n7",
        args=ARGS,
        fixed={"fixed": json_text("{{ x }}")},
        expands_dollars=expands_dollars,
    )


def rendered(source: str, params: Mapping[str, object] | None = None) -> str:
    assert not source.endswith(TEMPLATE_ENDINGS)
    context = {
        "params": params or {},
        "run_id": "manual__1",
        "ti": SimpleNamespace(try_number=1),
        "macros": SimpleNamespace(json=json),
    }
    return ENVIRONMENT.from_string(source).render(context)


@pytest.mark.parametrize("text", HOSTILE)
def test_a_text_comes_out_as_it_was(text: str) -> None:
    assert rendered(plain(text)) == text
    assert expand(rendered(template(text, scope(True))), {"HOME": "/root", "x": "y"}) == text


@given(TEXTS, TEXTS)
def test_texts_around_a_macro_come_out_as_they_were(before: str, after: str) -> None:
    source = template(Text((before, Macro.NODE_PATH, Macro.ATTEMPT, after)), scope())
    assert rendered(source) == f"{before}n70{after}"


@given(st.lists(st.sampled_from(HOSTILE), max_size=4))
def test_neighbouring_texts_come_out_as_they_were(texts: list[str]) -> None:
    assert rendered(template(Text(tuple(texts)), scope())) == "".join(texts)


def test_harmless_texts_stay_readable() -> None:
    harmless = ("--", "n0.o0", 'json:"Adelie"', "a b", "{x}", "$HOME", "größe", "it's")
    assert [template(text, scope(True)) for text in harmless] == list(harmless)


def test_macros() -> None:
    source = template(Text(("--root=", Macro.RUN_ROOT, "/x")), scope())
    assert source == "--root=s3://b/dag/{{ run_id }}/x"
    assert template(Text((Macro.ATTEMPT,)), scope()) == "{{ ti.try_number - 1 }}"


@pytest.mark.parametrize("value", [*HOSTILE, 3, 1.5, True, None, [1, "$$"], {"b": "<&>'", "a": {"}}": "{{"}}])
@pytest.mark.parametrize("in_pod", [True, False])
def test_a_workflow_input_arrives_as_the_same_json(value: object, in_pod: bool) -> None:
    source = template(Text(("n=", BindingMacro("n"))), scope(in_pod))
    text = rendered(source, {"n": value})
    seen = expand(text, {"HOME": "/root"}) if in_pod else text
    bind = parse(seen.removeprefix("n="))
    assert isinstance(bind, JsonConstant)
    assert json.dumps(json.loads(bind.text)) == json.dumps(value)


def test_bindings_around_workflow_inputs() -> None:
    params = {"n": 3, "items": {"a b": ["x"]}}
    texts = {name: rendered(template(Text((BindingMacro(name),)), scope()), params) for name in ARGS}
    assert texts == {
        "n": "json:3",
        "items": 'json:{"a b": ["x"]}["a b"][0]',
        "both": '[n0.o0, json:3, {"k": json:{"a b": ["x"]}}]',
        "fixed": 'json:"\\u007b\\u007b x \\u007d\\u007d"',
        "ending": "n0.json",
    }
    assert all(parse(text) for text in texts.values())


def test_numbers_need_no_escape_for_kubernetes() -> None:
    numeric = Scope(run_root=(), node_path="n0", args=ARGS, numbers=frozenset({"n"}), expands_dollars=True)
    assert template(Text((BindingMacro("n"),)), numeric) == "json:{{ macros.json.dumps(params['n']) }}"


def test_a_manifest_is_filled_in_every_depth() -> None:
    tree: JsonTree = {"a": ["{{ x }}", {"b": Text(("p=", Macro.NODE_PATH))}, 3, None, True]}
    assert fill(tree, scope()) == {"a": ["{{ '{{ x }}' }}", {"b": "p=n7"}, 3, None, True]}


def test_a_nul_character_is_refused() -> None:
    with pytest.raises(JetbridgeError, match="NUL"):
        join(["a\0b"])
