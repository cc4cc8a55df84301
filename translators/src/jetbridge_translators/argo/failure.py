"""Why a Workflow did not succeed, as a person wants to read it."""

from __future__ import annotations

import re
from collections.abc import Callable

from jetbridge.errors import RunError
from jetbridge.runtime import exit_codes
from jetbridge.runtime.layout import error_uri
from jetbridge.store import Store
from jetbridge_translators.argo.doors import gate_failure
from jetbridge_translators.argo.fan import LENGTHS
from jetbridge_translators.argo.first_failure import was_ended
from jetbridge_translators.argo.status import Snapshot, StepStatus
from jetbridge_translators.failures import (
    NO_CASE_HOLDS,
    UNEQUAL_LISTS,
    UNEQUAL_LISTS_TEXT,
    failure_document,
    node_failure,
    step_lost,
)
from jetbridge_translators.plan.model import Branch, Gate, MapNode, Step

_BACKEND = "Argo"
_WITH_DOCUMENT = {str(code) for code in (exit_codes.USER_ERROR, exit_codes.RECOVERABLE, exit_codes.SYSTEM)}
"""The entrypoint's own exit codes: it has written an error document. After any other end an old one may be there."""
_HINTS = (
    (re.compile(r"OOMKilled"), "Give the task more memory: `limits=Resources(mem=…)`."),
    (re.compile(r"deadline|timeout"), "Give the task more time: `timeout=…`."),
    (re.compile(r"pod deleted|evict|node.*(lost|shut)", re.IGNORECASE), "Ask who deletes pods or drains nodes here."),
)


_EXIT_CODE = re.compile(r"exit ?code:? (\d+)", re.IGNORECASE)


def run_failure(
    store: Store,
    now: Snapshot,
    run_root: str,
    name: str,
    namespace: str,
    own_reason: Callable[[StepStatus], str] = lambda status: "",
) -> RunError:
    """The error of a run that did not succeed: the step that failed first.

    Args:
        store: Where the error documents are.
        now: The Workflow.
        run_root: URI of the run's folder.
        name: The Workflow's name.
        namespace: Its namespace.
        own_reason: What the object that a step made says itself of its failure; Argo only knows a condition.
    """
    look = f"kubectl -n {namespace} get workflow {name} -o yaml"
    failed = [status for status in now.steps.values() if status.state == "failed"]
    if not failed:
        return RunError(f"Argo ended the workflow {name!r} as {now.phase}: {now.message}", hint=f"See all: {look}")
    own = [status for status in failed if not was_ended(status)]
    status = min(own or failed, key=lambda status: (not isinstance(status.node, Step), status.finished))
    node = status.node
    if isinstance(node, Branch):
        # No pod of it could write the document.
        store.create(error_uri(run_root, node.path), failure_document(NO_CASE_HOLDS, node.error))
        return node_failure(store, run_root, node, _BACKEND)
    if isinstance(node, MapNode) and LENGTHS in status.message:
        store.create(error_uri(run_root, node.path), failure_document(UNEQUAL_LISTS, UNEQUAL_LISTS_TEXT))
        return node_failure(store, run_root, node, _BACKEND)
    if isinstance(node, Gate):
        return gate_failure(store, run_root, status, _BACKEND)
    said = own_reason(status)
    found = _EXIT_CODE.search(said)
    code = found[1] if found else status.attempts[-1].exit_code if status.attempts else ""
    if code in _WITH_DOCUMENT and (not said or store.exists(error_uri(run_root, node.path))):
        return node_failure(store, run_root, node, _BACKEND, _tried(status))
    reason = said or _reason(status)
    return step_lost(node, _BACKEND, reason, _hint(reason, look))


def _tried(status: StepStatus) -> str:
    count = len(status.attempts)
    return f"It was tried {count} times." if count > 1 else ""


def _reason(status: StepStatus) -> str:
    """Argo's message of the last attempt; the step's own says only that no more retries are left."""
    last = status.attempts[-1].message if status.attempts else ""
    message = last or status.message or "Argo gives no reason"
    return f"{message} (attempt {len(status.attempts)})" if len(status.attempts) > 1 else message


def _hint(reason: str, look: str) -> str:
    found = next((hint for pattern, hint in _HINTS if pattern.search(reason)), "")
    return f"{found} See all: {look}".strip()
