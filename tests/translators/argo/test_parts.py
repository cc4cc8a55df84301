"""Workflows of more nodes than one DAG may have."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jetbridge.bindings import Comparison, JsonConstant, OutputRef
from jetbridge_translators.argo.parts import Part, count_tasks, parts_of
from jetbridge_translators.argo.places import places_of
from jetbridge_translators.plan.controls import with_controls
from jetbridge_translators.plan.model import Body, Branch, Case, Plan, Step
from tests.translators.argo.files import template
from tests.translators.argo.plans import container_work, plan, step, task_template

TASK = task_template()


def nodes(after: dict[int, list[int]]) -> tuple[Step, ...]:
    return tuple(
        step(f"n{at}", container_work(args=("--",)), template=TASK, after=tuple(f"n{before}" for before in found))
        for at, found in after.items()
    )


def body(*steps: Step) -> Body:
    return Body(name="b", description="", inputs=(), nodes=steps, outputs=())


def reached(parts: tuple[Part, ...]) -> dict[str, set[str]]:
    """Every part that must have succeeded before, for each."""
    found: dict[str, set[str]] = {}
    for part in parts:
        found[part.name] = set(part.after).union(*(found[before] for before in part.after))
    return found


@st.composite
def graphs(draw: st.DrawFn) -> dict[int, list[int]]:
    size = draw(st.sampled_from([1, 7, 12, 40, 90]))
    near = draw(st.sampled_from([1, 3, 90]))
    return {
        at: sorted(draw(st.sets(st.integers(max(0, at - near), at - 1), max_size=2))) if at else []
        for at in range(size)
    }


@settings(deadline=None, max_examples=60)
@given(after=graphs(), limit=st.integers(2, 9))
def test_every_node_is_in_one_part_and_waits_for_what_it_needs(after: dict[int, list[int]], limit: int) -> None:
    given_body = body(*nodes(after))
    parts = parts_of(given_body, limit)
    if len(after) <= limit:
        assert parts == ()
        return
    where = {node.id: part.name for part in parts for node in part.nodes}
    before = reached(parts)
    assert sorted(where) == sorted(node.id for node in given_body.nodes)
    assert sum(len(part.nodes) for part in parts) == len(after)
    assert all(len(part.nodes) <= limit for part in parts)
    for node in given_body.nodes:
        for needed in node.after:
            assert where[needed] == where[node.id] or where[needed] in before[where[node.id]]
    for part in parts:
        order = [node.id for node in part.nodes]
        assert all(needed in order[: order.index(node.id)] or where[needed] != part.name for node in part.nodes
                   for needed in node.after)  # fmt: skip


NONE: list[int] = []


@pytest.mark.parametrize(
    ("after", "waits"),
    [
        (dict.fromkeys(range(450), NONE), [0, 0, 0]),
        ({at: [at - 1] if at else NONE for at in range(450)}, [0, 1, 1]),
        ({0: NONE, **{at: [0] for at in range(1, 451)}}, [0, 1, 1, 1]),
        ({**dict.fromkeys(range(450), NONE), 450: list(range(450))}, [0, 0, 0, 3]),
        ({0: NONE, **{at: [0] for at in range(1, 451)}, 451: list(range(1, 451))}, [0, 1, 1, 1, 3]),
        ({at: [at - 2] if at > 1 else NONE for at in range(500)}, [0, 1, 0, 1]),
    ],
    ids=["apart", "chain", "fan-out", "fan-in", "both", "two-chains"],
)
def test_what_is_independent_stays_so(after: dict[int, list[int]], waits: list[int]) -> None:
    parts = parts_of(body(*nodes(after)))
    assert [len(part.after) for part in parts] == waits


def branch(name: str, after: tuple[str, ...]) -> Branch:
    work = container_work(args=("--",))
    found = step(f"{name}-n0", work, template=TASK), step(f"{name}-n1", work, template=TASK)
    first, second = (replace(each, path=each.path.replace("-", "/")) for each in found)
    test = Comparison("gt", "integer", OutputRef("n0", "o0"), JsonConstant("3"))
    return Branch(
        id=name, path=name, name=name, args={}, after=after, location=None,
        cases=(Case(test, first),), otherwise=second, error="", outputs=("o0",),
    )  # fmt: skip


def far_apart() -> Plan:
    """A branch at the end of a chain compares what its first node gave."""
    chain = nodes({at: [at - 1] if at else [] for at in range(260)})
    last = branch("n260", ("n0", "n259"))
    asks = step(
        "n261", container_work("n", args=("--",)), template=TASK, args={"n": OutputRef("n260", "o0")}, after=("n260",)
    )
    deciding = Comparison("eq", "integer", OutputRef("n260", "o0"), JsonConstant("1"))
    again = replace(branch("n262", ("n260",)), cases=(Case(deciding, branch("n262", ()).cases[0].node),))
    made = plan(*chain)
    whole = with_controls(replace(made, nodes=(*chain, last, asks, again)))
    return replace(made, nodes=whole.nodes)


def test_parts_tell_each_other_what_they_must_know() -> None:
    made = {each["name"]: each for each in template(far_apart())["spec"]["templates"]}
    dags: dict[str, Any] = {name: each for name, each in made.items() if "dag" in each}
    outer = dags["pipeline"]
    assert [task["name"] for task in outer["dag"]["tasks"]] == ["part0", "part1"]
    first, second = (dags[f"jetbridge-pipeline-part{number}"] for number in (0, 1))
    assert len(first["dag"]["tasks"]) == 200
    (told,) = first["outputs"]["parameters"]
    assert told == {
        "name": "integer-of-n0-value_o0",
        "valueFrom": {"expression": "tasks.n0.outputs.parameters.value_o0", "default": ""},
    }
    given = {each["name"]: each["value"] for each in outer["dag"]["tasks"][1]["arguments"]["parameters"]}
    assert given["integer-of-n0-value_o0"] == "{{=tasks.part0.outputs.parameters['integer-of-n0-value_o0']}}"
    assert {each["name"] for each in second["inputs"]["parameters"]} == {"run-root", "integer-of-n0-value_o0"}
    guards = {task["name"]: task["when"] for task in second["dag"]["tasks"] if "when" in task}
    assert guards["n260n0"] == "{{=int(inputs.parameters['integer-of-n0-value_o0']) > 3}}"
    assert "tasks.n260n0.status == 'Succeeded'" in guards["n262n0"]
    assert outer["dag"]["tasks"][1]["depends"] == "part0.Succeeded"


def test_argo_s_names_of_nodes_in_parts() -> None:
    places = places_of(far_apart()).nodes
    assert places["part0.n0"].path == "n0"
    assert places["part1.n260n0"].path == "n260/n0"


def test_a_branch_counts_all_that_it_may_run() -> None:
    assert count_tasks(branch("n1", ())) == 2
    assert count_tasks(replace(branch("n1", ()), otherwise=None)) == 2
