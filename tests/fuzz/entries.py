"""What reads bytes or text that we did not write. Each entry ends, or raises a JetbridgeError: nothing else.

The same functions run under hypothesis (`test_*.py`) and under a coverage-guided fuzzer (`coverage_guided.py`).
"""

from __future__ import annotations

import datetime as dt
import decimal
import os
import tempfile
import typing
import uuid
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from enum import Enum
from pathlib import Path
from typing import Any, NamedTuple, TypedDict

from google.protobuf.message import DecodeError, Message

from jetbridge.binding_data import CONSTANTS
from jetbridge.bindings import parse, render
from jetbridge.compiler.check import check_closure
from jetbridge.errors import JetbridgeError
from jetbridge.idl import (
    Binary,
    Identifier,
    Literal,
    LiteralMap,
    LiteralType,
    Scalar,
    SimpleType,
    TaskTemplate,
    TypedInterface,
)
from jetbridge.idl_admin import CompiledTask, CompiledWorkflow, CompiledWorkflowClosure, LaunchPlan, LaunchPlanSpec
from jetbridge.package import Package, parse_package
from jetbridge.package import read_package as package_from_folder
from jetbridge.package_closure import closure_from_package, launchable_names
from jetbridge.package_code import with_code
from jetbridge.runtime.run_data import RunData
from jetbridge.serialize.closure import Closure
from jetbridge.store import ObjectStore
from jetbridge.types import literal_type, to_python
from jetbridge.types.attributes import get_attribute
from jetbridge.types.casting import is_castable
from jetbridge.types.describe import describe
from jetbridge.types.directory import FlyteDirectory
from jetbridge.types.durations import parse_datetime, parse_duration
from jetbridge.types.error import FlyteError
from jetbridge.types.file import FlyteFile
from jetbridge.types.json_codec import from_json, is_exact, parse_text, to_json
from jetbridge.types.pickle import FlytePickle
from jetbridge.types.structured_dataset import StructuredDataset
from jetbridge_translators.plan.build import build
from jetbridge_translators.plan.model import Plan
from jetbridge_translators.registry import handler

M = typing.TypeVar("M", bound=Message)


class Color(Enum):
    RED = "red"
    BLUE = "blue"


class Level(Enum):
    LOW = 1


class Pair(NamedTuple):
    a: int
    b: str = "x"


class Options(TypedDict, total=False):
    size: int
    deep: dict[str, list[int]]


@dataclass
class Tree:
    value: int | str | None
    children: list[Tree] = field(default_factory=list["Tree"])


@dataclass
class Everything:
    at: dt.datetime
    day: dt.date
    time: dt.time
    span: dt.timedelta
    price: decimal.Decimal
    key: uuid.UUID
    path: Path
    data: bytes
    color: Color
    level: Level
    pair: Pair
    options: Options
    numbers: set[int]
    by_id: dict[int, float]
    any: Any
    file: FlyteFile
    folder: FlyteDirectory
    tree: Tree | None = None
    choice: typing.Literal["a", 1] = "a"


TYPES: tuple[Any, ...] = (
    int,
    float,
    str,
    bool,
    dt.datetime,
    dt.date,
    dt.time,
    dt.timedelta,
    type(None),
    decimal.Decimal,
    uuid.UUID,
    Color,
    Level,
    Options,
    Tree,
    Everything,
    typing.Literal["a", "b"],
    list[int],
    list[list[Tree]],
    dict,
    dict[str, Any],
    dict[str, int],
    dict[int, str],
    dict[str, dict[str, Color]],
    int | None,
    int | str | list[int] | dict[str, int] | Tree | None,
    FlyteFile,
    FlyteDirectory,
    os.PathLike,
    list[FlyteFile | None],
    StructuredDataset,
    FlytePickle,
    FlyteError,
)
RUN = "mem:///run"
BINDS = tuple(
    parse(text)
    for text in (
        "n0.v0", "n0.v0.a[0]", "inputs.v1[0]", '{"a": n0.v2}', "[n0.v3, json:1]", "each(n0.v9, n0.o0)", "failure()",
        "some(n0.v0, n1.v1)", "if(eq(integer, n0.v0, json:1), json:1, n0.v1)",
        "if(lt(datetime, n0.v3, n0.v4), n0.v0, n0.v1)",
    )
)  # fmt: skip


def message(kind: type[M], data: bytes) -> M | None:
    """The message in bytes; None where protobuf itself refuses them."""
    try:
        return kind.FromString(data)
    except DecodeError:
        return None


def attempt(action: Callable[[], object]) -> None:
    """Runs an action that may refuse its input."""
    with suppress(JetbridgeError):
        action()


def read_literal(literal: Literal) -> None:
    """A literal as every Python type, as JSON, and looked into."""
    for python_type in TYPES:
        attempt(lambda python_type=python_type: to_python(CONSTANTS, literal, python_type))
    attempt(lambda: to_json(literal))
    for path in (("a",), (0,), ("a", 0, "b")):
        attempt(lambda path=path: get_attribute(literal, path))


def read_msgpack(data: bytes) -> None:
    """A struct as every Python type."""
    read_literal(Literal(scalar=Scalar(binary=Binary(value=data, tag="msgpack"))))


def read_inputs(data: bytes) -> None:
    """`inputs.pb` and `outputs.pb`."""
    literals = message(LiteralMap, data)
    for name in sorted(literals.literals if literals else ()):
        read_literal(typing.cast("LiteralMap", literals).literals[name])


def read_type(declared: LiteralType, other: LiteralType) -> None:
    """A type as text, against another, and with JSON and text for it."""
    describe(declared)
    is_castable(declared, other)
    for value in (None, 1, 1.5, True, "x", "", [], [1], {}, {"a": 1}):
        attempt(lambda value=value: is_exact(from_json(value, declared), declared))
    for text in ("", "1", "null", "[1]", "{", "2026-01-31", "1h"):
        attempt(lambda text=text: parse_text(text, declared))


class _OneObject(ObjectStore):
    """A store in which every object has the same bytes."""

    def __init__(self, data: bytes) -> None:
        super().__init__()
        self._data = data

    def read(self, uri: str) -> bytes:
        return self._data

    def list(self, prefix: str) -> typing.Iterator[str]:
        return iter([f"{RUN}/n3/error.pb"])


def read_run(data: bytes) -> None:
    """A run of which every object, `outputs.pb`, `error.pb` and offloaded literals, has these bytes."""
    for bind in BINDS:
        for declared in (LiteralType(simple=SimpleType.INTEGER), literal_type(list[int]), literal_type(dict[str, int])):
            run = RunData(_OneObject(data), RUN)
            attempt(lambda run=run, bind=bind, declared=declared: run.resolve(bind, declared))


def read_template(data: bytes) -> None:
    """A task template, alone in a closure; its types against each other."""
    template = message(TaskTemplate, data)
    if template is None:
        return
    for uri in ("", "s3://bucket/code/0.tar.gz"):
        with_code(template, uri)
    types = list(_types(template.interface))[:8]
    for declared in types:
        read_type(declared, types[0])
    compiled = CompiledWorkflowClosure(primary=CompiledWorkflow(), tasks=[CompiledTask(template=template)])
    _show(compiled)


def _types(interface: TypedInterface) -> typing.Iterator[LiteralType]:
    for variables in (interface.inputs.variables, interface.outputs.variables):
        yield from (variables[name].type for name in sorted(variables))


def read_closure(data: bytes) -> None:
    """A closure against the compiler's rules."""
    compiled = message(CompiledWorkflowClosure, data)
    if compiled is not None:
        _show(compiled)


def read_plan(data: bytes) -> None:
    """A closure as a plan, if the compiler's rules allow it."""
    compiled = message(CompiledWorkflowClosure, data)
    if compiled is None or check_closure(compiled):
        return
    attempt(lambda: planned(compiled))


def planned(compiled: CompiledWorkflowClosure) -> Plan:
    """The plan of a closure, launched without any defaults. Raises `TranslationError`."""
    name = compiled.primary.template.id.name
    launch_plan = LaunchPlan(id=Identifier(name=name), spec=LaunchPlanSpec(workflow_id=Identifier(name=name)))
    return build(Closure(compiled, launch_plan), handler)


def _show(compiled: CompiledWorkflowClosure) -> None:
    for problem in check_closure(compiled):
        assert problem.code
        assert problem.message
        assert str(problem)


def read_package(data: bytes) -> None:
    """A package, and the closures of all that it launches."""
    try:
        package = parse_package(data, "fuzzed.tgz")
    except JetbridgeError:
        return
    for name in launchable_names(package)[:20]:
        attempt(lambda name=name: closure_from_package(package, name))


def read_folder(data: bytes) -> None:
    """A folder of messages as `pyflyte serialize` writes it, with a bundle that is none."""
    with tempfile.TemporaryDirectory() as folder:
        for name in ("0_a_1.pb", "1_b_2.pb", "2_b_3.pb"):
            Path(folder, name).write_bytes(data)
        Path(folder, "fast0.tar.gz").write_bytes(data)
        attempt(lambda: _launched(package_from_folder(Path(folder))))


def _launched(package: Package) -> None:
    for name in launchable_names(package)[:20]:
        attempt(lambda name=name: closure_from_package(package, name, "s3://bucket/code/0.tar.gz"))


def read_binding(text: str) -> None:
    """The text after `--bind name=`, which means the same when it is written again."""
    try:
        bind = parse(text)
    except JetbridgeError:
        return
    assert parse(render(bind, {})) == bind


def read_times(text: str) -> None:
    """Durations and points in time."""
    attempt(lambda: parse_duration(text))
    attempt(lambda: parse_datetime(text))


BYTES: dict[str, Callable[[bytes], None]] = {
    "msgpack": read_msgpack,
    "inputs": read_inputs,
    "template": read_template,
    "closure": read_closure,
    "package": read_package,
    "folder": read_folder,
    "plan": read_plan,
    "run": read_run,
}
TEXTS: dict[str, Callable[[str], None]] = {"binding": read_binding, "times": read_times}
