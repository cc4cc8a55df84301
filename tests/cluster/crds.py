"""Custom resource definitions, applied and waited for."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from tests.cluster.errors import ClusterError
from tests.cluster.kubernetes import Kubernetes
from tests.cluster.processes import wait_until

ESTABLISHED_SECONDS = 60


def install(kubernetes: Kubernetes, folder: Path) -> None:
    """Apply a folder of definitions and return when the API server serves them all."""
    # They are too large for the annotation of a client-side apply, hence --server-side.
    kubernetes.kubectl("apply", "--server-side", "--force-conflicts", "-f", str(folder))
    if not wait_until(lambda: not waiting(kubernetes, folder), ESTABLISHED_SECONDS):
        names = ", ".join(waiting(kubernetes, folder))
        raise ClusterError(
            f"the API server does not serve {names} after {ESTABLISHED_SECONDS} s",
            "`kubectl describe crd` names the reason.",
        )


def waiting(kubernetes: Kubernetes, folder: Path) -> list[str]:
    """The names of the definitions of a folder that are not established yet."""
    found: dict[str, Any] = json.loads(kubernetes.kubectl("get", "-o", "json", "-f", str(folder)))
    return [item["metadata"]["name"] for item in found.get("items", [found]) if not is_established(item)]


def is_established(definition: dict[str, Any]) -> bool:
    """Whether its condition says so. A new one has no conditions at all, which `kubectl wait` takes for an error."""
    conditions: list[dict[str, str]] = definition.get("status", {}).get("conditions") or []
    return any(one["type"] == "Established" and one["status"] == "True" for one in conditions)
