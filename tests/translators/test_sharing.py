"""Branches that build on another: each is written once, decided once, and means the same on every back end."""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from typing import Any, cast

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from jetbridge.bindings import Bind, InputRef, parse, references, render
from jetbridge.idl import Literal, LiteralMap, LiteralType, Primitive, Scalar, SimpleType
from jetbridge.runtime.conditions import holds
from jetbridge.runtime.layout import inputs_uri, outputs_uri
from jetbridge.runtime.run_data import RunData
from jetbridge.store import open_store
from jetbridge.types.json_codec import to_json
from jetbridge_translators.airflow.values import Values
from jetbridge_translators.plan.inline import inline
from jetbridge_translators.plan.model import AnyNode, Branch, Plan, Step, SubWorkflow, walk
from tests.conformance.read_back import argo
from tests.conformance.read_back.graph import differences
from tests.conformance.read_back.of_plan import graph_of
from tests.translators import chains
from tests.translators.airflow.test_nodes import functions, written
from tests.translators.argo.files import texts
from tests.translators.plan_helpers import plan

INTEGER = LiteralType(simple=SimpleType.INTEGER)
LENGTHS = (1, 2, 3, 6, 40)
FUNCTIONS: Mapping[str, Callable[[int], int]] = {"same": lambda n: n, "more": lambda n: n + 1, "less": lambda n: n - 2}
_TOLD = re.compile(r"\{\{ .*?xcom_pull\('([\w.]+)'.*\['value:o0'\]( \| default\(''\))? \}\}")


@cache
def chain(length: int) -> Plan:
    return inline(plan(chains.chain(length)))


@cache
def nested() -> Plan:
    return inline(plan(chains.deep))


def integer(value: int) -> Literal:
    return Literal(scalar=Scalar(primitive=Primitive(integer=value)))


class Simulated:
    """A run of an inlined plan in a folder, as an engine would do it; `ran` are the names of the tasks that ran."""

    def __init__(self, whole: Plan, folder: Path, n: int) -> None:
        self.root = f"file://{folder / uuid.uuid4().hex}"
        self.ran: dict[str, int] = {}
        self._store = open_store()
        self._store.write(inputs_uri(self.root), LiteralMap(literals={"n": integer(n)}).SerializeToString())
        for node in whole.nodes:
            self._run(node)

    def value(self, bind: Bind) -> int:
        data = RunData(self._store, self.root)
        return cast("int", to_json(data.resolve(parse(render(bind, {})), INTEGER)))

    def _run(self, node: AnyNode) -> None:
        match node:
            case Step():
                made = FUNCTIONS[node.template.id.name.rpartition(".")[2]](self.value(node.args["n"]))
                self.ran[node.name] = made
                outputs = LiteralMap(literals={"o0": integer(made)})
                self._store.write(outputs_uri(self.root, node.path), outputs.SerializeToString())
            case Branch():
                data = RunData(self._store, self.root)
                taken = (case.node for case in node.cases if holds(case.condition, data.resolve))
                self._run(next(taken, cast("AnyNode", node.otherwise)))
            case SubWorkflow():
                for inner in node.body.nodes:
                    self._run(inner)
            case _:
                raise AssertionError(node)


def longest(whole: Plan) -> int:
    binds = [bind for node in walk(whole.nodes) for bind in node.args.values()]
    return max(len(render(bind, {})) for bind in [*binds, *(output.bind for output in whole.outputs)])


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(length=st.sampled_from(LENGTHS), n=st.integers(-50, 50))
def test_a_chain_of_branches_gives_what_python_gives(length: int, n: int, tmp_path: Path) -> None:
    whole = chain(length)
    run = Simulated(whole, tmp_path, n)
    assert run.value(whole.outputs[0].bind) == chains.decided(length, n)
    assert len(run.ran) == length + 1


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(n=st.integers(-5, 15))
def test_branches_in_workflows_that_hand_their_inputs_on(n: int, tmp_path: Path) -> None:
    run = Simulated(nested(), tmp_path, n)
    expected = n
    for _ in range(4):
        expected = expected + 1 if expected < 0 else expected - 2 if expected > 9 else expected
    assert run.value(nested().outputs[0].bind) == expected


def test_a_text_grows_with_the_number_of_branches() -> None:
    assert longest(chain(40)) < 40 * 150
    assert longest(chain(40)) - longest(chain(6)) < 8 * (longest(chain(6)) - longest(chain(1)))


@pytest.mark.parametrize("flow", [chains.chain(6), chains.deep], ids=["chain", "nested"])
def test_argo_s_files_hold_the_same_choices(flow: Any) -> None:
    made = plan(flow)
    read = argo.read({str(number): text.encode() for number, text in enumerate(texts(made))})
    assert not differences(argo.as_expected(graph_of(made)), read)


def test_a_text_of_a_sub_workflow_holds_each_input_once() -> None:
    manifest = texts(plan(chains.deep))[0]
    inner = [line for line in manifest.splitlines() if "/.n = " in line]
    assert inner
    assert all(line.count("{{inputs.parameters.n}}") == 1 for line in inner)


@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(length=st.sampled_from([1, 2, 3, 6]), n=st.integers(-20, 20))
def test_an_airflow_file_decides_as_the_entrypoint_does(length: int, n: int, tmp_path: Path) -> None:
    whole = chain(length)
    run = Simulated(whole, tmp_path, n)
    choose = dag_functions(length)["choose"]
    steps = [node for node in walk(whole.nodes) if isinstance(node, Step)]
    values = Values(task_ids={step.path: step.name for step in steps}, inputs={})
    for branch in (node for node in whole.nodes if isinstance(node, Branch)):
        assert branch.otherwise is not None
        cases = {case.node.name: _rendered(values.condition(case.condition), run.ran) for case in branch.cases}
        assert choose(cases, branch.otherwise.name) in run.ran


@cache
def dag_functions(length: int) -> Mapping[str, Any]:
    return functions(written(chains.chain(length)))


def _rendered(tree: Any, told: Mapping[str, int]) -> Any:
    """What Airflow makes of the templates, when these tasks have run."""
    if isinstance(tree, dict):
        return {key: _rendered(value, told) for key, value in cast("dict[str, Any]", tree).items()}
    if isinstance(tree, list):
        return [_rendered(item, told) for item in cast("list[Any]", tree)]
    found = _TOLD.fullmatch(tree)
    return tree if found is None else str(told.get(found.group(1), ""))


def test_no_input_is_left_in_what_a_sub_workflow_gives() -> None:
    names = {each.name for output in nested().outputs for each in references(output.bind) if isinstance(each, InputRef)}
    assert names <= {"n"}
