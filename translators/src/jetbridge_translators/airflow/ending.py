"""How a task's last attempt ended, read from the log of `airflow dags test`."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass

from jetbridge.runtime import exit_codes

_OPERATOR = r" \[airflow\.task\.operators\.\S+\] loc=\S+$"
_CONTAINER = re.compile(
    r"Container '[^']*': state='(?:TERMINATED|WAITING)', reason='(?P<reason>[^']*)', "
    r"(?:exit_code=(?P<code>\d+), )?message='(?P<message>.*)'" + _OPERATOR
)
_STOPPED = re.compile(
    r"Pod Event: (?P<event>Killing|Evicted|Preempted|TaintManagerEviction) - (?P<message>.*)" + _OPERATOR
)
_RAISED = re.compile(r"(?:[a-z_]\w*\.)*(?P<error>[A-Z]\w+: .+)")
_API_MESSAGE = re.compile(r'^HTTP response body: .*"message":(?P<text>"(?:[^"\\]|\\.)*")')
_WITH_DOCUMENT = (exit_codes.USER_ERROR, exit_codes.RECOVERABLE, exit_codes.SYSTEM)
_TRACEBACK = "Traceback (most recent call last):"


@dataclass(frozen=True, slots=True)
class Ending:
    """The end of an attempt.

    Attributes:
        reason: What Kubernetes or Airflow says; empty when neither says anything.
        has_document: Whether an error document is this attempt's, if there is one: the container ended as the
            entrypoint ends it, or there was no container.
    """

    reason: str = ""
    has_document: bool = True


def ending(log: str, task_id: str) -> Ending:
    """The end of a task's last attempt: its container's state, else the error that Airflow caught."""
    lines = _last_attempt(log.splitlines(), task_id)
    states = [found for line in lines if (found := _CONTAINER.search(line))]
    # A container that ended well has nothing to do with it: the operator could not follow its pod.
    if not states or states[0]["code"] == "0":
        return Ending(_raised(lines))
    # A container that waits is described again while its pod is deleted, then with less detail.
    state = states[0]
    code = int(state["code"]) if state["code"] else None
    stopped = [f"{found['event']}: {found['message']}" for line in lines if (found := _STOPPED.search(line))]
    message = "" if state["message"] == "None" else state["message"]
    parts = [state["reason"], *([f"exit code {code}"] if code is not None else []), message, *stopped]
    return Ending(", ".join(dict.fromkeys(filter(None, parts))), code in _WITH_DOCUMENT)


def _last_attempt(lines: Sequence[str], task_id: str) -> Sequence[str]:
    """The lines from the last start of a task to its end."""
    name, _, element = task_id.removesuffix("]").partition("[")
    instance = f"task_id={name} map_index={element} " if element else f"task_id={name} "
    starts = [index for index, line in enumerate(lines) if f"[DAG TEST] starting {instance}" in line]
    if not starts:
        return ()
    own = lines[starts[-1] :]
    ends = (index for index, line in enumerate(own) if f"[DAG TEST] end task {instance}" in line)
    return own[: next(ends, len(own))]


def _raised(lines: Sequence[str]) -> str:
    """The first error of the last traceback's chain, which is the cause, and what Kubernetes' API says about it."""
    after = lines[lines.index(_TRACEBACK) :] if _TRACEBACK in lines else ()
    errors = [found["error"] for line in after if (found := _RAISED.match(line))]
    bodies = [json.loads(found["text"]) for line in after if (found := _API_MESSAGE.search(line))]
    return ": ".join([*errors[:1], *bodies[:1]])
