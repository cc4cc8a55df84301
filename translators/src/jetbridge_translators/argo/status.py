"""What Argo says of a Workflow, as states of the plan's steps."""

from __future__ import annotations

import base64
import gzip
import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from jetbridge_translators.argo.objects import section, text
from jetbridge_translators.base import StepEvent
from jetbridge_translators.plan.model import AnyNode

Find = Callable[[str], AnyNode | None]

_FINAL = {
    "Succeeded": "succeeded",
    "Failed": "failed",
    "Error": "failed",
    "Skipped": "skipped",
    "Omitted": "skipped",
}
_POD_NAMES = "workflows.argoproj.io/pod-name-format"
_ATTEMPT = re.compile(r"\((\d+)\)\Z")


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """One pod of a step; `exit_code` is empty while there is none, times are ISO 8601 and empty before they come.

    `template` is the template that it was made from.
    """

    pod: str
    phase: str
    message: str
    exit_code: str
    started: str
    finished: str
    template: str = ""

    @property
    def has_started(self) -> bool:
        """Whether its container runs or ran."""
        return self.phase not in ("", "Pending")


@dataclass(frozen=True, slots=True, kw_only=True)
class StepStatus:
    """A node of the plan: `state` is one of `StepEvent`, or empty before a container of it has started."""

    node: AnyNode
    state: str
    message: str
    seconds: float
    finished: str
    attempts: tuple[Attempt, ...]

    @property
    def step(self) -> str:
        """The node's readable name."""
        return self.node.name


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A Workflow at one time: its phase (empty before the controller has seen it), and its nodes by their path."""

    phase: str = ""
    message: str = ""
    steps: Mapping[str, StepStatus] = field(default_factory=dict[str, StepStatus])


def read_snapshot(workflow: Mapping[str, Any], find: Find) -> Snapshot:
    """The state of a Workflow.

    Args:
        workflow: The object.
        find: The plan's node of a node of Argo, by its name without the Workflow's own; None for Argo's own.
    """
    status = section(workflow, "status")
    name = workflow["metadata"]["name"]
    by_name = {node["name"]: node for node in argo_nodes(status).values()}
    pods = _pods(workflow, by_name)
    places = {node_name: find(node_name.removeprefix(f"{name}.")) for node_name in by_name}
    found = sorted(
        ((node, node_name) for node_name, node in places.items() if node is not None),
        # A map may have several tasks without pods in its name: what has failed counts, so it comes last.
        key=lambda pair: (_reading_order(pair[0].path), _FINAL.get(text(by_name[pair[1]], "phase")) == "failed"),
    )
    steps = {node.path: _step(node, by_name[node_name], pods.get(node_name, ())) for node, node_name in found}
    return Snapshot(text(status, "phase"), text(status, "message"), steps)


def _reading_order(path: str) -> list[tuple[int, str]]:
    """`n2/9` before `n2/10`."""
    return [(int(part) if part.isdecimal() else 0, part) for part in re.split(r"(\d+)", path)]


def argo_nodes(status: Mapping[str, Any]) -> Mapping[str, Any]:
    """The nodes; Argo compresses them when the object would grow too large (`workflow/packer`)."""
    packed = text(status, "compressedNodes")
    if packed:
        return json.loads(gzip.decompress(base64.b64decode(packed)))
    return section(status, "nodes")


def _pods(workflow: Mapping[str, Any], nodes: Mapping[str, Any]) -> dict[str, tuple[Attempt, ...]]:
    """The attempts by the name of the node that they are attempts of, in their order."""
    named = text(section(workflow, "metadata", "annotations"), _POD_NAMES) != "v1"
    pods = sorted((_number(name), name) for name, node in nodes.items() if node.get("type") == "Pod")
    found: dict[str, tuple[Attempt, ...]] = {}
    for _, name in pods:
        owner = _ATTEMPT.sub("", name)
        attempt = _attempt(nodes[name], _pod_name(workflow["metadata"]["name"], nodes[name]) if named else "")
        found[owner] = (*found.get(owner, ()), attempt)
    return found


def _number(name: str) -> int:
    match = _ATTEMPT.search(name)
    return int(match.group(1)) if match else 0


def _pod_name(workflow: str, node: Mapping[str, Any]) -> str:
    """Argo's name of a node's pod (`workflow/util/pod_name.go`): both ids end with the same hash."""
    return "-".join(filter(None, [workflow, _template(node), node["id"].rpartition("-")[2]]))


def _template(node: Mapping[str, Any]) -> str:
    return text(node, "templateName") or text(section(node, "templateRef"), "template")


def _attempt(node: Mapping[str, Any], pod: str) -> Attempt:
    return Attempt(
        pod=pod or node["id"],
        phase=text(node, "phase"),
        message=text(node, "message"),
        exit_code=text(section(node, "outputs"), "exitCode"),
        started=text(node, "startedAt"),
        finished=text(node, "finishedAt"),
        template=_template(node),
    )


def _step(node: AnyNode, status: Mapping[str, Any], attempts: Sequence[Attempt]) -> StepStatus:
    state = _FINAL.get(text(status, "phase"), "")
    last = max((attempt.finished for attempt in attempts), default="")
    finished = text(status, "finishedAt")
    return StepStatus(
        node=node,
        state=state or _unfinished(attempts),
        message=text(status, "message"),
        seconds=_seconds(text(status, "startedAt"), finished or last),
        finished=finished,
        attempts=tuple(attempts),
    )


def _unfinished(attempts: Sequence[Attempt]) -> str:
    if len(attempts) > 1:
        return "retrying"
    return "running" if any(attempt.has_started for attempt in attempts) else ""


def _seconds(started: str, finished: str) -> float:
    if not started or not finished:
        return 0.0
    return max(0.0, (datetime.fromisoformat(finished) - datetime.fromisoformat(started)).total_seconds())


def changes(before: Snapshot, now: Snapshot) -> Iterator[StepEvent]:
    """The events between two looks; a step that ran in between is also reported as running."""
    for step_id, step in now.steps.items():
        seen = before.steps.get(step_id)
        if not step.state or (seen is not None and _key(seen) == _key(step)):
            continue
        if step.attempts and step.state != "running" and (seen is None or not seen.state):
            yield StepEvent(step=step.step, state="running")
        yield StepEvent(step=step.step, state=step.state, seconds=step.seconds)


def _key(step: StepStatus) -> tuple[str, int]:
    return (step.state, len(step.attempts) if step.state == "retrying" else 0)


def outcome(now: Snapshot) -> tuple[StepEvent, ...]:
    """How each step ended."""
    ended = (step for step in now.steps.values() if step.state in _FINAL.values())
    return tuple(StepEvent(step=step.step, state=step.state, seconds=step.seconds) for step in ended)
