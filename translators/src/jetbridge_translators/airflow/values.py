"""What branches and maps must know, as the texts that Airflow renders before they decide.

A value is JSON text: a constant, a Param, or what a task has told (`jetbridge.runtime.control_values`, as an XCom).
Where a branch has chosen among values, it is a dictionary that `value` of the DAG file reads.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any, cast

from jetbridge.bindings import (
    AttrPath,
    Bind,
    Choice,
    Comparison,
    Condition,
    EachOf,
    InputRef,
    JsonConstant,
    ListOf,
    OutputRef,
    ProtoConstant,
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
from jetbridge_translators.airflow.jinja import Jinja, join, param, plain, string
from jetbridge_translators.plan.model import Control, Input

_SIGNS = {"eq": "==", "ne": "!=", "gt": ">", "ge": ">=", "lt": "<", "le": "<="}
_PARAMS = {
    "float": "macros.json.dumps({} | float)",
    "datetime": "macros.datetime.fromisoformat({}.replace('Z', '+00:00')).timestamp() | round(0, 'floor') | int",
    "duration": "macros.json.loads({}.removesuffix('s')) | int",
}


@dataclass(frozen=True, slots=True)
class Values:
    """Where values are in a DAG.

    Attributes:
        task_ids: The id of the task that makes the outputs of a path.
        inputs: The workflow's inputs by name.
        kickoff: The input that gets the time of a scheduled run.
        lenient: Whether a task may not have run: its value is then an empty text, which nothing can be read from.
    """

    task_ids: Mapping[str, str]
    inputs: Mapping[str, Input]
    kickoff: str = ""
    lenient: bool = False

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

    def choice(self, bind: Choice, read: Callable[[Values, Bind], Expr]) -> Expr:
        if bind.otherwise is None:
            return read(self, bind.then)
        inside = replace(self, lenient=True)
        return {
            "if": inside.condition(bind.condition),
            "then": read(inside, bind.then),
            "else": read(inside, bind.otherwise),
        }

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
        item = self.inputs[bind.name]
        if item.fixed and item.default is not None:
            return plain(control_text(VALUE, get_attribute(item.default, bind.attr_path)))
        source = _PARAMS.get(kind, "macros.json.dumps({})").format(self._param(bind))
        return join([Jinja(f"{{{{ {source} }}}}")])

    def _param(self, bind: InputRef) -> str:
        given = param(bind.name, self.kickoff)
        path = "".join(f"[{item}]" if isinstance(item, int) else f"[{string(item)}]" for item in bind.attr_path)
        return f"({given}){path}" if bind.name == self.kickoff else given + path

    def input_size(self, bind: InputRef, kind: str) -> Expr:
        item = self.inputs[bind.name]
        if item.fixed and item.default is not None:
            return control_text(SIZE, get_attribute(item.default, bind.attr_path))
        return join([Jinja(f"{{{{ {self._param(bind)} | length }}}}")])


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


_VALUES: Mapping[type, Callable[[Values, Any, str], Expr]] = {
    OutputRef: lambda values, bind, _: values.told(bind, VALUE),
    InputRef: Values.input_value,
    JsonConstant: _json_value,
    ProtoConstant: lambda _, bind, __: plain(control_text(VALUE, _literal(bind))),
    Choice: lambda values, bind, kind: values.choice(bind, lambda inside, one: inside.value(one, kind)),
}
_SIZES: Mapping[type, Callable[[Values, Any, str], Expr]] = {
    OutputRef: lambda values, bind, _: values.told(bind, SIZE),
    InputRef: Values.input_size,
    JsonConstant: _json_size,
    ProtoConstant: lambda _, bind, __: control_text(SIZE, _literal(bind)),
    ListOf: lambda _, bind, __: str(len(bind.items)),
    EachOf: lambda values, bind, _: values.size(bind.over),
    Choice: lambda values, bind, _: values.choice(bind, lambda inside, one: inside.size(one)),
}
