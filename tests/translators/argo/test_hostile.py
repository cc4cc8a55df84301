"""User strings that Argo, YAML or Kubernetes would take for their own."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from jetbridge.bindings import JsonConstant, MapOf, OutputRef, ProtoConstant, parse
from jetbridge.errors import TranslationError
from jetbridge_translators.argo.escape import OPEN_BRACE, for_container, for_json
from jetbridge_translators.plan.model import Input, Plan
from jetbridge_translators.work import BindingMacro, Macro, ResourceWork, Text
from tests.translators.argo.files import dag_tasks, env, leaf, objects, template, texts, values
from tests.translators.argo.plans import STRING, container_work, plan, step, string, task_template

HOSTILE = (
    "{{inputs.parameters.x}}",
    "{{inputs.parameters.run-root}}",
    "{{=1+1}}",
    "{{ open",
    "${{x}} $${{y}} {{{z}}}",
    "{% raw %}{# no #}",
    "$(rm) $(HOME) $$5",
    'it\'s "quoted" \\ back',
    "line\nline\n\ttab\r\n",
    "\x01\x07\x1b\x7f\x85\u2028\ufeff",
    "🐧 größe \U000e0067",
    "!!python/object/apply:os.system [ls]",
    "yes",
    "- a: b # c",
    " leading and trailing ",
    "",
    "---",
    "%TAG ! tag:x",
    "*alias &anchor",
    "2020-01-01",
    "0x1F",
    "1_000",
    "NULL",
    "~",
    "a.sh",
    "b.json",
)


PLAIN = ("yes", "", "2020-01-01", "0x1F", "1_000", "NULL", "a.sh", "b.json")
"""Those that are labels too."""
CONTROL = frozenset("\x01\x7f")


def _kubelet(text: str, variables: dict[str, str]) -> str:
    """What Kubernetes makes of a container's string (k8s `third_party/forked/golang/expansion`)."""

    def expand(match: re.Match[str]) -> str:
        if match.group() == "$$":
            return "$"
        return variables.get(match.group(1), match.group())

    return re.sub(r"\$\$|\$\(([^)]*)\)", expand, text)


def _argo(text: str, tags: dict[str, str]) -> str:
    """Argo's replacing, which leaves unknown tags alone (valyala/fasttemplate)."""
    return re.sub(r"\{\{(.*?)\}\}", lambda match: tags.get(match.group(1), match.group()), text, flags=re.DOTALL)


def _seen_by_the_process(text: str, **tags: str) -> str:
    return _kubelet(_argo(text, {"inputs.parameters.x": "leak", **tags}), {OPEN_BRACE: "{"})


@pytest.mark.parametrize("text", HOSTILE)
def test_args_reach_the_process_as_kubernetes_would_give_them_and_env_unchanged(text: str) -> None:
    container = leaf(plan(step("n0", container_work(args=(text,), env=(("V", text),)))))["container"]
    assert _seen_by_the_process(container["args"][-1]) == _kubelet(text, {})
    assert _seen_by_the_process(env(container)["V"]) == text


@given(st.text(alphabet="{}$()x=a\\ ", max_size=12))
def test_escaped_text_holds_no_tag_and_comes_back(text: str) -> None:
    assert "{{" not in for_container(text)
    assert _kubelet(for_container(text), {OPEN_BRACE: "{"}) == _kubelet(text, {})
    tagged = for_container(text, before_tag=True) + "{{inputs.parameters.x}}"
    assert _seen_by_the_process(tagged) == _kubelet(text, {}) + "leak"


@pytest.mark.parametrize("text", HOSTILE)
def test_a_constant_reaches_the_entrypoint(text: str) -> None:
    bind = JsonConstant(json.dumps(text, ensure_ascii=False))
    written = values(dag_tasks(plan(step("n0", args={"x": bind})))["n0"])["x"]
    assert "{{" not in written
    assert _seen_by_the_process(f"x={written}") == f"x={written}"
    read = parse(written)
    assert isinstance(read, JsonConstant)
    assert json.loads(read.text) == text


@given(st.text())
def test_json_stays_the_same_value(text: str) -> None:
    safe = for_json(json.dumps(text, ensure_ascii=False))
    assert json.loads(safe) == text
    assert "{{" not in safe
    assert "$" not in safe


def test_keys_of_maps_and_paths_are_safe_too() -> None:
    bind = MapOf((("{{=1}} $$", OutputRef("n0", "o0", ("{{x}}",))),))
    written = values(dag_tasks(plan(step("n0", args={"x": bind})))["n0"])["x"]
    assert parse(written) == bind
    assert "{{" not in written
    assert "$" not in written


def test_a_constant_of_bytes_is_base64() -> None:
    written = values(dag_tasks(plan(step("n0", args={"x": ProtoConstant(b"{{x}}")})))["n0"])["x"]
    assert written == "pb:e3t4fX0="


@pytest.mark.parametrize("text", HOSTILE)
def test_a_default_is_json_that_argo_leaves_alone(text: str) -> None:
    one = plan(step("n0"), inputs=(Input(name="x", type=STRING, default=string(text), description=text),))
    parameter = template(one)["spec"]["arguments"]["parameters"][-1]
    assert json.loads(parameter["value"]) == text
    assert "{{" not in parameter["value"] + parameter["description"]


@pytest.mark.parametrize("text", [text for text in HOSTILE if not CONTROL & set(text)])
def test_an_object_s_strings_arrive(text: str) -> None:
    templated = Text((text, BindingMacro("x"), Macro.ATTEMPT))
    work = ResourceWork(
        manifest={"apiVersion": "v1", "kind": "Job", "spec": {text: text, "list": [text, templated]}},
        success="status.succeeded > 0",
        failure="status.failed > 0",
    )
    manifest = leaf(plan(step("n0", work, args={"x": JsonConstant('"it"')})))["resource"]["manifest"]
    read = yaml.safe_load(_plain(manifest))
    assert read["spec"][text] == text
    assert read["spec"]["list"][0] == text


def _plain(manifest: str) -> str:
    """The manifest with a string for each expression, as Argo's own validation reads it."""
    ours = ("{{=toJson(", "{{=replace(toJson(", "{{workflow.name}}", "{{workflow.uid}}", "{{retries}}")
    assert all(tag.startswith(ours) for tag in re.findall(r"\{\{.*?\}\}", manifest))
    return re.sub(r"\{\{=.*?\}\}", '"expression"', manifest)


def test_the_expression_of_an_object_s_string() -> None:
    work = ResourceWork(
        manifest={
            "apiVersion": "v1",
            "kind": "Job",
            "spec": {"a": Text(("x }} {{\n\"'", Macro.RUN_ROOT, BindingMacro("é")))},
        },
        success="a",
        failure="b",
    )
    task = task_template(variables={"é": STRING})
    manifest: str = leaf(plan(step("n0", work, template=task, args={"é": JsonConstant("1")})))["resource"]["manifest"]
    literal = r'"x \u007d\u007d \u007b\u007b\u000a\u0022' + "'" + '"'
    expression = f"{literal} + inputs.parameters['run-root'] + inputs.parameters['-xe9-']"
    assert rf'a: {{{{=replace(toJson({expression}), "\u007b\u007b", "\u007b\\u007b")}}}}' in manifest


@pytest.mark.parametrize("text", HOSTILE)
def test_descriptions_and_names_do_not_break_the_file(text: str) -> None:
    task = task_template(name=text or "t")
    odd = Plan(
        name=text or "w", description=text, inputs=(), outputs=(), nodes=(step("n0", template=task, name=f"n {text}"),)
    )
    found: list[Any] = objects(odd)
    assert [item["kind"] for item in found] == ["WorkflowTemplate", "Workflow"]
    assert all("{{inputs.parameters.x}}" not in written for written in texts(odd))


@pytest.mark.parametrize("text", [text for text in (*HOSTILE, "\0", "x" * 64) if text not in PLAIN])
def test_a_label_that_kubernetes_does_not_take_is_refused(text: str) -> None:
    for key, value in (("team", text), (text, "team")):
        task = task_template()
        task.metadata.metadata.labels[key] = value
        with pytest.raises(TranslationError, match="label"):
            objects(plan(step("n0", template=task)))


@pytest.mark.parametrize("text", HOSTILE)
def test_an_annotation_arrives_or_is_refused(text: str) -> None:
    task = task_template()
    task.metadata.metadata.annotations["note"] = text
    given = plan(step("n0", template=task))
    if "{{" in text:
        with pytest.raises(TranslationError, match=r"the annotation 'note' holds `\{\{`, which Argo would replace"):
            objects(given)
        return
    assert leaf(given)["metadata"]["annotations"] == {"note": text}


def test_a_tag_of_argo_s_own_in_an_annotation_is_refused() -> None:
    task = task_template()
    task.metadata.metadata.annotations["note"] = "{{workflow.name}}"
    with pytest.raises(TranslationError, match="which Argo would replace"):
        objects(plan(step("n0", template=task)))


def test_a_megabyte_is_refused_wherever_it_stands() -> None:
    large = "x" * 2**20
    places = (
        step("n0", args={"x": JsonConstant(json.dumps(large))}),
        step("n0", container_work(args=(large,))),
        step("n0", container_work(env=(("V", large),))),
    )
    for place in places:
        with pytest.raises(TranslationError, match="at most 131072"):
            objects(plan(place))
    with pytest.raises(TranslationError, match="Argo stores at most"):
        objects(plan(step("n0"), inputs=(Input(name="x", type=STRING, default=string(large)),)))


def test_control_characters_of_an_object_are_refused() -> None:
    work = ResourceWork(manifest={"apiVersion": "v1", "kind": "Job", "a\x7f": "b\x01"}, success="a", failure="b")
    with pytest.raises(TranslationError, match=r"control characters \(U\+0001, U\+007F\)"):
        objects(plan(step("n0", work)))


def test_a_nul_and_an_unusable_variable_are_refused_at_once() -> None:
    work = container_work(args=("a\0b",), env=(("A=B", ""),))
    with pytest.raises(TranslationError) as caught:
        objects(plan(step("n0", work)))
    assert len(caught.value.problems) == 2
    assert "penguins.py:31 task penguins.fit" in str(caught.value)
