"""The error of a failed step, as its error document tells it."""

from __future__ import annotations

from jetbridge.errors import RunError
from jetbridge.idl import ErrorDocument
from jetbridge.runtime.layout import error_uri
from jetbridge.store import ObjectNotFoundError, Store
from jetbridge_translators.plan.model import Step


def step_failure(store: Store, run_root: str, step: Step, backend: str, hint: str = "") -> RunError:
    """A run's error: which task failed, where it is written, and what its `error.pb` says."""
    head = _head(step, backend)
    try:
        document = ErrorDocument.FromString(store.read(error_uri(run_root, step.path)))
    except ObjectNotFoundError:
        return RunError(f"{head} without an error document", hint=hint or "Read the task's log above.")
    error = document.error
    return RunError(f"{head} [{error.code}]\n\n{error.message}", hint=hint)


def step_lost(step: Step, backend: str, reason: str, hint: str = "") -> RunError:
    """A run's error when a task ended without telling why: the engine's own reason."""
    return RunError(f"{_head(step, backend)}: {reason}", hint=hint)


def _head(step: Step, backend: str) -> str:
    place = f" ({step.location})" if step.location else ""
    return f"task {step.template.id.name!r}{place}, node {step.id!r}, failed on {backend}"
