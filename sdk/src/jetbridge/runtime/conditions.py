"""Conditions of branches, decided as FlytePropeller does (`nodes/branch/evaluator.go`, `comparator.go`)."""

from __future__ import annotations

import operator
from collections.abc import Callable
from typing import Any

from jetbridge.bindings import Bind, Comparison, Condition
from jetbridge.errors import BindingError
from jetbridge.idl import Literal, LiteralType, Primitive, SimpleType

Resolve = Callable[[Bind, LiteralType], Literal]


def holds(condition: Condition, resolve: Resolve) -> bool:
    """Whether a condition is true. Both sides of `and` and `or` are looked at, as in propeller.

    Args:
        condition: The condition.
        resolve: The literal of a binding, for a type.

    Raises:
        BindingError: a value is missing or cannot be compared, or two values are of different kinds.
    """
    if isinstance(condition, Comparison):
        return _compare(condition, resolve)
    left, right = holds(condition.left, resolve), holds(condition.right, resolve)
    return left and right if condition.operator == "and" else left or right


def _compare(condition: Comparison, resolve: Resolve) -> bool:
    declared = LiteralType(simple=_simple(condition))
    left, right = (_primitive(resolve(side, declared)) for side in (condition.left, condition.right))
    kinds = left.WhichOneof("value"), right.WhichOneof("value")
    if kinds[0] != kinds[1]:
        raise BindingError(
            f"a condition compares {_name(kinds[0])} with {_name(kinds[1])}", hint="Compare values of one type."
        )
    if kinds[0] == "boolean" and condition.operator not in ("eq", "ne"):
        raise BindingError("a condition orders booleans", hint="Compare booleans with == or != alone.")
    return _OPERATORS[condition.operator](comparable(left), comparable(right))


def _simple(condition: Comparison) -> str:
    """The name of the simple type of both sides."""
    name = condition.kind.upper()
    if name not in dict(SimpleType.items()):
        raise BindingError(
            f"a condition compares values of an unknown type {condition.kind!r}", hint="Translate the workflow again."
        )
    return name


def _primitive(literal: Literal) -> Primitive:
    if not literal.scalar.primitive.WhichOneof("value"):
        raise BindingError(
            "a condition compares something other than an int, float, str, bool, datetime or timedelta",
            hint="Let a task decide, and compare what it returns.",
        )
    return literal.scalar.primitive


def _name(kind: str | None) -> str:
    return (kind or "nothing").removesuffix("_value")


def comparable(primitive: Primitive) -> int | float | str | bool:
    """The value that is compared: times and durations are cut to whole seconds, as propeller does."""
    kind = primitive.WhichOneof("value")
    value: Any = getattr(primitive, kind) if kind else None
    return value.seconds if kind in ("datetime", "duration") else value


_OPERATORS: dict[str, Callable[[Any, Any], bool]] = {
    "eq": operator.eq,
    "ne": operator.ne,
    "gt": operator.gt,
    "ge": operator.ge,
    "lt": operator.lt,
    "le": operator.le,
}
