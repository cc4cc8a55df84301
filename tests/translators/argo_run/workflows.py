"""Workflows as Kubernetes tells of them."""

from __future__ import annotations

import base64
import gzip
import json
from typing import Any

from tests.translators.argo.plans import step as planned

TASKS = {"n0": planned("n0", name="load"), "n1": planned("n1", name="fit")}.get
START = "2026-01-02T03:04:05Z"
END = "2026-01-02T03:04:15Z"


def node(name: str, kind: str, phase: str, number: int, **more: Any) -> dict[str, Any]:
    """A node of a Workflow `w`."""
    return {
        "id": f"w-{number}",
        "name": name,
        "type": kind,
        "phase": phase,
        "templateName": "load",
        "startedAt": START,
        **more,
    }


def workflow(*nodes: dict[str, Any], phase: str = "Running", packed: bool = False, **metadata: Any) -> dict[str, Any]:
    """The object; `packed` as Argo stores the nodes of a large one."""
    by_id = {item["id"]: item for item in nodes}
    text = base64.b64encode(gzip.compress(json.dumps(by_id).encode())).decode()
    stored = {"compressedNodes": text} if packed else {"nodes": by_id}
    return {"metadata": {"name": "w", "resourceVersion": "7", **metadata}, "status": {"phase": phase, **stored}}


def attempt(number: int, phase: str, **more: Any) -> dict[str, Any]:
    """A pod of the step `n0`."""
    return node(f"w.n0({number})", "Pod", phase, 100 + number, **more)


def step(phase: str, **more: Any) -> dict[str, Any]:
    """The node of the step `n0`."""
    return node("w.n0", "Retry", phase, 10, **more)
