"""Why a DAG run failed, as a person wants to read it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

from google.protobuf.message import DecodeError

from jetbridge.errors import RunError, StoreError
from jetbridge.idl import ErrorDocument
from jetbridge.runtime.layout import error_uri
from jetbridge.store import open_store
from jetbridge_translators.airflow.watch import Snapshot
from jetbridge_translators.plan.model import Step

_LOG_LINES = 15
_COLOURS = re.compile(r"\x1b\[[0-9;]*m")


def run_failure(now: Snapshot, steps: Mapping[str, Step], run_root: str, log: Path) -> RunError:
    """The error of a run that did not succeed."""
    failed = [task.task_id for task in now.tasks if task.state == "failed"]
    hint = f"The full log: {log}"
    if not failed:
        return RunError(f"Airflow ended without running the workflow:\n{_tail(log)}", hint=hint)
    reasons = [_reason(steps[task_id], run_root) for task_id in failed]
    return RunError("\n".join(reasons), hint=hint)


def _reason(step: Step, run_root: str) -> str:
    place = f" ({step.location})" if step.location else ""
    message = _error_message(error_uri(run_root, step.path))
    return f"task {step.name!r}{place} failed" + (f":\n{message}" if message else "")


def _error_message(uri: str) -> str:
    """The error document's message; empty where the task never wrote one, as when it was killed."""
    try:
        return ErrorDocument.FromString(open_store().read(uri)).error.message
    except (StoreError, DecodeError):
        return ""


def _tail(log: Path) -> str:
    text = _COLOURS.sub("", log.read_text(errors="replace"))
    return "\n".join(text.splitlines()[-_LOG_LINES:])
