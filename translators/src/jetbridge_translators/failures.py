"""The error of a failed step, as its error document tells it."""

from __future__ import annotations

from jetbridge.errors import RunError
from jetbridge.idl import ErrorDocument
from jetbridge.runtime.layout import error_uri
from jetbridge.store import ObjectNotFoundError, Store
from jetbridge_translators.plan.model import Node, Step


def node_failure(store: Store, run_root: str, node: Node, backend: str, hint: str = "") -> RunError:
    """A run's error: which node failed, where it is written, and what its `error.pb` says."""
    head = _head(node, backend)
    try:
        document = ErrorDocument.FromString(store.read(error_uri(run_root, node.path)))
    except ObjectNotFoundError:
        return RunError(f"{head} without an error document", hint=hint or "Read the task's log above.")
    error = document.error
    return RunError(f"{head} [{error.code}]\n\n{error.message}", hint=hint)


def step_lost(node: Node, backend: str, reason: str, hint: str = "") -> RunError:
    """A run's error when a task ended without telling why: the engine's own reason."""
    return RunError(f"{_head(node, backend)}: {reason}", hint=hint)


def _head(node: Node, backend: str) -> str:
    place = f" ({node.location})" if node.location else ""
    if isinstance(node, Step):
        return f"task {node.template.id.name!r}{place}, node {node.path!r}, failed on {backend}"
    return f"{node.name!r}{place}, node {node.path!r}, failed on {backend}"
