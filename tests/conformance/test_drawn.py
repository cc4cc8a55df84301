"""T0 to T3 for random workflows: what is true of the cases is true of workflows that nobody has thought of.

`JETBRIDGE_GRAPHS=5000 pytest tests/conformance/test_drawn.py` looks at so many, which are others each time.
"""

from __future__ import annotations

import importlib.metadata
import os
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from jetbridge.bindings import Bind, Choice, EachOf, Let, ListOf, MapOf, OutputRef, parse, render
from jetbridge.serialize.closure import Closure
from jetbridge_translators import registry
from jetbridge_translators.base import Backend, Settings
from jetbridge_translators.capability import Level
from jetbridge_translators.handler import TaskHandler
from jetbridge_translators.plan.build import build
from jetbridge_translators.plan.conditions import operands
from jetbridge_translators.plan.features import uses
from jetbridge_translators.plan.inline import inline
from jetbridge_translators.plan.model import AnyNode, Branch, MapNode, Plan, Step, walk
from tests.conformance.drawn.workflows import closures
from tests.conformance.profile import Writing, Written, find, profiles, writings
from tests.conformance.read_back.graph import differences
from tests.conformance.read_back.of_plan import graph_of

GRAPHS = os.environ.get("JETBRIDGE_GRAPHS", "")
READABLE = {name: found.read_back for name, found in profiles().items() if found.read_back is not None}
many = settings(
    max_examples=int(GRAPHS or 100),
    deadline=None,
    derandomize=not GRAPHS,
    database=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)


@pytest.fixture(scope="module", autouse=True)
def entry_points_are_read_once() -> Iterator[None]:
    """Each look-up reads the metadata of every installed distribution, which takes longer than a translation."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(importlib.metadata, "entry_points", cache(importlib.metadata.entry_points))
        yield


@cache
def handler(task_type: str) -> TaskHandler | None:
    return registry.handler(task_type, find)


@many
@given(closures())
def test_a_plan_refers_to_what_it_holds(closure: Closure) -> None:
    plan = build(closure, handler)
    whole = inline(plan)
    nodes = tuple(walk(whole.nodes if whole.failure_node is None else (*whole.nodes, whole.failure_node)))
    makers = {node.path for node in nodes if not isinstance(node, Branch)}
    paths = [node.path for node in nodes if isinstance(node, Step)]
    for bind in _binds(whole, nodes):
        assert parse(render(bind, {})) == bind
        assert set(_sources(bind)) <= makers
    assert len(set(paths)) == len(paths)
    # An element is called like its map.
    maps = sum(isinstance(node, MapNode) for node in nodes)
    assert len({node.name for node in nodes}) == len(nodes) - maps


@pytest.mark.parametrize("name", sorted(READABLE))
@settings(many, max_examples=int(GRAPHS or 75))
@given(data=st.data())
def test_files_hold_the_graph_of_the_plan(name: str, data: st.DataObject) -> None:
    closure = data.draw(closures())
    writing = data.draw(st.sampled_from([each for each in writings() if each.backend == name]))
    backend, reader = registry.backend(name, find), READABLE[name]
    plan = build(closure, handler)
    if not {use.feature for use in uses(plan)} <= _kept(backend, writing.target) - reader.unread:
        return
    files = _files(plan, backend, writing)
    assert files == _files(build(closure, handler), backend, writing)
    assert not differences(reader.rounded(graph_of(plan)), reader.read(files))
    assert not _problems(files, writing)


def test_what_is_drawn_uses_what_the_cases_use() -> None:
    """Otherwise the tests above would prove little."""
    drawn: set[str] = set()

    @settings(many, max_examples=50)
    @given(closures())
    def gather(closure: Closure) -> None:
        drawn.update(use.feature for use in uses(build(closure, handler)))

    gather()
    assert drawn >= {"sub-workflow", "branch", "map", "map-partial-success", "map-parallelism", "gate-sleep"}
    assert drawn >= {"bindings-collection", "workflow-inputs", "workflow-outputs", "task-retries", "task-timeout"}


def _kept(backend: Backend, target: str) -> set[str]:
    return {cell.feature for cell in backend.capabilities if cell.at(target).level is not Level.REFUSED}


def _files(plan: Plan, backend: Backend, writing: Writing) -> Mapping[str, bytes]:
    assert backend.translate is not None
    given = Settings(store="s3://example/runs", target=writing.target, options=writing.options)
    return backend.translate(plan, given).files


def _problems(files: Mapping[str, bytes], writing: Writing) -> Sequence[str]:
    """What the engine's own tools find, where they are quick and need no folder."""
    found = profiles()[writing.backend]
    if found.validate is None or found.validate_marker:
        return ()
    return found.validate([Written(case="drawn", writing=writing, files=files)], Path())


def _binds(plan: Plan, nodes: tuple[AnyNode, ...]) -> Iterator[Bind]:
    yield from (output.bind for output in plan.outputs)
    for node in nodes:
        yield from node.args.values()
        if isinstance(node, Branch):
            yield from (bind for case in node.cases for bind in operands(case.condition))


def _sources(bind: Bind) -> Iterator[str]:
    """The nodes whose data a binding reads, but for names that it defines itself."""
    match bind:
        case OutputRef():
            yield bind.node
        case EachOf():
            yield bind.node
            yield from _sources(bind.over)
        case ListOf():
            yield from (source for item in bind.items for source in _sources(item))
        case MapOf():
            yield from (source for _, item in bind.entries for source in _sources(item))
        case Choice():
            others = [] if bind.otherwise is None else [bind.otherwise]
            for each in (*(part for condition, then in bind.cases for part in (*operands(condition), then)), *others):
                yield from _sources(each)
        case Let():
            names: set[str] = set()
            for each in bind.definitions:
                yield from set(_sources(each.bind)) - names
                names.add(each.node)
            yield from set(_sources(bind.value)) - names
        case _:
            return
