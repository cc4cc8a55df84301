"""Nodes that choose: branches."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from jetbridge.bindings import Bind, Comparison, Condition, Conjunction
from jetbridge.compiler.walk import branch_nodes
from jetbridge.idl import BindingData, Literal, LiteralType, Primitive, Scalar, SimpleType
from jetbridge.idl_admin import (
    BooleanExpression,
    ComparisonExpression,
    ConjunctionExpression,
    IfElseBlock,
    Node,
    Operand,
)
from jetbridge_translators.plan import kinds
from jetbridge_translators.plan.binds import bind_of, constant
from jetbridge_translators.plan.building import Scope
from jetbridge_translators.plan.kinds.common import node_fields
from jetbridge_translators.plan.model import Branch, Case

_OPERATORS = {
    ComparisonExpression.EQ: "eq",
    ComparisonExpression.NEQ: "ne",
    ComparisonExpression.GT: "gt",
    ComparisonExpression.GTE: "ge",
    ComparisonExpression.LT: "lt",
    ComparisonExpression.LTE: "le",
}


def build(node: Node, scope: Scope) -> Branch | None:
    """The branch; None when one of its nodes cannot be planned, and then the problem is kept."""
    block = node.branch_node.if_else
    inside = replace(scope, prefix=f"{scope.prefix}{node.id}-", folder=f"{scope.folder}{node.id}/")
    built = [kinds.build(inner, inside) for inner in branch_nodes(block)]
    conditions = [_Reader(node, scope).condition(case.condition) for case in (block.case, *block.other)]
    if any(inner is None for inner in built):
        return None
    nodes = [inner for inner in built if inner is not None]
    return Branch(
        **node_fields(node, scope, {}),
        cases=tuple(map(Case, conditions, nodes[: len(conditions)])),
        otherwise=nodes[-1] if block.HasField("else_node") else None,
        error=_error(block),
        outputs=_common_outputs(block, scope),
    )


def _error(block: IfElseBlock) -> str:
    if block.HasField("error"):
        return block.error.message or "no case of the condition holds"
    return "" if block.HasField("else_node") else "no case of the condition holds, and it has no else"


def _common_outputs(block: IfElseBlock, scope: Scope) -> tuple[str, ...]:
    """The outputs that every node of the branch has, as propeller's compiler gives them to the branch."""
    first, *others = (_outputs(inner, scope) for inner in branch_nodes(block))
    return tuple(sorted(name for name in first if all(name in other for other in others)))


def _outputs(node: Node, scope: Scope) -> tuple[str, ...]:
    if node.HasField("branch_node"):
        return _common_outputs(node.branch_node.if_else, scope)
    return tuple(scope.library.interface_of(node).outputs.variables)


class _Reader:
    """Conditions of one branch: operands are named, and the branch's bindings say what the names mean."""

    def __init__(self, node: Node, scope: Scope) -> None:
        self._bindings: Mapping[str, BindingData] = {binding.var: binding.binding for binding in node.inputs}
        self._scope = scope

    def condition(self, expression: BooleanExpression) -> Condition:
        if expression.HasField("comparison"):
            return self._comparison(expression.comparison)
        conjunction = expression.conjunction
        operator = "and" if conjunction.operator == ConjunctionExpression.AND else "or"
        return Conjunction(
            operator, self.condition(conjunction.left_expression), self.condition(conjunction.right_expression)
        )

    def _comparison(self, comparison: ComparisonExpression) -> Comparison:
        sides = (comparison.left_value, comparison.right_value)
        kind = next((kind for side in sides if (kind := self._kind(side))), "string")
        return Comparison(_OPERATORS[comparison.operator], kind, *(self._bind(side, kind) for side in sides))

    def _kind(self, operand: Operand) -> str:
        """The simple type of an operand; empty where only the value will tell, as for an attribute."""
        if operand.HasField("primitive"):
            return _PRIMITIVES[operand.primitive.WhichOneof("value") or ""]
        promise = self._bindings[operand.var].promise
        node_id = "" if promise.node_id == "start-node" else promise.node_id
        declared = None if promise.attr_path else self._scope.type_of(node_id, promise.var)
        return "" if declared is None else _simple(declared)

    def _bind(self, operand: Operand, kind: str) -> Bind:
        declared = LiteralType(simple=kind.upper())
        if operand.HasField("primitive"):
            return constant(_literal(operand.primitive), declared)
        return bind_of(self._bindings[operand.var], declared)


def _literal(primitive: Primitive) -> Literal:
    return Literal(scalar=Scalar(primitive=primitive))


def _simple(declared: LiteralType) -> str:
    """FlyteIDL's name in lower case; an enum is compared as its text."""
    if declared.HasField("enum_type"):
        return "string"
    return SimpleType.Name(declared.simple).lower() if declared.WhichOneof("type") == "simple" else ""


_PRIMITIVES = {
    "integer": "integer",
    "float_value": "float",
    "string_value": "string",
    "boolean": "boolean",
    "datetime": "datetime",
    "duration": "duration",
}
