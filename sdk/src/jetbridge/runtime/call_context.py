"""The context of a task that is called as a function."""

from __future__ import annotations

import os
from collections.abc import Mapping
from functools import cache

from jetbridge.runtime.checkpoint import Checkpoint
from jetbridge.runtime.context import ExecutionContext
from jetbridge.runtime.environment import Identifier
from jetbridge.runtime.secrets import SecretsManager
from jetbridge.types import TransformContext


def context_of_call(
    execution_id: str, task_name: str, transform: TransformContext, session: Mapping[str, object]
) -> ExecutionContext:
    """What `current_context()` gives during the call: no attempt came before, and secrets need no prefix.

    Args:
        execution_id: What stands for the run.
        task_name: The task.
        transform: The call's folder and store.
        session: What the task's configuration offers.
    """
    folder = transform.work_dir

    def checkpoint() -> Checkpoint:
        return Checkpoint(transform.store, f"file://{folder}/__cp", str, folder)

    return ExecutionContext(
        execution_id=Identifier(execution_id),
        task_id=Identifier(task_name),
        working_directory=folder,
        raw_output_prefix=transform.raw_prefix,
        secrets=SecretsManager(os.environ, local=True),
        session=session,
        open_checkpoint=cache(checkpoint),
    )
