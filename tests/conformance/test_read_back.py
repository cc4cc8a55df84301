"""T3: the graph that a back end's files hold is the plan's, for every case."""

from __future__ import annotations

from dataclasses import replace

import pytest

from jetbridge_translators.plan.features import uses
from tests.conformance import making
from tests.conformance.case import Case
from tests.conformance.cases import CASES
from tests.conformance.profile import Writing, profiles, writings
from tests.conformance.read_back.graph import GraphNode, differences
from tests.conformance.read_back.of_plan import graph_of
from tests.conformance.refusals import expect

READABLE = {name: found.read_back for name, found in profiles().items() if found.read_back is not None}
WRITINGS = [writing for writing in writings() if writing.backend in READABLE]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
@pytest.mark.parametrize("writing", WRITINGS, ids=lambda writing: writing.name)
def test_the_files_hold_the_graph_of_the_plan(request: pytest.FixtureRequest, case: Case, writing: Writing) -> None:
    expect(request, case, writing.backend, writing.target)
    reader = READABLE[writing.backend]
    if unread := sorted(reader.unread & {use.feature for use in uses(making.plan(case))}):
        pytest.skip(f"what {writing.backend} writes is not read back yet: {', '.join(unread)}")
    files = making.translate(case, writing)
    assert not differences(reader.rounded(graph_of(making.plan(case))), reader.read(files))


@pytest.mark.parametrize("writing", WRITINGS, ids=lambda writing: writing.name)
def test_the_files_of_another_case_hold_another_graph(writing: Writing) -> None:
    first, second, *_ = (case for case in CASES if case.target.startswith("graphs.py"))
    reader = READABLE[writing.backend]
    assert differences(graph_of(making.plan(first)), reader.read(making.translate(second, writing)))


def test_a_difference_of_each_field_is_seen() -> None:
    case = next(case for case in CASES if case.composite)
    graph = graph_of(making.plan(case))
    changed = (
        {"path": "elsewhere"},
        {"kind": "gate"},
        {"runs": "m.f"},
        {"args": (("x", "inputs.x"),)},
        {"after": frozenset({"n0"})},
        {"when": ("not", ("eq", "int", ("input", "n", ()), ("const", 1)))},
        {"retries": 7},
        {"seconds": 0.5},
        {"fan": "all"},
        {"handles": ""},
    )
    assert {name for change in changed for name in change} == set(GraphNode.__dataclass_fields__)
    for change in changed:
        nodes = (replace(graph.nodes[0], **change), *graph.nodes[1:])  # pyright: ignore[reportArgumentType]
        assert differences(graph, replace(graph, nodes=nodes))
    assert differences(graph, replace(graph, nodes=graph.nodes[1:]))
    assert differences(graph, replace(graph, inputs=("another",)))
    assert not differences(graph, graph)
