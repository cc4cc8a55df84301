"""Answers of persons as changes of a Workflow's status, as `argo node set` makes them, with no Argo server.

A Workflow has no status subresource, so the right to patch workflows is enough (Argo `workflow/util/util.go`,
`updateSuspendedNode`).
"""

from __future__ import annotations

import base64
import gzip
import json
import os
import time
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from jetbridge.bindings import AttrPath
from jetbridge.errors import RunError
from jetbridge.idl import Literal
from jetbridge.runtime.control_values import control_text
from jetbridge.types.attributes import get_attribute
from jetbridge_translators.argo.cluster import CONFLICT, FORBIDDEN, NOT_FOUND, ApiError, Cluster
from jetbridge_translators.argo.connect import connect
from jetbridge_translators.argo.objects import section, text
from jetbridge_translators.argo.options import read_options
from jetbridge_translators.argo.places import places_of
from jetbridge_translators.argo.status import argo_nodes
from jetbridge_translators.base import Answer, StartedRun
from jetbridge_translators.plan.model import Gate, Signal

_TRIES = 8
_PAUSE = 0.2


def is_waiting(run: StartedRun, gate: Gate) -> bool:
    """Whether the gate's node is suspended. Raises `RunError` when Kubernetes does not tell."""
    try:
        workflow, _ = _cluster(run).workflow(run.run_id)
    except ApiError as error:
        raise _lost(run, error) from error
    return waiting_node(workflow, run, gate) is not None


def tell(run: StartedRun, gate: Gate, answer: Answer) -> None:
    """Lets the Workflow go on, or fails the gate. Raises `RunError`."""
    tell_cluster(_cluster(run), run, gate, answer)


def tell_cluster(cluster: Cluster, run: StartedRun, gate: Gate, answer: Answer) -> None:
    """As `tell`; a change that comes in between is met by another try."""
    for attempt in range(_TRIES):
        try:
            workflow, _ = cluster.workflow(run.run_id)
            node = waiting_node(workflow, run, gate)
            if node is None:
                raise RunError(
                    f"gate {gate.path!r} of {run.run_id!r} does not wait any more",
                    hint="Its answer is in the store: `jetbridge recover` uses it.",
                )
            return cluster.change(run.run_id, change(workflow, answered(node, run, gate, answer)))
        except ApiError as error:
            passes = error.passes or error.status == CONFLICT
            if not passes or attempt == _TRIES - 1:
                raise _lost(run, error) from error
        time.sleep(_PAUSE * 2**attempt)
    return None


def _cluster(run: StartedRun) -> Cluster:
    return connect(read_options(run.settings).namespace, {**os.environ, **run.settings.connection})


def waiting_node(workflow: Mapping[str, Any], run: StartedRun, gate: Gate) -> Mapping[str, Any] | None:
    """The suspended node of a gate; None when it does not wait."""
    # Late, because the templates load Hera, which takes a second.
    from jetbridge_translators.argo.gates import WAIT

    names = {
        f"{workflow['metadata']['name']}.{name}.{WAIT}"
        for name, node in places_of(run.plan).nodes.items()
        if node.path == gate.path
    }
    found = (node for node in argo_nodes(section(workflow, "status")).values() if node["name"] in names)
    return next((node for node in found if text(node, "phase") == "Running"), None)


def answered(node: Mapping[str, Any], run: StartedRun, gate: Gate, answer: Answer) -> dict[str, Any]:
    """The node as it is after the answer."""
    ended = {**node, "finishedAt": datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")}
    if answer.rejection:
        return {**ended, "phase": "Failed", "message": answer.rejection}
    values = supplied(run.run_root, gate, answer.value)
    parameters = [{"name": name, "value": value} for name, value in values.items()]
    outputs = {**section(node, "outputs"), "parameters": parameters}
    return {**ended, "phase": "Succeeded", "outputs": outputs, "message": "answered by jetbridge"}


def supplied(run_root: str, gate: Gate, value: Literal | None) -> dict[str, str]:
    """What the suspended template of a gate is given."""
    from jetbridge_translators.argo.controls import output_name
    from jetbridge_translators.argo.gates import ANSWERED, APPROVED, YES

    if not isinstance(gate.wait, Signal) or value is None:
        return {APPROVED: YES}
    told = {output_name(each): _told(each.kind, value, each.attr_path) for each in gate.controls}
    return {ANSWERED: f"{run_root}/{gate.path}", **told}


def _told(kind: str, value: Literal, path: AttrPath) -> str:
    return control_text(kind, get_attribute(value, path))


def change(workflow: Mapping[str, Any], node: Mapping[str, Any]) -> dict[str, Any]:
    """What puts a node in; Kubernetes refuses it where the Workflow has changed meanwhile."""
    status = section(workflow, "status")
    packed = {"compressedNodes": _packed({**argo_nodes(status), node["id"]: node})}
    plain = {"nodes": {node["id"]: node}}
    version = {"resourceVersion": workflow["metadata"]["resourceVersion"]}
    return {"metadata": version, "status": packed if text(status, "compressedNodes") else plain}


def _packed(nodes: Mapping[str, Any]) -> str:
    return base64.b64encode(gzip.compress(json.dumps(nodes).encode(), mtime=0)).decode()


def _lost(run: StartedRun, error: ApiError) -> RunError:
    hints = {
        NOT_FOUND: "It was deleted, or runs in another namespace (`--namespace`).",
        FORBIDDEN: "The role needs list and patch on workflows.argoproj.io.",
    }
    return RunError(
        f"the workflow {run.run_id!r} on Argo cannot be answered: {error.message}",
        hint=hints.get(error.status, "Try again; the answer is kept in the store."),
    )
