"""The resources of the task's own container in a pod, by Kubernetes' names."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from jetbridge.errors import JetbridgeError
from jetbridge_translators.plan.quantities import GPU, amount, completed

Amounts = dict[str, str]


def amounts(task: str, resources: Mapping[str, Any]) -> tuple[Amounts, Amounts]:
    """Requests and limits as propeller completes them. Raises `JetbridgeError` for what is no quantity.

    Example:
        >>> amounts("t", {"requests": {"cpu": 1}, "limits": {"gpu": "1"}})
        ({'cpu': '1'}, {'nvidia.com/gpu': '1'})
    """
    return completed(_quantities(task, resources, "requests"), _quantities(task, resources, "limits"))


def _quantities(task: str, resources: Mapping[str, Any], kind: str) -> Amounts:
    """Flytekit writes `gpu` and drops nothing; propeller renames it, and drops what is zero."""
    found: Mapping[str, Any] = resources.get(kind) or {}
    named = {GPU if name == "gpu" else name: str(value) for name, value in found.items()}
    for name, value in named.items():
        try:
            amount(value)
        except ValueError as error:
            raise JetbridgeError(
                f"the pod of task {task!r} asks for {value!r} of {name}, which is no quantity",
                hint="Write it as Kubernetes does: 2, 500m, 1.5Gi.",
            ) from error
    return {name: value for name, value in named.items() if amount(value)}
