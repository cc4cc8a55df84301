"""A branch's condition on the wire, decided in this process as on a worker."""

from __future__ import annotations

from collections.abc import Mapping

from jetbridge.bindings import Bind, Comparison, Condition, Conjunction, InputRef, ProtoConstant
from jetbridge.idl import Literal, LiteralType, Scalar
from jetbridge.idl_admin import BooleanExpression, ComparisonExpression, ConjunctionExpression, Operand
from jetbridge.runtime.conditions import holds

_OPERATORS = {
    ComparisonExpression.EQ: "eq",
    ComparisonExpression.NEQ: "ne",
    ComparisonExpression.GT: "gt",
    ComparisonExpression.GTE: "ge",
    ComparisonExpression.LT: "lt",
    ComparisonExpression.LTE: "le",
}


def condition_holds(expression: BooleanExpression, inputs: Mapping[str, Literal]) -> bool:
    """Whether a condition is true for the branch node's inputs. Raises `BindingError` for what cannot be compared."""

    def resolve(bind: Bind, declared: LiteralType) -> Literal:
        return inputs[bind.name] if isinstance(bind, InputRef) else Literal.FromString(_data(bind))

    return holds(_condition(expression), resolve)


def _data(bind: Bind) -> bytes:
    return bind.data if isinstance(bind, ProtoConstant) else b""


def _condition(expression: BooleanExpression) -> Condition:
    if expression.HasField("comparison"):
        comparison = expression.comparison
        sides = (_bind(comparison.left_value), _bind(comparison.right_value))
        return Comparison(_OPERATORS[comparison.operator], "none", *sides)
    conjunction = expression.conjunction
    operator = "and" if conjunction.operator == ConjunctionExpression.AND else "or"
    return Conjunction(operator, _condition(conjunction.left_expression), _condition(conjunction.right_expression))


def _bind(operand: Operand) -> Bind:
    if operand.HasField("var"):
        return InputRef(operand.var)
    scalar = operand.scalar if operand.HasField("scalar") else Scalar(primitive=operand.primitive)
    return ProtoConstant(Literal(scalar=scalar).SerializeToString())
