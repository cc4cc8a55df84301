# `a >> b` alone is a statement of Flyte's, and wrong calls are what is tested.
# pyright: reportUnusedExpression=false, reportUnknownMemberType=false, reportUnknownVariableType=false
# pyright: reportUnknownArgumentType=false
"""Building a workflow: calls become nodes and bindings."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any, cast

import pytest

from jetbridge import Resources, workflow
from tests.sdk.tracing import (
    Ends,
    add,
    ends,
    half,
    inputs,
    line,
    number,
    one,
    pair,
    say,
    shown,
    table,
    template,
    total,
)


def test_calls_by_position_and_by_name_bind_promises_and_constants() -> None:
    @workflow
    def flow(n: int) -> int:
        first = add(n, 2)
        return add(first, b=first, c=n)

    nodes = template(flow).nodes
    assert [node.id for node in nodes] == ["n0", "n1"]
    assert inputs(nodes[0]) == {"a": ".n", "b": "2", "c": "none"}
    assert inputs(nodes[1]) == {"a": "n0.o0", "b": "n0.o0", "c": ".n"}
    assert list(nodes[1].upstream_node_ids) == ["n0"]


def test_a_default_is_bound_as_a_constant_and_an_optional_input_as_none() -> None:
    @workflow
    def flow() -> int:
        return add(a=number())

    nodes = template(flow).nodes
    assert inputs(nodes[0]) == {"n": "1"}
    assert inputs(nodes[1]) == {"a": "n0.o0", "b": "7", "c": "none"}


def test_lists_and_maps_may_hold_promises_and_constants() -> None:
    @workflow
    def flow(n: int) -> int:
        x = number(n=n)
        return total(values=[x, 3, n], table={"b": x, "a": 1}, nested=[[x], [1, 2]])

    node = template(flow).nodes[1]
    assert inputs(node) == {"values": "[n0.o0, 3, .n]", "table": "{a: 1, b: n0.o0}", "nested": "[[n0.o0], [1, 2]]"}
    assert list(node.upstream_node_ids) == ["n0"]


def test_attributes_of_promises_are_paths() -> None:
    @workflow
    def flow(n: int) -> float:
        found, grid = line(n=n), table(n=n)
        add(a=found.points[0], b=cast("Any", grid)["a"][1])
        return half(value=found.slope)

    nodes = template(flow).nodes
    assert inputs(nodes[2]) == {"a": "n0.o0[points][0]", "b": "n1.o0[a][1]", "c": "none"}
    assert inputs(nodes[3]) == {"value": "n0.o0[slope]"}


def test_order_between_single_tuple_and_void_results() -> None:
    @workflow
    def flow(n: int) -> None:
        single, several, void = cast("Any", number(n=n)), cast("Any", ends(n=n)), cast("Any", say(text="a"))
        single >> several >> void
        void >> cast("Any", pair(n=n)) >> cast("Any", number(n=n))

    nodes = template(flow).nodes
    assert [list(node.upstream_node_ids) for node in nodes] == [[], ["n0"], ["n1"], ["n2"], ["n3"]]


def test_the_same_order_twice_is_one_edge() -> None:
    @workflow
    def flow() -> int:
        first = cast("Any", number())
        second = cast("Any", add(a=first))
        first >> second
        first >> second
        return second

    assert list(template(flow).nodes[1].upstream_node_ids) == ["n0"]


RESULTS: list[tuple[Callable[[Any], Any], dict[str, str]]] = [
    (lambda n: number(n=n), {"o0": "n0.o0"}),
    (lambda n: n, {"o0": ".n"}),
    (lambda n: 5, {"o0": "5"}),
    (lambda n: ends(n=n).high, {"o0": "n0.high"}),
    (lambda n: one(n=n).only, {"o0": "n0.only"}),
]


@pytest.mark.parametrize(
    ("make", "expected"),
    RESULTS,
)
def test_a_single_output_may_be_a_promise_an_input_or_a_constant(
    make: Callable[[Any], Any], expected: dict[str, str]
) -> None:
    @workflow
    def flow(n: int) -> int:
        result = make(n)
        say(text="one node at least")
        return result

    assert {binding.var: shown(binding.binding) for binding in template(flow).outputs} == expected


def test_several_outputs_may_be_a_tuple_or_a_tasks_own_results() -> None:
    @workflow
    def own(n: int) -> Ends:
        return ends(n=n)

    @workflow
    def mixed(n: int) -> tuple[int, str, list[int]]:
        whole, text = pair(n=n)
        return whole, text, [whole, 2]

    assert [shown(binding.binding) for binding in template(own).outputs] == ["n0.low", "n0.high"]
    assert [binding.var for binding in template(own).outputs] == ["low", "high"]
    assert [shown(binding.binding) for binding in template(mixed).outputs] == ["n0.o0", "n0.o1", "[n0.o0, 2]"]


def test_overrides_change_only_their_node() -> None:
    @workflow
    def flow(n: int) -> int:
        first = cast("Any", number(n=n)).with_overrides(
            node_name="my_First.Node",
            name="shown",
            retries=3,
            timeout=timedelta(minutes=2),
            interruptible=True,
            container_image="{{.image.gpu.fqn}}:{{.image.gpu.version}}",
            requests=Resources(cpu="2"),
            limits=Resources(mem="1Gi"),
        )
        return number(n=first)

    first, second = template(flow).nodes
    assert first.id == "my-first-node"
    assert inputs(second) == {"n": "my-first-node.o0"}
    assert list(second.upstream_node_ids) == ["my-first-node"]
    assert (first.metadata.name, first.metadata.retries.retries) == ("shown", 3)
    assert (first.metadata.timeout.seconds, first.metadata.interruptible) == (120, True)
    overrides = first.task_node.overrides
    assert overrides.container_image == "host:5000/gpu:7"
    assert [(entry.name, entry.value) for entry in overrides.resources.requests] == [(1, "2")]
    assert [(entry.name, entry.value) for entry in overrides.resources.limits] == [(3, "1Gi")]
    assert second.metadata.retries.retries == 0
    assert not second.task_node.overrides.HasField("resources")
