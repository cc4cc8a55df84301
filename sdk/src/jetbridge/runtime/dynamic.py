"""A dynamic task on a worker: its function makes a workflow, which is left as `futures.pb` for the engine."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from jetbridge.errors import UsageError
from jetbridge.idl import LiteralMap
from jetbridge.runtime.arguments import Arguments
from jetbridge.serialize.dynamic import dynamic_job_spec
from jetbridge.serialize.settings import SerializationSettings
from jetbridge.serialize.transport import SERIALIZED_CONTEXT, from_transport
from jetbridge.task import AnyTask
from jetbridge.types import TransformContext

if TYPE_CHECKING:
    from jetbridge.idl_admin import DynamicJobSpec


def run_dynamic(
    task: AnyTask, values: Mapping[str, object], transform: TransformContext, arguments: Arguments
) -> DynamicJobSpec | LiteralMap:
    """The workflow that the function made, or its outputs when it called nothing.

    Raises:
        CompileError: the workflow breaks rules of FlyteIDL's compiler.
        UsageError: the environment lacks the settings of packaging.
        Exception: whatever the function raises.
    """
    return dynamic_job_spec(task, values, _settings(os.environ, arguments), transform)


def _settings(environ: Mapping[str, str], arguments: Arguments) -> SerializationSettings:
    text = environ.get(SERIALIZED_CONTEXT, "")
    if not text:
        raise UsageError(
            f"a dynamic task needs the settings of packaging in {SERIALIZED_CONTEXT}",
            hint="Package the workflow again with `jetbridge package`, and keep the task's environment.",
        )
    settings = from_transport(text)
    bundle = arguments.dynamic_addl_distro or arguments.additional_distribution
    return replace(settings, code_bundle=bundle or settings.code_bundle)
