"""Building a workflow: calls become nodes and bindings, and every problem is shown at once with its line."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, NamedTuple, cast

import pytest

from jetbridge import LaunchPlan, Resources, task, workflow
from jetbridge.errors import CompileError, Problem
from jetbridge.idl import BindingData
from jetbridge.idl_admin import Node, WorkflowTemplate
from jetbridge.serialize.closure import closure_of, deployable_closure_of
from jetbridge.serialize.entities import entities_of
from jetbridge.serialize.settings import SerializationSettings
from jetbridge.workflow import AnyWorkflow

SETTINGS = SerializationSettings(image="img:1", images={"gpu": "host:5000/gpu:7"})


@dataclass
class Line:
    slope: float
    points: list[int]


class Ends(NamedTuple):
    low: int
    high: int


class One(NamedTuple):
    only: int


@task
def number(n: int = 1) -> int:
    return n


@task
def ends(n: int) -> Ends:
    return Ends(n, n)


@task
def one(n: int) -> One:
    return One(n)


@task
def pair(n: int) -> tuple[int, str]:
    return n, str(n)


@task
def line(n: int) -> Line:
    return Line(float(n), [n])


@task
def add(a: int, b: int = 7, c: int | None = None) -> int:
    return a + b + (c or 0)


@task
def total(values: list[int], table: dict[str, int], nested: list[list[int]] | None = None) -> int:
    return sum(values) + sum(table.values())


@task
def say(text: str) -> None:
    assert text


@task
def half(value: float) -> float:
    return value / 2


@task
def table(n: int) -> dict[str, list[int]]:
    return {"a": [n]}


def template(flow: AnyWorkflow) -> WorkflowTemplate:
    return closure_of(LaunchPlan.get_or_create(flow), SETTINGS).compiled.primary.template


def inputs(node: Node) -> dict[str, str]:
    return {binding.var: shown(binding.binding) for binding in node.inputs}


def shown(binding: BindingData) -> str:
    """A binding in short: `n0.o0[1]`, `.n` for a workflow input, constants as they are."""
    kind = binding.WhichOneof("value")
    if kind == "promise":
        path = "".join(f"[{attr.string_value or attr.int_value}]" for attr in binding.promise.attr_path)
        return f"{binding.promise.node_id}.{binding.promise.var}{path}"
    if kind == "collection":
        return f"[{', '.join(shown(item) for item in binding.collection.bindings)}]"
    if kind == "map":
        entries = binding.map.bindings
        return f"{{{', '.join(f'{key}: {shown(entries[key])}' for key in sorted(entries))}}}"
    primitive = binding.scalar.primitive
    name = primitive.WhichOneof("value")
    return "none" if name is None else str(getattr(primitive, name))


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


@pytest.mark.parametrize(
    ("make", "expected"),
    [
        (lambda n: number(n=n), {"o0": "n0.o0"}),
        (lambda n: n, {"o0": ".n"}),
        (lambda n: 5, {"o0": "5"}),
        (lambda n: ends(n=n).high, {"o0": "n0.high"}),
        (lambda n: one(n=n).only, {"o0": "n0.only"}),
    ],
)
def test_a_single_output_may_be_a_promise_an_input_or_a_constant(
    make: Callable[[Any], Any], expected: dict[str, str]
) -> None:
    @workflow
    def flow(n: int) -> int:
        number(n=n) if make is None else None
        result = make(n)
        if not isinstance(result, type(number)):
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


# ---- problems -----------------------------------------------------------------------------------------------------


def problems(flow: AnyWorkflow) -> list[Problem]:
    with pytest.raises(CompileError) as caught:
        template(flow)
    found = list(caught.value.problems)
    assert all(problem.location and problem.location.file.endswith("test_workflow.py") for problem in found), found
    return found


def lines_below(flow: AnyWorkflow) -> list[tuple[int, str]]:
    """Line (counted from the decorator's) and code of each problem."""
    first = inspect.getsourcelines(flow.function)[1]
    return [(problem.location.line - first, problem.code) for problem in problems(flow) if problem.location]


def test_every_problem_of_the_calls_is_shown_at_once_with_its_line() -> None:
    @workflow
    def flow(n: int, text: str) -> int:
        number(n="three")  # type: ignore[arg-type] # line 2
        number(n=text)  # type: ignore[arg-type] # line 3
        cast("Any", number)(m=1)  # line 4
        cast("Any", add)()  # line 5
        cast("Any", add)(n, a=n)  # line 6
        cast("Any", number)(1, 2)  # line 7
        cast("Any", half)(value=line(n=n).slop)  # line 8
        cast("Any", number)(n=[number(n=n)])  # line 9
        cast("Any", number)(n=number(n=n).part)  # line 10
        cast("Any", number)(n=pair(n=n))  # line 11
        cast("Any", number)(n=say(text="x"))  # line 12
        return text  # type: ignore[return-value]

    assert lines_below(flow) == [
        (0, "MismatchingTypes"),
        (2, "MismatchingTypes"),
        (3, "MismatchingTypes"),
        (4, "VariableNameNotFound"),
        (5, "ParameterNotBound"),
        (6, "ParameterBoundMoreThanOnce"),
        (7, "VariableNameNotFound"),
        (8, "FieldNotFound"),
        (9, "MismatchingTypes"),
        (10, "FieldNotFound"),
        (11, "MismatchingTypes"),
        (12, "MismatchingTypes"),
    ]


def test_each_problem_has_a_hint_or_says_what_to_do() -> None:
    @workflow
    def flow() -> int:
        cast("Any", number)(m=1)
        return half(value=line(n=1).slop)  # type: ignore[attr-defined, return-value]

    found = problems(flow)
    assert [problem.hint for problem in found][:3] == [
        "Change one of the two annotations, or convert the value in a task.",
        "There is: n.",
        "Did you mean 'slope'?",
    ]


def test_a_cycle_is_named() -> None:
    @workflow
    def flow() -> None:
        first, second = cast("Any", number()), cast("Any", number())
        first >> second
        second >> first

    (problem,) = problems(flow)
    assert problem.code == "CycleDetected"
    assert "n0 → n1 → n0" in problem.message


@pytest.mark.parametrize(("count", "declared"), [(1, 2), (3, 2)])
def test_the_number_of_outputs_must_be_that_of_the_declaration(count: int, declared: int) -> None:
    @workflow
    def flow() -> tuple[int, int]:
        return cast("Any", tuple(number() for _ in range(count)))

    (problem,) = problems(flow)
    assert f"declares {declared} outputs and returns {count}" in problem.message


def _use_as_bool(promise: Any) -> None:
    if promise:
        pass


@pytest.mark.parametrize(
    ("use", "message"),
    [
        (_use_as_bool, "used as a truth value"),
        (lambda promise: promise == 3, "compared"),
        (lambda promise: promise != 3, "compared"),
        (lambda promise: promise < 3, "compared"),
        (lambda promise: promise in [1, 2], "compared"),
        (list, "iterated over"),
        (len, r"measured with len\(\)"),
        (lambda promise: f"{promise}", "made part of a text"),
        (lambda promise: "n = %s" % promise, "made part of a text"),  # noqa: UP031
        (lambda promise: promise[-1], "indexed with -1"),
        (lambda promise: promise[0:2], r"indexed with slice\(0, 2, None\)"),
        (lambda promise: promise + 1, "TypeError"),
        (lambda promise: promise >> 3, "ordered"),
        (int, "TypeError"),
    ],
)
def test_a_promise_used_as_a_value_is_refused(use: Callable[[Any], Any], message: str) -> None:
    @workflow
    def flow() -> None:
        use(number())

    with pytest.raises(CompileError, match=message) as caught:
        template(flow)
    assert caught.value.problems[-1].location
    assert caught.value.hint


def test_an_exception_in_the_function_comes_with_its_line_and_the_problems_before_it() -> None:
    @workflow
    def flow() -> None:
        number(n="x")  # type: ignore[arg-type]
        raise KeyError("boom")

    assert lines_below(flow) == [(2, "MismatchingTypes"), (3, "WorkflowBuildError")]
    assert "KeyError: 'boom'" in problems(flow)[1].message


def test_an_unknown_override_names_what_is_meant() -> None:
    @workflow
    def wrong() -> None:
        cast("Any", number()).with_overrides(retry=3)

    @workflow
    def not_yet() -> None:
        cast("Any", number()).with_overrides(cache=True)

    @workflow
    def on_input(n: int) -> None:
        cast("Any", n).with_overrides(retries=1)

    (problem,) = problems(wrong)
    assert (problem.code, problem.hint) == ("UnsupportedOverride", "Did you mean 'retries'?")
    assert "flytekit has 'cache'" in problems(not_yet)[0].hint
    assert "overridden" in problems(on_input)[0].message


def test_a_workflow_in_a_workflow_is_refused_where_it_is_called() -> None:
    @workflow
    def inner() -> int:
        return number()

    @workflow
    def outer() -> int:
        number(n="x")  # type: ignore[arg-type]
        return inner()

    assert lines_below(outer) == [(2, "MismatchingTypes"), (3, "UnsupportedNode")]


def test_a_task_whose_types_cannot_be_read_is_named() -> None:
    @task
    def odd(x: complex) -> int:
        return 1

    @task
    def untyped(x) -> int:  # type: ignore[no-untyped-def]
        return 1

    @workflow
    def flow() -> int:
        odd(x=1j)
        return untyped(x=1)

    assert {problem.code for problem in problems(flow)} <= {"InvalidInterface", "MismatchingTypes"}


def test_an_empty_workflow_has_no_nodes() -> None:
    @workflow
    def flow() -> None:
        return None

    assert [problem.code for problem in problems(flow)] == ["NoNodesFound"]


@pytest.mark.parametrize("name", ["start-node", "inputs", "", "_", "é", "a" * 64])
def test_a_node_name_that_is_no_label_is_refused(name: str) -> None:
    @workflow
    def flow() -> int:
        return cast("Any", number()).with_overrides(node_name=name)

    assert "InvalidValue" in {problem.code for problem in problems(flow)}


def test_a_node_name_twice_is_refused() -> None:
    @workflow
    def flow() -> None:
        cast("Any", number()).with_overrides(node_name="a")
        cast("Any", number()).with_overrides(node_name="A")

    assert "DuplicateNodeId" in {problem.code for problem in problems(flow)}


def test_two_tasks_of_one_name_are_refused() -> None:
    def make(k: int) -> Any:
        @task
        def made(n: int) -> int:
            return n + k

        return made

    first, second = make(1), make(2)

    @workflow
    def flow() -> int:
        return second(n=first(n=1))

    assert [problem.code for problem in problems(flow)] == ["ValueCollision"]


def test_a_task_that_no_worker_can_import_is_refused_when_packaged() -> None:
    @task
    def local(n: int) -> int:
        return n

    @workflow
    def flow() -> int:
        return local(n=1)

    plan = LaunchPlan.get_or_create(flow)
    assert closure_of(plan, SETTINGS).compiled.tasks
    for package in (deployable_closure_of, lambda plan, settings: entities_of([plan], settings)):  # type: ignore[misc]
        with pytest.raises(CompileError, match="cannot import task 'test") as caught:
            package(plan, SETTINGS)
        assert [problem.code for problem in caught.value.problems] == ["TaskNotImportable"]


def test_a_constant_nested_too_deeply_is_a_problem() -> None:
    deep: Any = 1
    for _ in range(5000):
        deep = [deep]

    @workflow
    def flow() -> int:
        return total(values=deep, table={})

    assert {problem.code for problem in problems(flow)} <= {"MismatchingTypes", "WorkflowBuildError"}
