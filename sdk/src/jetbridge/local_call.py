"""Calling a task or workflow as a plain function: in this process, for scripts and unit tests.

Values pass through literals as on a worker, so that types are checked and converted in the same way.
"""

from __future__ import annotations

import tempfile
from collections.abc import Generator, Mapping, Sequence
from contextlib import ExitStack, contextmanager, suppress
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

from jetbridge.dynamic import DynamicWorkflow
from jetbridge.errors import TypeTransformError
from jetbridge.idl import Literal
from jetbridge.interface import Interface
from jetbridge.launch_plan import LaunchPlan
from jetbridge.local_maps import MapRules, run_map
from jetbridge.local_nodes import LocalRun, run_workflow
from jetbridge.map_task import ArrayNodeMapTask
from jetbridge.runtime.call_context import context_of_call
from jetbridge.runtime.context import ExecutionContext, executing
from jetbridge.runtime.values import to_inputs, to_outputs
from jetbridge.serialize.closure import closure_of
from jetbridge.serialize.dynamic import dynamic_closure, outputs_without_nodes
from jetbridge.serialize.reachable import reachable
from jetbridge.serialize.settings import SerializationSettings
from jetbridge.store import open_store
from jetbridge.suggest import did_you_mean
from jetbridge.task import AnyTask, PythonFunctionTask
from jetbridge.types import TransformContext, literal_type, to_literal, to_python
from jetbridge.workflow_base import WorkflowBase

_SETTINGS = SerializationSettings(image="none")
R = TypeVar("R")


def call_task(task: PythonFunctionTask[..., R], args: Sequence[object], kwargs: Mapping[str, object]) -> R:
    """Runs a task's function. Raises what it raises, and `TypeTransformError` for values of other types."""
    with _context() as context:
        literals = _literals(context, task.name, task.interface, args, kwargs)
        outputs = _run(context, task, literals)
        return _returned(context, task.interface, outputs)


def call_workflow(workflow: WorkflowBase, args: Sequence[object], kwargs: Mapping[str, object]) -> Any:
    """Runs a workflow's nodes one after the other. Raises `CompileError`, and what a task raises."""
    closure = closure_of(LaunchPlan.get_or_create(workflow), _SETTINGS)
    with _context() as context:
        literals = _literals(context, workflow.name, workflow.interface, args, kwargs)
        run = LocalRun.of(context, _run, closure, reachable(workflow))
        outputs = run_workflow(run, closure.compiled.primary.template, literals)
        return _returned(context, workflow.interface, outputs)


def call_map(mapped: ArrayNodeMapTask, args: Sequence[object], kwargs: Mapping[str, object]) -> Any:
    """Runs a map's elements one after the other. Raises what an element raises when too many of them fail."""
    with _context() as context:
        literals = _literals(context, mapped.name, mapped.interface, args, kwargs)
        rules = MapRules(
            outputs=tuple(mapped.interface.outputs),
            bound=frozenset(mapped.bound),
            min_successes=mapped.min_successes or 0,
            min_success_ratio=1.0 if mapped.min_success_ratio is None else mapped.min_success_ratio,
        )
        outputs = run_map(partial(_run, context, mapped.task), rules, literals)
        return _returned(context, mapped.interface, outputs)


@contextmanager
def _context() -> Generator[TransformContext]:
    """A folder of this call; it stays when there is something in it, because returned values may point there."""
    folder = Path(tempfile.mkdtemp(prefix="jetbridge-local-"))
    try:
        yield TransformContext(store=open_store(), raw_prefix=f"file://{folder}/raw", work_dir=folder)
    finally:
        with suppress(OSError):
            folder.rmdir()


def _run(context: TransformContext, task: AnyTask, literals: Mapping[str, Literal]) -> Mapping[str, Literal]:
    if task.settings.dynamic:
        return _run_dynamic(DynamicWorkflow(task, to_inputs(context, task.interface, literals), context))
    # The session first, as on a worker: converting an input may need it.
    with ExitStack() as stack:
        with executing(_execution(context, task, {})):
            session = stack.enter_context(task.settings.config.session())
        stack.enter_context(executing(_execution(context, task, session)))
        values = to_inputs(context, task.interface, literals)
        return to_outputs(context, task.interface, task.function(**values)).literals


def _run_dynamic(workflow: DynamicWorkflow) -> Mapping[str, Literal]:
    """Builds the graph as on a worker, and runs it at once."""
    with executing(_execution(workflow.context, workflow.task, {})):
        graph = workflow.graph
    if not graph.nodes:
        return outputs_without_nodes(workflow).literals
    closure = dynamic_closure(workflow, _SETTINGS)
    run = LocalRun.of(workflow.context, _run, closure, reachable(workflow))
    return run_workflow(run, closure.compiled.primary.template, {})


def _execution(context: TransformContext, task: AnyTask, session: Mapping[str, object]) -> ExecutionContext:
    return context_of_call("local", task.name, context, session)


def _literals(
    context: TransformContext,
    name: str,
    interface: Interface,
    args: Sequence[object],
    kwargs: Mapping[str, object],
) -> dict[str, Literal]:
    positional = dict(zip(interface.inputs, args, strict=False))
    for key in positional.keys() & kwargs.keys():
        raise TypeTransformError(f"input {key!r} of {name!r} is given twice", hint="Give inputs by name.")
    given = {**positional, **kwargs}
    unknown = [key for key in given if key not in interface.inputs]
    if unknown or len(args) > len(interface.inputs):
        what = repr(unknown[0]) if unknown else f"number {len(args)}"
        near = unknown[0] if unknown else ""
        raise TypeTransformError(f"{name!r} has no input {what}", hint=did_you_mean(near, interface.inputs))
    literals: dict[str, Literal] = {}
    for key, variable in interface.inputs.items():
        if key not in given and variable.required and not variable.optional:
            raise TypeTransformError(f"input {key!r} of {name!r} is missing", hint=f"Give `{key}=…`.")
        value = given.get(key, None if variable.required else variable.default)
        try:
            literals[key] = to_literal(context, value, variable.python_type, literal_type(variable.python_type))
        except TypeTransformError as error:
            raise TypeTransformError(f"input {key!r} of {name!r}: {error.message}", hint=error.hint) from error
    return literals


def _returned(context: TransformContext, interface: Interface, literals: Mapping[str, Literal]) -> Any:
    values = [to_python(context, literals[name], variable.python_type) for name, variable in interface.outputs.items()]
    if not values:
        return None
    if not interface.several_outputs:
        return values[0]
    return tuple(values) if interface.output_tuple is None else interface.output_tuple(*values)
