"""The error of a failed step, as its error document tells it."""

from __future__ import annotations

from jetbridge.errors import BindingError, RunError
from jetbridge.idl import ContainerError, ErrorDocument, ExecutionError
from jetbridge.runtime.failed_run import read_error
from jetbridge.runtime.layout import error_uri
from jetbridge.store import ObjectNotFoundError, Store
from jetbridge_translators.plan.model import Node, Step

UNEQUAL_LISTS = "InvalidArrayLength"
"""Propeller's code for a map over lists of different lengths (`nodes/array/handler.go`)."""
UNEQUAL_LISTS_TEXT = "the lists of a map must be of one length"
NO_CASE_HOLDS = "UserProvidedError"
"""Propeller's code for a branch of which no case holds (`nodes/branch/handler.go`)."""
MALFORMED_BRANCH = "MalformedBranchUserError"
"""Propeller's code for a condition that cannot be evaluated."""


def failure_document(code: str, message: str) -> bytes:
    """The `error.pb` of a node that runs no code of the author: an error of the user's, without a trace."""
    error = ContainerError(code=code, message=message, origin=ExecutionError.USER)
    error.timestamp.GetCurrentTime()
    return ErrorDocument(error=error).SerializeToString()


def node_failure(store: Store, run_root: str, node: Node, backend: str, hint: str = "") -> RunError:
    """A run's error: which node failed, where it is written, and what its `error.pb` says."""
    head = _head(node, backend)
    try:
        error = read_error(store, error_uri(run_root, node.path)).error
    except ObjectNotFoundError:
        return RunError(f"{head} without an error document", hint=hint or "Read the task's log above.")
    except BindingError as damaged:
        return RunError(f"{head}: {damaged.message}", hint=hint or damaged.hint)
    return RunError(f"{head} [{error.code}]\n\n{error.message}", hint=hint)


def step_lost(node: Node, backend: str, reason: str, hint: str = "") -> RunError:
    """A run's error when a task ended without telling why: the engine's own reason."""
    return RunError(f"{_head(node, backend)}: {reason}", hint=hint)


def _head(node: Node, backend: str) -> str:
    place = f" ({node.location})" if node.location else ""
    if isinstance(node, Step):
        return f"task {node.template.id.name!r}{place}, node {node.path!r}, failed on {backend}"
    return f"{node.name!r}{place}, node {node.path!r}, failed on {backend}"
