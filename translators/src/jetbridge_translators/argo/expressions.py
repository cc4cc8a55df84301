"""Conditions and sizes in Argo's expression language (expr-lang)."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping

from jetbridge.bindings import Bind, Comparison, Condition, JsonConstant
from jetbridge_translators.argo.escape import for_expression

Known = Callable[[Bind, str], str]
"""The expression for the control value of a binding (a string); the second argument is FlyteIDL's simple type."""

_OPERATORS = {"eq": "==", "ne": "!=", "gt": ">", "ge": ">=", "lt": "<", "le": "<="}
_READERS = {
    "integer": "int({})",
    "float": "float({})",
    "string": "fromJSON({})",
    "boolean": "({} == 'true')",
    "datetime": "int({})",
    "duration": "int({})",
}
_FROM_JSON = {
    "datetime": "string(date(fromJSON({})).Unix())",
    "duration": "string(int(duration(fromJSON({})).Seconds()))",
}


def condition_text(condition: Condition, known: Known) -> str:
    """A condition as an expression."""
    if isinstance(condition, Comparison):
        left, right = (_value(bind, condition.kind, known) for bind in (condition.left, condition.right))
        return f"{left} {_OPERATORS[condition.operator]} {right}"
    operator = "&&" if condition.operator == "and" else "||"
    return f"({condition_text(condition.left, known)}) {operator} ({condition_text(condition.right, known)})"


def _value(bind: Bind, kind: str, known: Known) -> str:
    if isinstance(bind, JsonConstant) and not bind.attr_path and kind in _LITERALS:
        return _LITERALS[kind](bind.text)
    return _READERS[kind].format(known(bind, kind))


def _text(constant: str) -> str:
    return for_expression(json.loads(constant))


_LITERALS: Mapping[str, Callable[[str], str]] = {"integer": str, "float": str, "boolean": str, "string": _text}
"""Constants that the language can say itself."""


def from_json(text: str, kind: str) -> str:
    """The control value of something that Argo has as JSON: a workflow's own input."""
    return _FROM_JSON.get(kind, "{}").format(text)


def tag(expression: str) -> str:
    """The tag that Argo replaces by what an expression gives; a `}}` in it would end the tag."""
    return f"{{{{={expression.replace('}}', '} }')}}}}}"
