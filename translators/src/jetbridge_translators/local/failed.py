"""The failure of a node that is no process of its own."""

from __future__ import annotations

import time

from jetbridge.idl import ExecutionError
from jetbridge.runtime import exit_codes
from jetbridge.runtime.failure import FailureClass, TaskFailure, error_document
from jetbridge.runtime.layout import error_uri
from jetbridge.store import open_store
from jetbridge_translators.local.scheduler import Scheduler
from jetbridge_translators.plan.model import AnyNode


def failed(scheduler: Scheduler, node: AnyNode, code: str, message: str) -> bool:
    """Leaves the error of a node that is no task, as a task would, and fails the run."""
    if scheduler.stopping.is_set():
        return False
    failure = TaskFailure(FailureClass(code, False, ExecutionError.USER, exit_codes.USER_ERROR), _NodeError(message))
    document = error_document(failure, time.time_ns())
    document.error.message = message
    open_store().write(error_uri(scheduler.run_root, node.path), document.SerializeToString())
    scheduler.fail(node)
    return False


class _NodeError(Exception):
    """Why a node failed that runs no code of the author."""
