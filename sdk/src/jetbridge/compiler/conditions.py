"""Branches: every case has a condition and a node, and every condition compares what can be compared."""

from __future__ import annotations

from collections.abc import Iterator

from jetbridge.compiler.bindings import bound_type
from jetbridge.compiler.constants import type_of_primitive
from jetbridge.compiler.interfaces import child_nodes, interface_of
from jetbridge.compiler.problems import Place
from jetbridge.errors import Problem
from jetbridge.idl import LiteralType
from jetbridge.idl_admin import BooleanExpression, ComparisonExpression, IfBlock, Node, Operand
from jetbridge.suggest import did_you_mean
from jetbridge.types.casting import same_essence
from jetbridge.types.describe import describe

_DEPTH = 64


def check_branch(node: Node, place: Place) -> Iterator[Problem]:
    """Problems of a branch's conditions and cases; the nodes of the cases are checked like all others."""
    block = node.branch_node.if_else
    if not block.HasField("case"):
        yield _no_condition(node, place)
    cases: list[IfBlock] = [*([block.case] if block.HasField("case") else []), *block.other]
    for number, case in enumerate(cases):
        field = f"case {number}"
        if case.HasField("condition"):
            yield from _expression(case.condition, node, place, field, 0)
        else:
            yield _no_condition(node, place, field)
        if not case.HasField("then_node"):
            yield place.problem(
                "BranchNodeIdNotFound",
                f"{field} of branch {node.id!r} runs nothing",
                "End the case with `.then(task(…))`.",
                field,
            )
    if block.WhichOneof("default") is None:
        yield place.problem(
            "BranchNodeHasNoDefault",
            f"branch {node.id!r} does not say what happens when no condition holds",
            "End it with `.else_().then(…)` or `.else_().fail(…)`.",
        )
    yield from _outputs(node, place)


def _no_condition(node: Node, place: Place, field: str = "") -> Problem:
    what = f"{field} of branch {node.id!r}" if field else f"branch {node.id!r}"
    hint = "Start it with `.if_(…)`, and further cases with `.elif_(…)`."
    return place.problem("BranchNodeHasNoCondition", f"{what} has no condition", hint, field)


def _expression(expression: BooleanExpression, node: Node, place: Place, field: str, depth: int) -> Iterator[Problem]:
    kind = expression.WhichOneof("expr")
    if kind is None or depth > _DEPTH:
        what = "is empty" if kind is None else f"is nested deeper than {_DEPTH} levels"
        yield place.problem("ValueRequired", f"a condition of branch {node.id!r} {what}", "Compare two values.", field)
    elif kind == "comparison":
        yield from _comparison(expression.comparison, node, place, field)
    else:
        for side in (expression.conjunction.left_expression, expression.conjunction.right_expression):
            yield from _expression(side, node, place, field, depth + 1)


def _comparison(comparison: ComparisonExpression, node: Node, place: Place, field: str) -> Iterator[Problem]:
    found: list[LiteralType | None] = []
    for operand in (comparison.left_value, comparison.right_value):
        problem = _missing(operand, node, place, field)
        if problem is not None:
            yield problem
        found.append(None if problem else _operand_type(operand, node, place))
    left, right = found
    if left is not None and right is not None and not same_essence(left, right):
        yield place.problem(
            "MismatchingTypes",
            f"a condition of branch {node.id!r} compares {describe(left)} with {describe(right)}",
            "Compare values of one type: write 1.0 for a float, and convert others in a task.",
            field,
        )


def _missing(operand: Operand, node: Node, place: Place, field: str) -> Problem | None:
    if operand.WhichOneof("val") == "scalar":
        # Only primitives can be compared (flytepropeller `validators/condition.go`); flytekit writes None so.
        hint = "Let a task tell whether there is a value, and compare what it returns."
        return place.problem("ValueRequired", f"a condition of branch {node.id!r} compares with None", hint, field)
    if operand.WhichOneof("val") is None or (operand.WhichOneof("val") == "var" and not operand.var):
        return place.problem(
            "ValueRequired", f"a condition of branch {node.id!r} lacks a value", "Give both sides a value.", field
        )
    bound = [binding.var for binding in node.inputs]
    if operand.WhichOneof("val") == "var" and operand.var not in bound:
        return place.problem(
            "VariableNameNotFound",
            f"a condition of branch {node.id!r} uses {operand.var!r}, which is not bound to it",
            did_you_mean(operand.var, bound),
            field,
        )
    return None


def _operand_type(operand: Operand, node: Node, place: Place) -> LiteralType | None:
    if operand.WhichOneof("val") == "primitive":
        return type_of_primitive(operand.primitive)
    binding = next(each for each in node.inputs if each.var == operand.var)
    return bound_type(binding.binding, place)


def _outputs(node: Node, place: Place) -> Iterator[Problem]:
    """What all cases give under one name must be of one type."""
    cases = [(child, interface_of(child, place.context)) for child in child_nodes(node)]
    known = [(child, found.outputs) for child, found in cases if found is not None]
    for child, outputs in known[1:]:
        first = known[0][1]
        for name in sorted(set(first) & set(outputs)):
            left, right = first[name], outputs[name]
            if left is not None and right is not None and not same_essence(left, right):
                yield place.problem(
                    "MismatchingTypes",
                    f"output {name!r} of branch {node.id!r} is {describe(left)} in one case and {describe(right)} in "
                    f"another ({child.id!r})",
                    "Let all cases return one type.",
                    name,
                )
