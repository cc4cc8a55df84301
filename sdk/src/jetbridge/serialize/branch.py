"""A branch node on the wire: conditions with operands by name, and one node for each case."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from jetbridge.binding_data import CONSTANTS
from jetbridge.conditional import Branch, Case
from jetbridge.errors import TypeTransformError
from jetbridge.expression import Comparator, Comparison, Conjunction, Connective, Expression, Operand
from jetbridge.idl import Error
from jetbridge.idl_admin import (
    BooleanExpression,
    BranchNode,
    ComparisonExpression,
    ConjunctionExpression,
    IfBlock,
    IfElseBlock,
    Node,
)
from jetbridge.idl_admin import Operand as OperandMessage
from jetbridge.node import Node as TracedNode
from jetbridge.operands import Source, source_of
from jetbridge.types import literal_type, to_literal


def branch_message(branch: Branch, serialize: Callable[[TracedNode], Node]) -> BranchNode:
    """The branch. `serialize` turns a case's node into a message.

    Raises:
        TypeTransformError: a constant is compared that is no primitive.
    """
    blocks = [_block(case, branch.operands, serialize) for case in branch.cases[:-1]]
    message = IfElseBlock(case=blocks[0], other=blocks[1:])
    last = branch.cases[-1]
    if last.node is not None:
        message.else_node.CopyFrom(serialize(last.node))
    else:
        message.error.CopyFrom(Error(failed_node_id=branch.name, message=last.error))
    return BranchNode(if_else=message)


def _block(case: Case, names: Mapping[Source, str], serialize: Callable[[TracedNode], Node]) -> IfBlock:
    block = IfBlock()
    if case.condition is not None:
        block.condition.CopyFrom(_expression(case.condition, names))
    if case.node is not None:
        block.then_node.CopyFrom(serialize(case.node))
    return block


def _expression(expression: Expression, names: Mapping[Source, str]) -> BooleanExpression:
    if isinstance(expression, Comparison):
        return BooleanExpression(comparison=_comparison(expression, names))
    return BooleanExpression(conjunction=_conjunction(expression, names))


def _comparison(comparison: Comparison, names: Mapping[Source, str]) -> ComparisonExpression:
    return ComparisonExpression(
        operator=_COMPARATORS[comparison.comparator],
        left_value=_operand(comparison.left, names),
        right_value=_operand(comparison.right, names),
    )


def _conjunction(conjunction: Conjunction, names: Mapping[Source, str]) -> ConjunctionExpression:
    return ConjunctionExpression(
        operator=_CONNECTIVES[conjunction.connective],
        left_expression=_expression(conjunction.left, names),
        right_expression=_expression(conjunction.right, names),
    )


def _operand(operand: Operand, names: Mapping[Source, str]) -> OperandMessage:
    if operand.promise is not None:
        return OperandMessage(var=names[source_of(operand.promise)])
    python_type = type(operand.constant)
    literal = to_literal(CONSTANTS, operand.constant, python_type, literal_type(python_type))
    if literal.scalar.HasField("primitive"):
        return OperandMessage(primitive=literal.scalar.primitive)
    if literal.scalar.HasField("none_type"):
        return OperandMessage(scalar=literal.scalar)
    raise TypeTransformError(
        f"a condition compares with {operand.constant!r:.80}, which is no number, text, bool or time",
        hint="Compare inside a task that returns a bool, and decide by that.",
    )


_COMPARATORS = {
    Comparator.EQ: ComparisonExpression.EQ,
    Comparator.NE: ComparisonExpression.NEQ,
    Comparator.GT: ComparisonExpression.GT,
    Comparator.GE: ComparisonExpression.GTE,
    Comparator.LT: ComparisonExpression.LT,
    Comparator.LE: ComparisonExpression.LTE,
}
_CONNECTIVES = {Connective.AND: ConjunctionExpression.AND, Connective.OR: ConjunctionExpression.OR}
