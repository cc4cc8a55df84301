"""A binding as text."""

from __future__ import annotations

import base64
import re
from collections.abc import Callable, Mapping
from typing import Any

from jetbridge.bindings.json_text import json_text
from jetbridge.bindings.model import (
    AttrPath,
    Bind,
    Choice,
    Comparison,
    Condition,
    Conjunction,
    EachOf,
    Failure,
    InputRef,
    JsonConstant,
    Let,
    ListOf,
    MapOf,
    OutputRef,
    ProtoConstant,
)

NOTHING = "nothing()"
"""What an `if(…)` gives where no branch is taken."""


def render(bind: Bind, inputs: Mapping[str, str], folder: str = "") -> str:
    """The text of a binding.

    Args:
        bind: The binding.
        inputs: How a workflow input is written on this back end, by name; `inputs.<name>` where it is absent.
        folder: What stands before the path of each node, such as the engine's own name of a sub-workflow's folder.

    Example:
        >>> render(OutputRef("n0", "o0"), {}, folder="{{inputs.parameters.node-path}}/")
        '{{inputs.parameters.node-path}}/n0.o0'
    """
    return _Writer(inputs, folder).bind(bind)


class _Writer:
    def __init__(self, inputs: Mapping[str, str], folder: str) -> None:
        self._inputs = inputs
        self._folder = folder

    def bind(self, bind: Bind) -> str:
        return _RENDER[type(bind)](self, bind)

    def input(self, bind: InputRef) -> str:
        return self._inputs.get(bind.name, f"inputs.{bind.name}") + render_path(bind.attr_path)

    def output(self, bind: OutputRef) -> str:
        return f"{self._folder}{bind.node}.{bind.var}{render_path(bind.attr_path)}"

    def json(self, bind: JsonConstant) -> str:
        return f"json:{bind.text}{render_path(bind.attr_path)}"

    def proto(self, bind: ProtoConstant) -> str:
        return f"pb:{base64.b64encode(bind.data).decode()}{render_path(bind.attr_path)}"

    def list(self, bind: ListOf) -> str:
        return "[" + ", ".join(map(self.bind, bind.items)) + "]"

    def map(self, bind: MapOf) -> str:
        return "{" + ", ".join(f"{json_text(key)}: {self.bind(item)}" for key, item in bind.entries) + "}"

    def each(self, bind: EachOf) -> str:
        name = "some" if bind.partial else "each"
        return f"{name}({self.bind(bind.over)}, {self._folder}{bind.node}.{bind.var})"

    def choice(self, bind: Choice) -> str:
        cases = "".join(f"{self.condition(condition)}, {self.bind(then)}, " for condition, then in bind.cases)
        return f"if({cases}{NOTHING if bind.otherwise is None else self.bind(bind.otherwise)})"

    def let(self, bind: Let) -> str:
        named = "".join(f"{self._folder}{each.node}.{each.var} = {self.bind(each.bind)}, " for each in bind.definitions)
        return f"let({named}{self.bind(bind.value)})"

    def failure(self, bind: Failure) -> str:
        return "failure()"

    def condition(self, condition: Condition) -> str:
        return _CONDITION[type(condition)](self, condition)

    def comparison(self, condition: Comparison) -> str:
        return f"{condition.operator}({condition.kind}, {self.bind(condition.left)}, {self.bind(condition.right)})"

    def conjunction(self, condition: Conjunction) -> str:
        return f"{condition.operator}({self.condition(condition.left)}, {self.condition(condition.right)})"


def render_path(path: AttrPath) -> str:
    """The attributes after a value: `.a[0]["b c"]`."""
    return "".join(_attribute(item) for item in path)


def _attribute(item: str | int) -> str:
    if isinstance(item, int):
        return f"[{item}]"
    return f".{item}" if _NAME.fullmatch(item) else f"[{json_text(item)}]"


_NAME = re.compile(r"[A-Za-z_]\w*")
_RENDER: dict[type, Callable[[_Writer, Any], str]] = {
    InputRef: _Writer.input,
    OutputRef: _Writer.output,
    JsonConstant: _Writer.json,
    ProtoConstant: _Writer.proto,
    ListOf: _Writer.list,
    MapOf: _Writer.map,
    EachOf: _Writer.each,
    Choice: _Writer.choice,
    Let: _Writer.let,
    Failure: _Writer.failure,
}
_CONDITION: dict[type, Callable[[_Writer, Any], str]] = {
    Comparison: _Writer.comparison,
    Conjunction: _Writer.conjunction,
}
