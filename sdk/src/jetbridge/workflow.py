"""`@workflow`: a function whose task calls become a graph."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property, partial, update_wrapper
from typing import Any, Generic, ParamSpec, TypeAlias, TypeVar, cast, overload

from jetbridge.binding_data import bind_value
from jetbridge.errors import CompileError, JetbridgeError, Location, Problem
from jetbridge.flytekit_options import WORKFLOW, refuse_options
from jetbridge.idl import Binding
from jetbridge.interface import Interface, interface_of
from jetbridge.module_names import module_name_of
from jetbridge.node import Node
from jetbridge.promise import Promise
from jetbridge.source import build_problem, caller_location, function_location
from jetbridge.trace import REPORTED, Trace, current_trace, tracing

P = ParamSpec("P")
R = TypeVar("R")


@dataclass(frozen=True, slots=True)
class Graph:
    """What a workflow's function built: nodes, output bindings, and what was wrong with them."""

    nodes: tuple[Node, ...]
    outputs: tuple[Binding, ...]
    problems: tuple[Problem, ...]


class PythonFunctionWorkflow(Generic[P, R]):
    """A workflow made from a function. Its graph is built when it is first needed.

    Attributes:
        function: The author's function.
        interruptible: The default for the nodes.
        docs: A description instead of the function's docstring.
    """

    def __init__(self, function: Callable[P, R], interruptible: bool = False, docs: str = "") -> None:
        self.function = function
        self.interruptible = interruptible
        self.docs = docs
        update_wrapper(self, function)

    @property
    def short_name(self) -> str:
        """The attribute of the module that holds the workflow."""
        return self.function.__name__

    @property
    def name(self) -> str:
        """The workflow's name in FlyteIDL."""
        return f"{module_name_of(self.function)}.{self.short_name}"

    @cached_property
    def interface(self) -> Interface:
        """Inputs and outputs. Raises `TypeTransformError` when the annotations cannot be read."""
        return interface_of(self.function)

    @property
    def location(self) -> Location | None:
        """The author's line."""
        return function_location(self.function)

    @cached_property
    def graph(self) -> Graph:
        """The nodes and outputs, with the problems of each call. Raises what the function itself raises."""
        with tracing() as trace:
            promises: dict[str, Any] = {name: Promise(None, name) for name in self.interface.inputs}
            returned = self._run(trace, promises)
        outputs = self._outputs(trace, returned)
        return Graph(tuple(trace.nodes), tuple(outputs), tuple(trace.problems))

    def _run(self, trace: Trace, promises: dict[str, Any]) -> object:
        try:
            return self.function(**promises)  # type: ignore[arg-type] # promises stand for the values
        except CompileError as error:
            raise self._broken([*trace.problems, *error.problems]) from error
        except Exception as error:  # the author's own code failed
            raise self._broken([*trace.problems, build_problem(error, self.location)]) from error

    def _broken(self, problems: Sequence[Problem]) -> CompileError:
        return CompileError(f"workflow {self.name!r} cannot be built:", problems)

    def _outputs(self, trace: Trace, returned: object) -> list[Binding]:
        values = self._returned_values(returned)
        if len(values) != len(self.interface.outputs):
            trace.problems.append(self._count_problem(len(values)))
            return [Binding(var=name, binding=REPORTED) for name in self.interface.outputs]
        bindings: list[Binding] = []
        for (name, variable), value in zip(self.interface.outputs.items(), values, strict=True):
            try:
                bindings.append(Binding(var=name, binding=bind_value(value, variable.python_type)))
            except JetbridgeError as error:
                trace.problems.append(self._problem(f"output {name!r}: {error.message}", error.hint))
                bindings.append(Binding(var=name, binding=REPORTED))
        return bindings

    def _returned_values(self, returned: object) -> Sequence[object]:
        if not self.interface.outputs:
            return []
        if self.interface.several_outputs and isinstance(returned, tuple):
            return cast("tuple[object, ...]", returned)
        return [returned]

    def _count_problem(self, count: int) -> Problem:
        declared = len(self.interface.outputs)
        return self._problem(
            f"the workflow declares {declared} outputs and returns {count}",
            "Return one value for each declared output.",
        )

    def _problem(self, message: str, hint: str) -> Problem:
        return Problem(code="MismatchingTypes", message=message, location=self.location, hint=hint)

    def __call__(self, *args: P.args, **kwargs: P.kwargs) -> R:
        if current_trace() is not None:
            raise self._broken([_nested(self.name)])
        from jetbridge.local_call import call_workflow

        return call_workflow(self, args, kwargs)

    def __repr__(self) -> str:
        return f"<workflow {self.name}>"


def _nested(name: str) -> Problem:
    return Problem(
        code="UnsupportedNode",
        message=f"workflow {name!r} is called inside another workflow, which is not supported yet",
        location=caller_location(),
        hint="Call its tasks, or run the two workflows one after the other.",
    )


AnyWorkflow: TypeAlias = PythonFunctionWorkflow[..., Any]


@overload
def workflow(function: Callable[P, R]) -> PythonFunctionWorkflow[P, R]: ...


@overload
def workflow(
    *, interruptible: bool = False, docs: str = ""
) -> Callable[[Callable[P, R]], PythonFunctionWorkflow[P, R]]: ...


def workflow(
    function: Callable[..., Any] | None = None, *, interruptible: bool = False, docs: str = "", **unknown: Any
) -> Any:
    """Makes a workflow of a function that calls tasks. The options are flytekit's.

    Args:
        function: The function, when the decorator stands without parentheses.
        interruptible: Whether its tasks may run where they can be pre-empted, unless a task says otherwise.
        docs: A description instead of the function's docstring.
        unknown: Nothing: it only catches misspelled options and those of flytekit that are not supported yet.

    Raises:
        UsageError: an option that does not exist.

    Example:
        >>> from jetbridge import task
        >>> @task
        ... def double(n: int) -> int:
        ...     return 2 * n
        >>> @workflow
        ... def quadruple(n: int) -> int:
        ...     return double(n=double(n=n))
        >>> quadruple(n=3)
        12
    """
    refuse_options("@workflow", unknown, ("interruptible", "docs"), WORKFLOW)
    if function is not None:
        return PythonFunctionWorkflow(function, interruptible, docs)
    return partial(PythonFunctionWorkflow, interruptible=interruptible, docs=docs)
