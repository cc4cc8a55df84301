"""`conditional`: branches of which the engine takes one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NoReturn, cast

from jetbridge.binding_data import bind_value
from jetbridge.entity import NodeSettings
from jetbridge.errors import CompileError, Problem
from jetbridge.expression import Comparison, Conjunction, Expression
from jetbridge.idl import BindingData
from jetbridge.interface import Interface, Variable
from jetbridge.node import Node
from jetbridge.operands import Source, operand_names, promises_in, source_of
from jetbridge.promise import Promise, VoidPromise, promise_source
from jetbridge.source import caller_location
from jetbridge.trace import Trace, current_trace, promises_of


@dataclass(frozen=True, slots=True)
class Case:
    """One branch.

    Attributes:
        condition: When it is taken; None for the last one.
        node: What runs; None where the workflow fails instead.
        outputs: The names and types of what it gives.
        error: The message of a failure.
    """

    condition: Expression | None
    node: Node | None
    outputs: Mapping[str, Variable]
    error: str = ""


class Branch:
    """What a branch node runs: the first case whose condition holds.

    Attributes:
        name: The author's name for it.
        cases: In order; the last one has no condition.
        operands: The name of each promise that is compared.
        interface: The outputs that all cases have, by name.
    """

    def __init__(self, name: str, cases: tuple[Case, ...]) -> None:
        self.name = name
        self.cases = cases
        self.operands: Mapping[Source, str] = operand_names(self.conditions)
        self.interface = _common(cases)

    @property
    def conditions(self) -> tuple[Expression, ...]:
        """The conditions in order."""
        return tuple(case.condition for case in self.cases if case.condition is not None)

    @property
    def node_settings(self) -> NodeSettings:
        """The metadata of the branch node."""
        return NodeSettings(name=self.name)


def _common(cases: tuple[Case, ...]) -> Interface:
    taken = [case.outputs for case in cases if case.node is not None]
    first: Mapping[str, Variable] = taken[0] if taken else {}
    outputs = {name: kind for name, kind in first.items() if all(name in other for other in taken)}
    return Interface({}, outputs, several_outputs=len(outputs) > 1)


def conditional(name: str) -> ConditionalSection:
    """Starts branches: `.if_(…).then(…)`, perhaps `.elif_(…).then(…)`, and `.else_()` with `.then(…)` or `.fail(…)`.

    Conditions compare promises with promises or constants (`==`, `!=`, `<`, `<=`, `>`, `>=`, `.is_true()`,
    `.is_false()`), joined by `&` and `|`. Each `then` takes one call: of a task, a workflow, a launch plan, a map, or
    another `conditional`. The result has the outputs that all branches have.

    Args:
        name: What is shown for the node.

    Raises:
        CompileError: it stands outside a workflow.

    Example:
        >>> from jetbridge import task, workflow
        >>> @task
        ... def double(n: int) -> int:
        ...     return 2 * n
        >>> @workflow
        ... def at_least_ten(n: int) -> int:
        ...     return conditional("small").if_(n < 10).then(double(n=n)).else_().fail("too large")
        >>> at_least_ten(n=7)
        14
    """
    trace = current_trace()
    if trace is None:
        _refuse("conditional() stands outside a workflow", "Use it in a function decorated with `@workflow`.")
    return ConditionalSection(name, trace)


class ConditionalSection:
    """What `conditional(name)` gives; use `if_`."""

    def __init__(self, name: str, trace: Trace) -> None:
        self._name = name
        self._trace = trace
        self._location = caller_location()
        self._nodes = trace.open_scope()
        self._taken = 0
        self._cases: list[Case] = []

    def if_(self, expression: Expression | bool) -> CaseSection:
        """The first condition. To a type checker `n > 3` is a bool; a real one is refused."""
        return self._case("if_", expression)

    def _case(self, word: str, expression: Expression | bool) -> CaseSection:
        _check_expression(f"{self._name}.{word}", expression)
        self._trace.lift(self._new_nodes())
        return CaseSection(self, cast("Expression", expression))

    def end(self, case: Case) -> Any:
        """Keeps a case; the last one makes the node and gives its outputs."""
        self._cases.append(case)
        self._taken = len(self._nodes)
        if case.condition is not None:
            return Condition(self)
        self._trace.close_scope()
        branch = Branch(self._name, tuple(self._cases))
        node = self._trace.add(branch, _condition_inputs(branch), self._location)
        return promises_of(node, branch.interface.outputs)

    def _new_nodes(self) -> list[Node]:
        """The nodes of the calls since the last case."""
        return self._nodes[self._taken :]

    def node_of(self, result: object) -> Node | None:
        """The one node that a branch's call made. What is wrong with it becomes a problem."""
        node = _result_node(result)
        location = caller_location()
        made = self._new_nodes()
        if node is None or node not in made:
            message = f"a branch of conditional {self._name!r} is no call, but {_shown(result)}"
            hint = "Call a task, a workflow or a launch plan in `then(…)`; pass values on through a task."
            self._trace.problem("ValueRequired", message, location, hint)
        elif len(made) > 1:
            message = f"a branch of conditional {self._name!r} makes {len(made)} calls, but holds only one"
            hint = "Put the calls into a `@workflow` of their own."
            self._trace.problem("WorkflowBuildError", message, location, hint)
        return node


class CaseSection:
    """A condition, or `else_()`; use `then` or, at the end, `fail`."""

    def __init__(self, section: ConditionalSection, expression: Expression | None) -> None:
        self._section = section
        self._expression = expression

    def then(self, result: Any) -> Any:
        """What runs in this case: one call. After `else_()` it gives the result of the whole conditional."""
        node = self._section.node_of(result)
        return self._section.end(Case(self._expression, node, _outputs(result)))

    def fail(self, error: str) -> Any:
        """Lets the run fail with a message. Only after `else_()`, as Flyte has it."""
        if self._expression is not None:
            _refuse("fail() stands after a condition", "Only `else_()` can fail: turn the condition around.")
        return self._section.end(Case(None, None, {}, error or "Condition failed"))


class Condition:
    """What `then` gives while there may be more cases; use `elif_` or `else_`."""

    def __init__(self, section: ConditionalSection) -> None:
        self._section = section

    def elif_(self, expression: Expression | bool) -> CaseSection:
        """The next condition, looked at where those before did not hold."""
        return self._section._case("elif_", expression)  # pyright: ignore[reportPrivateUsage] -- parts of one chain

    def else_(self) -> CaseSection:
        """What happens where no condition holds."""
        return CaseSection(self._section, None)


def _condition_inputs(branch: Branch) -> dict[str, BindingData]:
    promises = (promise for condition in branch.conditions for promise in promises_in(condition))
    return {branch.operands[source_of(promise)]: bind_value(promise, None) for promise in promises}


def _check_expression(where: str, expression: object) -> None:
    if isinstance(expression, Comparison | Conjunction):
        for side in (expression.left, expression.right) if isinstance(expression, Conjunction) else ():
            _check_expression(where, side)
        return
    if isinstance(expression, Promise):
        _refuse(f"{where}() is given a value, not a condition", "Compare it: `x.is_true()`, `x == 3`.")
    hint = "Compare promises: `x > 3`; join conditions with `&` and `|`, not with `and`, `or` and `not`."
    _refuse(f"{where}() is given {_shown(expression)}, not a condition", hint)


def _result_node(result: object) -> Node | None:
    values = cast("tuple[object, ...]", result) if isinstance(result, tuple) else (result,)
    for value in values:
        if isinstance(value, Promise):
            return promise_source(value)[0]
        if isinstance(value, VoidPromise):
            return vars(value)["_node"]
    return None


def _outputs(result: object) -> dict[str, Variable]:
    values = cast("tuple[object, ...]", result) if isinstance(result, tuple) else (result,)
    outputs: dict[str, Variable] = {}
    for value in values:
        if isinstance(value, Promise):
            node, var, _ = promise_source(value)
            known: Mapping[str, Variable] = {} if node is None else node.entity.interface.outputs
            outputs |= {var: known[var]} if var in known else {}
    return outputs


def _shown(value: object) -> str:
    return f"{value!r:.80}" if value is not None else "nothing"


def _refuse(message: str, hint: str) -> NoReturn:
    problem = Problem(code="BranchNodeHasNoCondition", message=message, location=caller_location(), hint=hint)
    raise CompileError("the workflow cannot be built:", [problem])
