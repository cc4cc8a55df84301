"""`Workflow(name=…)`: a workflow that is put together by calls, for programs that make workflows."""

from __future__ import annotations

import inspect
from collections.abc import Mapping
from types import FrameType
from typing import Any, NoReturn

from jetbridge.binding_data import bind_value
from jetbridge.entity import Entity
from jetbridge.errors import JetbridgeError, Location, UsageError
from jetbridge.failure_node import failure_node
from jetbridge.graph import Graph
from jetbridge.idl import Binding
from jetbridge.interface import Interface, Variable
from jetbridge.node import Node
from jetbridge.promise import Promise, VoidPromise, order, promise_source
from jetbridge.source import caller_location, is_ours
from jetbridge.trace import REPORTED, Trace, tracing
from jetbridge.workflow_base import WorkflowBase, WorkflowFailurePolicy


class NodeHandle(VoidPromise):
    """What `add_entity` gives: its outputs by name, as `handle.outputs["o0"]` or `handle.o0`; `>>` orders it."""

    def __init__(self, node: Node) -> None:
        super().__init__(node)
        self.outputs: Mapping[str, Promise] = {name: Promise(node, name) for name in node.entity.interface.outputs}

    def __getattr__(self, name: str) -> Promise:
        if name.startswith("_") or name not in self.outputs:
            raise AttributeError(f"the node has no output {name!r}")
        return self.outputs[name]

    def runs_before(self, other: NodeHandle) -> None:
        """Makes the other node wait for this one: what `>>` does."""
        order(self, other)


class ImperativeWorkflow(WorkflowBase):
    """A workflow that is put together by calls.

    Args:
        name: The workflow's name in FlyteIDL.
        failure_policy: What happens to the other nodes when one has failed.
        interruptible: The default for the nodes.

    Example:
        >>> from jetbridge import task
        >>> @task
        ... def double(n: int) -> int:
        ...     return 2 * n
        >>> flow = ImperativeWorkflow(name="doubling")
        >>> first = flow.add_entity(double, n=flow.add_workflow_input("n", int))
        >>> flow.add_workflow_output("twice", first.outputs["o0"])
        >>> flow(n=4)
        8
    """

    def __init__(
        self, name: str, failure_policy: WorkflowFailurePolicy | None = None, interruptible: bool = False
    ) -> None:
        self._name = name
        self.failure_policy = failure_policy or WorkflowFailurePolicy.FAIL_IMMEDIATELY
        self.interruptible = interruptible
        self.module = _caller_module()
        self._location = caller_location()
        self._trace = Trace()
        self._inputs: dict[str, Variable] = {}
        self._outputs: dict[str, Variable] = {}
        self._bindings: list[Binding] = []

    @property
    def name(self) -> str:
        """The workflow's name in FlyteIDL."""
        return self._name

    @property
    def location(self) -> Location | None:
        """Where the author made it."""
        return self._location

    @property
    def interface(self) -> Interface:
        """The inputs and outputs so far."""
        return Interface(dict(self._inputs), dict(self._outputs), several_outputs=len(self._outputs) > 1)

    @property
    def inputs(self) -> Mapping[str, Promise]:
        """The inputs so far, to be given to nodes."""
        return {name: Promise(None, name) for name in self._inputs}

    @property
    def graph(self) -> Graph:
        """The nodes and outputs so far."""
        graph = Graph(tuple(self._trace.nodes), tuple(self._bindings), tuple(self._trace.problems))
        if self.on_failure is None:
            return graph
        node, problems = failure_node(self.on_failure, self.interface, self.location)
        return Graph(graph.nodes, graph.outputs, (*graph.problems, *problems), node)

    def add_workflow_input(self, input_name: str, python_type: Any) -> Promise:
        """Declares an input. Raises `UsageError` for a name that there is already."""
        if input_name in self._inputs:
            _twice("input", input_name, self.name)
        self._inputs[input_name] = Variable(python_type)
        return Promise(None, input_name)

    def add_entity(self, entity: Entity, **inputs: Any) -> NodeHandle:
        """Adds a node that runs a task, workflow, launch plan or map; what is wrong with it is shown with the rest."""
        with tracing(self._trace) as trace:
            trace.call(entity, (), inputs)
            return NodeHandle(trace.nodes[-1])

    def add_task(self, task: Entity, **inputs: Any) -> NodeHandle:
        """The same as `add_entity`."""
        return self.add_entity(task, **inputs)

    def add_launch_plan(self, launch_plan: Entity, **inputs: Any) -> NodeHandle:
        """The same as `add_entity`."""
        return self.add_entity(launch_plan, **inputs)

    def add_subwf(self, sub_wf: Entity, **inputs: Any) -> NodeHandle:
        """The same as `add_entity`."""
        return self.add_entity(sub_wf, **inputs)

    def add_on_failure_handler(self, entity: Entity) -> None:
        """Makes an entity run when a node has failed; it takes the workflow's inputs."""
        self.on_failure = entity

    def create_conditional(self, name: str) -> NoReturn:
        """Refused: branches are calls, which only a workflow's function can make.

        Raises:
            UsageError: always.
        """
        raise UsageError(
            f"an imperative workflow has no conditional {name!r}",
            hint="Put the branches into a `@workflow` function, and add that with `add_subwf`.",
        )

    def add_workflow_output(self, output_name: str, p: Any, python_type: Any = None) -> None:
        """Declares an output.

        Args:
            output_name: Its name.
            p: What it is bound to: a promise, or a list or dict of promises.
            python_type: Its type; a single promise has one of its own.

        Raises:
            UsageError: there is an output of the name already, or the type must be given.
        """
        if output_name in self._outputs:
            _twice("output", output_name, self.name)
        kind = python_type if python_type is not None else self._type_of(output_name, p)
        self._outputs[output_name] = Variable(kind)
        try:
            self._bindings.append(Binding(var=output_name, binding=bind_value(p, kind)))
        except JetbridgeError as error:
            message = f"output {output_name!r}: {error.message}"
            self._trace.problem("MismatchingTypes", message, caller_location(), error.hint)
            self._bindings.append(Binding(var=output_name, binding=REPORTED))

    def _type_of(self, output_name: str, p: Any) -> Any:
        if isinstance(p, Promise):
            node, var, path = promise_source(p)
            known = self._inputs if node is None else node.entity.interface.outputs
            if var in known and not path:
                return known[var].python_type
        raise UsageError(
            f"the type of output {output_name!r} of workflow {self.name!r} is not known",
            hint="Give it: `add_workflow_output(name, value, python_type=list[int])`.",
        )

    def ready(self) -> bool:
        """Whether there is a node, and every input goes into one."""
        promised = {
            reference
            for node in self._trace.nodes
            for binding in node.inputs.values()
            for reference in _inputs_in(binding)
        }
        return bool(self._trace.nodes) and promised >= set(self._inputs)

    def __call__(self, *args: object, **kwargs: object) -> Any:
        return self.invoke(args, kwargs)


def _inputs_in(binding: Any) -> list[str]:
    kind = binding.WhichOneof("value")
    if kind == "promise":
        return [] if binding.promise.node_id else [binding.promise.var]
    if kind == "collection":
        return [name for item in binding.collection.bindings for name in _inputs_in(item)]
    return [name for item in binding.map.bindings.values() for name in _inputs_in(item)]


def _twice(kind: str, name: str, workflow: str) -> NoReturn:
    raise UsageError(f"workflow {workflow!r} has an {kind} {name!r} already", hint="Give each a name of its own.")


def _caller_module() -> str:
    """The module of the nearest line on the stack that is not this library's."""
    frame: FrameType | None = inspect.currentframe()
    while frame is not None and is_ours(frame.f_code.co_filename):
        frame = frame.f_back
    return "" if frame is None else frame.f_globals.get("__name__", "")


Workflow = ImperativeWorkflow
"""flytekit's name for it."""
