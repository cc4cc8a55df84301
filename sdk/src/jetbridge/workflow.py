"""`@workflow`: a function whose task calls become a graph."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import cached_property, update_wrapper
from typing import Any, Generic, ParamSpec, TypeAlias, TypeVar, overload

from jetbridge.entity import Entity
from jetbridge.errors import Location
from jetbridge.failure_node import failure_node
from jetbridge.flytekit_options import WORKFLOW, refuse_options
from jetbridge.graph import Builder, Graph
from jetbridge.interface import Interface, interface_of
from jetbridge.launch_options import Options
from jetbridge.module_names import module_name_of
from jetbridge.promise import Promise
from jetbridge.source import function_location
from jetbridge.workflow_base import WorkflowBase, WorkflowFailurePolicy

P = ParamSpec("P")
R = TypeVar("R")


class PythonFunctionWorkflow(WorkflowBase, Generic[P, R]):
    """A workflow made from a function. Its graph is built when it is first needed.

    Attributes:
        function: The author's function.
    """

    def __init__(
        self,
        function: Callable[P, R],
        interruptible: bool = False,
        docs: str = "",
        failure_policy: WorkflowFailurePolicy | None = None,
        on_failure: Entity | None = None,
        default_options: Options | None = None,
    ) -> None:
        self.function = function
        self.interruptible = interruptible
        self.docs = docs
        self.failure_policy = failure_policy or WorkflowFailurePolicy.FAIL_IMMEDIATELY
        self.on_failure = on_failure
        self.module = function.__module__
        self.default_options = default_options or Options()
        update_wrapper(self, function)

    @property
    def short_name(self) -> str:
        """The attribute of the module that holds the workflow."""
        return self.function.__name__

    @property
    def name(self) -> str:
        """The workflow's name in FlyteIDL."""
        return f"{module_name_of(self.function)}.{self.short_name}"

    @property
    def interface(self) -> Interface:
        """Inputs and outputs. Raises `TypeTransformError` when the annotations cannot be read."""
        return self._interface

    @cached_property
    def _interface(self) -> Interface:
        return interface_of(self.function)

    @property
    def location(self) -> Location | None:
        """The author's line."""
        return function_location(self.function)

    @property
    def docstring(self) -> str:
        """The function's."""
        return self.function.__doc__ or ""

    @property
    def graph(self) -> Graph:
        """The nodes and outputs, with the problems of each call. Raises what the function itself raises."""
        return self._graph

    @cached_property
    def _graph(self) -> Graph:
        promises = {name: Promise(None, name) for name in self.interface.inputs}
        builder = Builder(
            what=f"workflow {self.name!r}", function=self.function, interface=self.interface, location=self.location
        )
        graph = builder.build(promises)
        if self.on_failure is None:
            return graph
        node, problems = failure_node(self.on_failure, self.interface, self.location)
        return replace(graph, failure_node=node, problems=(*graph.problems, *problems))

    def __call__(self, *args: P.args, **kwargs: P.kwargs) -> R:
        return self.invoke(args, kwargs)


AnyWorkflow: TypeAlias = WorkflowBase


@overload
def workflow(function: Callable[P, R]) -> PythonFunctionWorkflow[P, R]: ...


@overload
def workflow(
    *,
    failure_policy: WorkflowFailurePolicy | None = None,
    interruptible: bool = False,
    on_failure: Entity | None = None,
    docs: str | None = None,
    default_options: Options | None = None,
) -> Callable[[Callable[P, R]], PythonFunctionWorkflow[P, R]]: ...


def workflow(
    function: Callable[..., Any] | None = None,
    *,
    failure_policy: WorkflowFailurePolicy | None = None,
    interruptible: bool = False,
    on_failure: Entity | None = None,
    docs: str | None = None,
    default_options: Options | None = None,
    **unknown: Any,
) -> Any:
    """Makes a workflow of a function that calls tasks. The options are flytekit's.

    Args:
        function: The function, when the decorator stands without parentheses.
        failure_policy: Whether the other nodes are ended at once when one has failed, which is the default.
        interruptible: Whether its tasks may run where they can be pre-empted, unless a task says otherwise.
        on_failure: A task or workflow that runs when a node has failed. It takes the workflow's inputs, and perhaps
            `err: Optional[FlyteError]`.
        docs: A description instead of the function's docstring.
        default_options: What its default launch plan says.
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
    refuse_options("@workflow", unknown, _OPTIONS, WORKFLOW)

    def make(author: Callable[..., Any]) -> Any:
        return PythonFunctionWorkflow(author, interruptible, docs or "", failure_policy, on_failure, default_options)

    return make if function is None else make(function)


_OPTIONS = ("failure_policy", "interruptible", "on_failure", "docs", "default_options")
