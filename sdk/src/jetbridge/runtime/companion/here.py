"""A raw container that is called as a function: by the engine of this machine, with a run of its own."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Any

from jetbridge.bindings import ProtoConstant, render
from jetbridge.container_task import INPUT_FOLDER, OUTPUT_FOLDER, ContainerTask
from jetbridge.errors import RunError
from jetbridge.idl import DataLoadingConfig, ErrorDocument, Literal, LiteralMap
from jetbridge.interface import typed_interface
from jetbridge.runtime import exit_codes
from jetbridge.runtime.arguments import Arguments
from jetbridge.runtime.companion.arguments import COPILOT, CompanionArguments
from jetbridge.runtime.companion.attempt import companion_attempt
from jetbridge.runtime.companion.command import marked
from jetbridge.runtime.companion.engine import find_engine
from jetbridge.runtime.context import current_context
from jetbridge.runtime.layout import error_uri, outputs_uri
from jetbridge.runtime.termination import terminable
from jetbridge.store import join, open_store
from jetbridge.types import TransformContext, literal_type, to_literal, to_python

_NODE = "n0"


def run_here(task: ContainerTask, values: Mapping[str, Any]) -> Any:
    """The task's outputs as Python values.

    Raises:
        UsageError: this machine has no container engine.
        RunError: the program failed, or left something else than its outputs.
    """
    find_engine(os.environ)
    execution = current_context()
    context = TransformContext(open_store(), execution.raw_output_prefix, execution.working_directory)
    types = {name: variable.python_type for name, variable in task.interface.inputs.items()}
    literals = {
        name: to_literal(context, values[name], kind, literal_type(kind))
        for name, kind in types.items()
        if name in values
    }
    outputs = _outputs(task, literals, join(context.raw_prefix, os.urandom(8).hex()))
    found = [to_python(context, outputs[name], each.python_type) for name, each in task.interface.outputs.items()]
    return None if not found else found[0] if len(found) == 1 else tuple(found)


def _outputs(task: ContainerTask, literals: Mapping[str, Literal], run_root: str) -> Mapping[str, Literal]:
    store = open_store()
    environ = {**os.environ, **task.settings.environment}
    with terminable() as termination:
        attempt = companion_attempt(_arguments(task, literals, run_root), termination, environ=environ)
        code = attempt.run()
    if code == exit_codes.DONE:
        return LiteralMap.FromString(store.read(outputs_uri(run_root, _NODE))).literals
    document = ErrorDocument.FromString(store.read(error_uri(run_root, _NODE)))
    raise RunError(
        f"the container of task {task.name!r} failed [{document.error.code}]\n{document.error.message}",
        hint="What it printed is above.",
    )


def _arguments(task: ContainerTask, literals: Mapping[str, Literal], run_root: str) -> CompanionArguments:
    config = task.data_config
    binds = [(name, render(ProtoConstant(each.SerializeToString()), {})) for name, each in literals.items()]
    return CompanionArguments(
        attempt=Arguments(
            run_root=run_root,
            node_path=_NODE,
            binds=tuple(binds),
            loader_args=tuple(marked(word, has_inputs=bool(literals)) for word in (*task.command, *task.arguments)),
        ),
        protocol=COPILOT,
        interface=typed_interface(task.interface),
        input_folder=config.input_path or INPUT_FOLDER,
        output_folder=config.output_path or OUTPUT_FOLDER,
        metadata_format=DataLoadingConfig.LiteralMapFormat.Name(config.format).lower(),
        image=task.settings.container_image,
        variables=tuple(task.settings.environment),
    )
