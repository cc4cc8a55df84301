"""Conditions on values that do not exist yet: what `conditional(…).if_(…)` takes.

Comparing promises gives a `Comparison`; `&` and `|` join them. Python's `and`, `or`, `not` and `a < b < c` ask for a
truth value at once, which there is none of while a workflow is built.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING, NoReturn, TypeAlias

from jetbridge.errors import CompileError, Problem
from jetbridge.source import caller_location

if TYPE_CHECKING:
    from jetbridge.promise import Promise


class Comparator(Enum):
    """How two values are compared, as Python writes it."""

    EQ = "=="
    NE = "!="
    GT = ">"
    GE = ">="
    LT = "<"
    LE = "<="


class Connective(Enum):
    """How two conditions are joined, as Python writes it."""

    AND = "&"
    OR = "|"


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Operand:
    """One side of a comparison: a promise, or else a constant."""

    promise: Promise | None = None
    constant: object = None


class _NoTruth:
    """Joins conditions, and refuses to be one of Python's."""

    __slots__ = ()

    def __and__(self, other: Expression) -> Conjunction:
        return Conjunction(self, Connective.AND, other)  # type: ignore[arg-type] # this class has only these two kinds

    def __or__(self, other: Expression) -> Conjunction:
        return Conjunction(self, Connective.OR, other)  # type: ignore[arg-type]

    def __bool__(self) -> NoReturn:
        problem = Problem(
            code="PromiseUsedAsValue",
            message="a task's result cannot be compared while the workflow is built",
            location=caller_location(),
            hint="Give the comparison to `conditional(…).if_(…)`, joined by `&` and `|`, or compare inside a task.",
        )
        raise CompileError("the workflow cannot be built:", [problem])


@dataclass(frozen=True, slots=True, eq=False)
class Comparison(_NoTruth):
    """`left < right` and the like."""

    left: Operand
    comparator: Comparator
    right: Operand


@dataclass(frozen=True, slots=True, eq=False)
class Conjunction(_NoTruth):
    """`left & right` or `left | right`; both sides are evaluated."""

    left: Expression
    connective: Connective
    right: Expression


Expression: TypeAlias = Comparison | Conjunction
