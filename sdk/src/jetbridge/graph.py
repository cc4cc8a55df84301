"""The graph that a function builds: workflows and dynamic tasks alike."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NoReturn, cast

from jetbridge.binding_data import bind_value
from jetbridge.errors import CompileError, JetbridgeError, Location, Problem
from jetbridge.idl import Binding
from jetbridge.interface import Interface
from jetbridge.node import Node
from jetbridge.source import build_problem
from jetbridge.trace import REPORTED, Trace, tracing
from jetbridge.types import TransformContext


@dataclass(frozen=True, slots=True)
class Graph:
    """What a workflow's function built: nodes, output bindings, and what was wrong with them.

    Attributes:
        nodes: In the order of the calls.
        outputs: What each output is bound to.
        problems: What was wrong with the calls, with the author's lines.
        failure_node: Runs when another node failed.
    """

    nodes: tuple[Node, ...]
    outputs: tuple[Binding, ...]
    problems: tuple[Problem, ...]
    failure_node: Node | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Builder:
    """Runs a function once, with promises or values as its arguments, and keeps the nodes that its calls made.

    Attributes:
        what: How messages call it, such as `workflow 'shop.sell'`.
        function: The author's function.
        interface: Its inputs and outputs.
        location: The author's line.
        prefix: What stands before the nodes' ids.
        context: Where files of constants go; given when the function runs on a worker, with values. What it raises
            then is raised as it is.
    """

    what: str
    function: Callable[..., object]
    interface: Interface
    location: Location | None
    prefix: str = ""
    context: TransformContext | None = None

    def build(self, arguments: Mapping[str, object]) -> Graph:
        """The graph. Raises `CompileError` for what the function itself raises, with the problems until then."""
        trace = Trace(self.prefix, self.context)
        with tracing(trace):
            returned = self._run(trace, arguments)
        if trace.depth:
            self._unfinished(trace)
        outputs = self._outputs(trace, returned)
        return Graph(tuple(trace.nodes), tuple(outputs), tuple(trace.problems))

    def _run(self, trace: Trace, arguments: Mapping[str, object]) -> object:
        try:
            return self.function(**arguments)
        except CompileError as error:
            raise self.broken([*trace.problems, *error.problems]) from error
        except Exception as error:  # the author's own code failed
            if self.context is not None:
                raise
            raise self.broken([*trace.problems, build_problem(error, self.location)]) from error

    def broken(self, problems: Sequence[Problem]) -> CompileError:
        """The error that holds the problems."""
        return CompileError(f"{self.what} cannot be built:", problems)

    def _unfinished(self, trace: Trace) -> NoReturn:
        problem = Problem(
            code="BranchNodeHasNoDefault",
            message="a conditional() has no last branch",
            location=self.location,
            hint='End it with `.else_().then(…)` or `.else_().fail("why")`.',
        )
        raise self.broken([*trace.problems, problem])

    def _outputs(self, trace: Trace, returned: object) -> list[Binding]:
        values = self._returned_values(returned)
        if len(values) != len(self.interface.outputs):
            trace.problems.append(self._count_problem(len(values)))
            return [Binding(var=name, binding=REPORTED) for name in self.interface.outputs]
        bindings: list[Binding] = []
        for (name, variable), value in zip(self.interface.outputs.items(), values, strict=True):
            try:
                bound = bind_value(value, variable.python_type, self.context)
                bindings.append(Binding(var=name, binding=bound))
            except JetbridgeError as error:
                trace.problems.append(self._problem(f"output {name!r}: {error.message}", error.hint))
                bindings.append(Binding(var=name, binding=REPORTED))
        return bindings

    def _returned_values(self, returned: object) -> Sequence[object]:
        if not self.interface.outputs:
            return []
        if self.interface.several_outputs and isinstance(returned, tuple):
            return cast("tuple[Any, ...]", returned)
        return [returned]

    def _count_problem(self, count: int) -> Problem:
        declared = len(self.interface.outputs)
        kind = self.what.partition(" ")[0]
        return self._problem(
            f"the {kind} declares {declared} outputs and returns {count}",
            "Return one value for each declared output.",
        )

    def _problem(self, message: str, hint: str) -> Problem:
        return Problem(code="MismatchingTypes", message=message, location=self.location, hint=hint)
