"""What branches and maps must know, as the texts that Airflow renders before they decide.

A value is JSON text: a constant, a Param, or what a task has told (`jetbridge.runtime.control_values`, as an XCom).
Where a branch has chosen among values, it is a dictionary that `value` of the DAG file reads; one whose decisions build
on another is a dictionary of named values, so that each is written once.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, TypeAlias, cast

from jetbridge.bindings import (
    AttrPath,
    Bind,
    Choice,
    Comparison,
    Condition,
    EachOf,
    InputRef,
    JsonConstant,
    Let,
    ListOf,
    OutputRef,
    ProtoConstant,
    follow,
    json_text,
    render,
)
from jetbridge.errors import JetbridgeError
from jetbridge.idl import Literal, LiteralType
from jetbridge.runtime.control_values import SIZE, VALUE, control_text
from jetbridge.types.attributes import get_attribute
from jetbridge.types.json_codec import from_json
from jetbridge_translators.airflow.controls import CONTROLS, control_name
from jetbridge_translators.airflow.expressions import Expr
from jetbridge_translators.airflow.jinja import Jinja, join, param, plain, string, where_met
from jetbridge_translators.plan.model import Control, Input

_NOTHING = "''"
_SIGNS = {"eq": "==", "ne": "!=", "gt": ">", "ge": ">=", "lt": "<", "le": "<="}
_PARAMS = {
    "float": "macros.json.dumps({} | float)",
    "datetime": "macros.datetime.fromisoformat({}.replace('Z', '+00:00')).timestamp() | round(0, 'floor') | int",
    "duration": "macros.json.loads({}.removesuffix('s')) | int",
}


Read: TypeAlias = "Callable[[Values, Bind], Expr]"
"""How a value or a size is read."""


@dataclass(frozen=True, slots=True)
class Values:
    """Where values are in a DAG.

    Attributes:
        task_ids: The id of the task that makes the outputs of a path.
        inputs: The workflow's inputs by name.
        kickoff: The input that gets the time of a scheduled run.
        lenient: Whether a task may not have run: its value is then an empty text, which nothing can be read from.
        defined: What the names of a `let(…)` mean.
        asked: How the named values are read that were asked for so far, by what they are called in the file.
    """

    task_ids: Mapping[str, str]
    inputs: Mapping[str, Input]
    kickoff: str = ""
    lenient: bool = False
    defined: Mapping[tuple[str, str], Bind] = field(default_factory=dict[tuple[str, str], Bind])
    asked: dict[str, Callable[[Values], Expr]] = field(default_factory=dict[str, "Callable[[Values], Expr]"])

    def condition(self, condition: Condition) -> list[Expr]:
        """A condition as `[left, sign, right]`. Raises `JetbridgeError` for what no task tells."""
        if isinstance(condition, Comparison):
            left, right = (self.value(bind, condition.kind) for bind in (condition.left, condition.right))
            return [left, _SIGNS[condition.operator], right]
        return [self.condition(condition.left), condition.operator, self.condition(condition.right)]

    def value(self, bind: Bind, kind: str) -> Expr:
        """The value of a binding that is compared as FlyteIDL's simple type `kind`."""
        return self._found(_VALUES, bind, kind)

    def size(self, bind: Bind) -> Expr:
        """How many items a list has."""
        return self._found(_SIZES, bind, "")

    def _found(self, readers: Mapping[type, Callable[[Values, Any, str], Expr]], bind: Bind, kind: str) -> Expr:
        if type(bind) not in readers:
            raise JetbridgeError(
                f"a branch or a map depends on {render(bind, {})}, of which Airflow is told nothing",
                hint="Let a task return the value, and use its output.",
            )
        return readers[type(bind)](self, bind, kind)

    def choice(self, bind: Choice, read: Read) -> Expr:
        inside = replace(self, lenient=True)
        cases = bind.cases if bind.otherwise is not None else bind.cases[:-1]
        if not cases:
            return read(self, bind.cases[-1][1])
        chosen = read(inside, bind.cases[-1][1] if bind.otherwise is None else bind.otherwise)
        for condition, then in reversed(cases):
            case: dict[str, Expr] = {"if": inside.condition(condition), "then": read(inside, then), "else": chosen}
            chosen = case
        return chosen

    def let(self, bind: Let, read: Read) -> Expr:
        """A value with those that it builds on, each once."""
        defined = {(each.node, each.var): each.bind for each in bind.definitions}
        inside = replace(self, defined=defined, asked={}, lenient=True)
        value = read(inside, bind.value)
        names: dict[str, Expr] = {}
        while len(names) < len(inside.asked):
            name = list(inside.asked)[len(names)]
            names[name] = inside.asked[name](inside)
        return {"names": names, "value": value}

    def output(self, bind: OutputRef, kind: str, read: Read) -> Expr:
        """What a task tells, or the name of a value that is defined."""
        if (bind.node, bind.var) not in self.defined:
            return self.told(bind, SIZE if kind == SIZE else VALUE)
        meant = follow(self.defined[bind.node, bind.var], bind.attr_path)
        name = f"{render(bind, {})} as {kind}"
        self.asked.setdefault(name, lambda inside: read(inside, meant))
        return {"name": name}

    def told(self, bind: OutputRef, kind: str) -> str:
        """What a task tells; an error where it has told nothing."""
        if bind.node not in self.task_ids:
            raise JetbridgeError(
                f"a branch or a map depends on {render(bind, {})}, which is one element of a map or another value that "
                "Airflow is told nothing of",
                hint="Let a task take the list and return the value, and use its output.",
            )
        pulled = f"ti.xcom_pull({string(self.task_ids[bind.node])}, key={string(CONTROLS)})"
        name = string(control_name(Control(kind, bind.var, bind.attr_path)))
        if self.lenient:
            return join([Jinja(f"{{{{ ({pulled} or {{}})[{name}] | default('') }}}}")])
        return join([Jinja(f"{{{{ {pulled}[{name}] }}}}")])

    def input_value(self, bind: InputRef, kind: str) -> Expr:
        if (fixed := self._fixed(bind)) is not None:
            return plain(control_text(VALUE, get_attribute(fixed, bind.attr_path)))
        source = _PARAMS.get(kind, "macros.json.dumps({})").format(self._param(bind))
        return join([Jinja(f"{{{{ {where_met(bind.name, source, _NOTHING)} }}}}")])

    def _fixed(self, bind: InputRef) -> Literal | None:
        item = self.inputs.get(bind.name)
        return item.default if item is not None and item.fixed else None

    def _param(self, bind: InputRef) -> str:
        given = param(bind.name, self.kickoff)
        path = "".join(f"[{item}]" if isinstance(item, int) else f"[{string(item)}]" for item in bind.attr_path)
        return f"({given}){path}" if bind.name == self.kickoff else given + path

    def input_size(self, bind: InputRef, kind: str) -> Expr:
        if (fixed := self._fixed(bind)) is not None:
            return control_text(SIZE, get_attribute(fixed, bind.attr_path))
        size = where_met(bind.name, f"{self._param(bind)} | length", _NOTHING)
        return join([Jinja(f"{{{{ {size} }}}}")])


def _json_value(values: Values, bind: JsonConstant, kind: str) -> Expr:
    value = _followed(json.loads(bind.text), bind.attr_path)
    if kind in _PARAMS:
        value = json.loads(control_text(VALUE, from_json(value, LiteralType(simple=kind.upper()))))
    return plain(json_text(value))


def _followed(value: Any, path: AttrPath) -> Any:
    for attribute in path:
        value = value[attribute]
    return value


def _json_size(values: Values, bind: JsonConstant, kind: str) -> Expr:
    value = _followed(json.loads(bind.text), bind.attr_path)
    if not isinstance(value, list):
        raise JetbridgeError("a map task is given something other than a list", hint="Give it a list.")
    return str(len(cast("list[object]", value)))


def _literal(bind: ProtoConstant) -> Literal:
    return get_attribute(Literal.FromString(bind.data), bind.attr_path)


def _reading(kind: str) -> Read:
    return lambda values, bind: values.value(bind, kind)


def _read_size(values: Values, bind: Bind) -> Expr:
    return values.size(bind)


_VALUES: Mapping[type, Callable[[Values, Any, str], Expr]] = {
    OutputRef: lambda values, bind, kind: values.output(bind, kind, _reading(kind)),
    InputRef: Values.input_value,
    JsonConstant: _json_value,
    ProtoConstant: lambda _, bind, __: plain(control_text(VALUE, _literal(bind))),
    Choice: lambda values, bind, kind: values.choice(bind, _reading(kind)),
    Let: lambda values, bind, kind: values.let(bind, _reading(kind)),
}
_SIZES: Mapping[type, Callable[[Values, Any, str], Expr]] = {
    OutputRef: lambda values, bind, _: values.output(bind, SIZE, _read_size),
    InputRef: Values.input_size,
    JsonConstant: _json_size,
    ProtoConstant: lambda _, bind, __: control_text(SIZE, _literal(bind)),
    ListOf: lambda _, bind, __: str(len(bind.items)),
    EachOf: lambda values, bind, _: values.size(bind.over),
    Choice: lambda values, bind, _: values.choice(bind, _read_size),
    Let: lambda values, bind, _: values.let(bind, _read_size),
}
