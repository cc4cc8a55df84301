"""Small tasks for the tests of tracing, and a workflow's template in short."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from jetbridge import LaunchPlan, task
from jetbridge.idl import BindingData
from jetbridge.idl_admin import Node, WorkflowTemplate
from jetbridge.serialize.closure import closure_of
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
