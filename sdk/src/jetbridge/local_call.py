"""Calling a task or workflow as a plain function: in this process, for scripts and unit tests.

Values pass through literals as on a worker, so that types are checked and converted in the same way.
"""

from __future__ import annotations

import tempfile
from collections.abc import Generator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, TypeVar

from jetbridge.compiler.graph import topological_order, upstream_ids
from jetbridge.errors import TypeTransformError
from jetbridge.idl import BindingData, Literal, LiteralCollection, LiteralMap
from jetbridge.idl_admin import WorkflowTemplate
from jetbridge.interface import Interface
from jetbridge.runtime.context import ExecutionContext, executing
from jetbridge.runtime.values import to_inputs, to_outputs
from jetbridge.store import open_store
from jetbridge.suggest import did_you_mean
from jetbridge.task import AnyTask, PythonFunctionTask
from jetbridge.types import TransformContext, literal_type, to_literal, to_python
from jetbridge.types.attributes import get_attribute
from jetbridge.workflow import PythonFunctionWorkflow

R = TypeVar("R")


def call_task(task: PythonFunctionTask[..., R], args: Sequence[object], kwargs: Mapping[str, object]) -> R:
    """Runs a task's function. Raises what it raises, and `TypeTransformError` for values of other types."""
    with _context() as context:
        literals = _literals(context, task.name, task.interface, args, kwargs)
        outputs = _run(context, task, literals)
        return _returned(context, task.interface, outputs)


def call_workflow(workflow: PythonFunctionWorkflow[..., R], args: Sequence[object], kwargs: Mapping[str, object]) -> R:
    """Runs a workflow's tasks one after the other. Raises `CompileError`, and what a task raises."""
    from jetbridge.launch_plan import LaunchPlan
    from jetbridge.serialize.closure import closure_of
    from jetbridge.serialize.settings import SerializationSettings

    template = closure_of(
        LaunchPlan.get_or_create(workflow), SerializationSettings(image="local")
    ).compiled.primary.template
    with _context() as context:
        literals = _literals(context, workflow.name, workflow.interface, args, kwargs)
        results = _run_nodes(context, workflow, template, literals)
        outputs = {binding.var: _resolve(binding.binding, results) for binding in template.outputs}
        return _returned(context, workflow.interface, outputs)


def _run_nodes(
    context: TransformContext,
    workflow: PythonFunctionWorkflow[..., Any],
    template: WorkflowTemplate,
    workflow_inputs: Mapping[str, Literal],
) -> Mapping[str, Mapping[str, Literal]]:
    """Runs the nodes one after the other; gives the outputs of each, and the workflow's inputs under no name."""
    results = {"": workflow_inputs}
    tasks = {node.task.name: node.task for node in workflow.graph.nodes}
    nodes = {node.id: node for node in template.nodes}
    for node_id in topological_order({node.id: upstream_ids(node) for node in template.nodes}):
        node = nodes[node_id]
        inputs = {binding.var: _resolve(binding.binding, results) for binding in node.inputs}
        results[node_id] = _run(context, tasks[node.task_node.reference_id.name], inputs)
    return results


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
    values = to_inputs(context, task.interface, literals)
    with task.settings.config.session() as session, executing(_execution(context, task, session)):
        return to_outputs(context, task.interface, task.function(**values)).literals


def _execution(context: TransformContext, task: AnyTask, session: Mapping[str, object]) -> ExecutionContext:
    return ExecutionContext(
        execution_id="local",
        task_id=task.name,
        working_directory=context.work_dir,
        raw_output_prefix=context.raw_prefix,
        session=session,
    )


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


def _resolve(binding: BindingData, results: Mapping[str, Mapping[str, Literal]]) -> Literal:
    kind = binding.WhichOneof("value")
    if kind == "promise":
        reference = binding.promise
        path = tuple(
            attr.int_value if attr.WhichOneof("value") == "int_value" else attr.string_value
            for attr in reference.attr_path
        )
        return get_attribute(results[reference.node_id][reference.var], path)
    if kind == "collection":
        items = [_resolve(item, results) for item in binding.collection.bindings]
        return Literal(collection=LiteralCollection(literals=items))
    if kind == "map":
        entries = {key: _resolve(item, results) for key, item in binding.map.bindings.items()}
        return Literal(map=LiteralMap(literals=entries))
    return Literal(scalar=binding.scalar)
