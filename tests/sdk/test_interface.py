# Wrong and missing annotations are what is tested.
# pyright: reportInvalidTypeForm=false, reportUnknownParameterType=false, reportUnknownArgumentType=false
# pyright: reportUntypedNamedTuple=false
"""Interfaces from annotations."""

from __future__ import annotations

import typing
from collections import namedtuple
from collections.abc import Callable
from typing import Any, NamedTuple, Optional

import pytest

from jetbridge.errors import TypeTransformError
from jetbridge.idl import SimpleType
from jetbridge.interface import NO_DEFAULT, interface_of, typed_interface

Untyped: Any = namedtuple("Untyped", ["a"])


class Pair(NamedTuple):
    low: int
    high: float


def named() -> Pair: ...


def one_tuple() -> tuple[int]: ...


def two_tuple() -> tuple[int, str]: ...


def single() -> int: ...


def nothing() -> None: ...


def unannotated(): ...  # type: ignore[no-untyped-def]


@pytest.mark.parametrize(
    ("function", "names", "several", "tuple_class"),
    [
        (named, ["low", "high"], True, Pair),
        (one_tuple, ["o0"], True, None),
        (two_tuple, ["o0", "o1"], True, None),
        (single, ["o0"], False, None),
        (nothing, [], False, None),
        (unannotated, [], False, None),
    ],
)
def test_outputs(function: Callable[..., object], names: list[str], several: bool, tuple_class: type | None) -> None:
    interface = interface_of(function)
    assert list(interface.outputs) == names
    assert interface.several_outputs is several
    assert interface.output_tuple is tuple_class


def test_inputs_keep_order_defaults_and_what_is_optional() -> None:
    def function(b: int, a: str = "x", c: Optional[int] = None, d: int | None = 3) -> None: ...  # noqa: UP045

    inputs = interface_of(function).inputs
    assert list(inputs) == ["b", "a", "c", "d"]
    assert [variable.default for variable in inputs.values()] == [NO_DEFAULT, "x", None, 3]
    assert [variable.required for variable in inputs.values()] == [True, False, False, False]
    assert [variable.optional for variable in inputs.values()] == [False, False, True, True]


def test_string_annotations_are_read() -> None:
    # This module has `from __future__ import annotations`, so all of its annotations are strings.
    assert interface_of(named).outputs["high"].python_type is float


def untyped_input(x): ...  # type: ignore[no-untyped-def]


def star(*values: int) -> None: ...


def double_star(**values: int) -> None: ...


def positional(x: int, /) -> None: ...


def unknown(x: Nowhere) -> None: ...  # type: ignore[name-defined] # noqa: F821


def no_attribute(x: typing.Nowhere) -> None: ...  # type: ignore[name-defined]


def broken(x: "int |") -> None: ...  # type: ignore[valid-type] # noqa: F722


def endless() -> tuple[int, ...]: ...


def plain_namedtuple() -> Untyped: ...


@pytest.mark.parametrize(
    ("function", "message"),
    [
        (untyped_input, "'x' of 'untyped_input' has no type"),
        (star, r"\*values"),
        (double_star, r"\*values"),
        (positional, "only be given by position"),
        (unknown, "Nowhere"),
        (no_attribute, "Nowhere"),
        (broken, "is no type"),
        (endless, "unknown length"),
        (plain_namedtuple, "'a' of 'Untyped'"),
    ],
)
def test_what_has_no_interface_is_said_with_a_hint(function: Callable[..., object], message: str) -> None:
    with pytest.raises(TypeTransformError, match=message) as caught:
        interface_of(function)
    assert caught.value.hint


def test_every_type_without_a_literal_is_named() -> None:
    def function(a: complex, b: int, c: object) -> complex: ...

    with pytest.raises(TypeTransformError) as caught:
        typed_interface(interface_of(function))
    lines = caught.value.message.splitlines()
    assert [line.split(":")[0] for line in lines] == ["input 'a'", "input 'c'", "output 'o0'"]


def test_the_typed_interface_describes_each_variable_by_name() -> None:
    message = typed_interface(interface_of(named))
    assert {name: variable.type.simple for name, variable in message.outputs.variables.items()} == {
        "low": SimpleType.INTEGER,
        "high": SimpleType.FLOAT,
    }
    assert message.outputs.variables["low"].description == "low"
