"""The failure of a node that is no process of its own."""

from __future__ import annotations

from jetbridge.runtime.layout import error_uri
from jetbridge.store import open_store
from jetbridge_translators.failures import failure_document
from jetbridge_translators.local.scheduler import Scheduler
from jetbridge_translators.plan.model import AnyNode


def failed(scheduler: Scheduler, node: AnyNode, code: str, message: str) -> bool:
    """Leaves the error of a node that is no task, as a task would, and fails the run."""
    if scheduler.stopping.is_set():
        return False
    open_store().write(error_uri(scheduler.run_root, node.path), failure_document(code, message))
    scheduler.fail(node)
    return False
