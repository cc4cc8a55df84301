"""Hands a Workflow to Kubernetes."""

from __future__ import annotations

import time
from collections.abc import Mapping

from jetbridge.errors import RunError
from jetbridge_translators.argo.cluster import (
    CONFLICT,
    FORBIDDEN,
    NO_ANSWER,
    NOT_FOUND,
    UNAUTHORIZED,
    ApiError,
    Cluster,
)
from jetbridge_translators.argo.yaml_text import Tree

_TRIES = 5
_PAUSE = 0.5
_HINTS = {
    NO_ANSWER: "Check that KUBECONFIG names a cluster that runs and can be reached from here.",
    UNAUTHORIZED: "Log in again: the credentials in KUBECONFIG have expired or are not the cluster's.",
    FORBIDDEN: "The role needs create, list, watch and patch on workflows.argoproj.io, and get on pods/log.",
    NOT_FOUND: "Install Argo Workflows, and check the namespace (`--namespace`).",
}


def submit(cluster: Cluster, workflow: Mapping[str, Tree]) -> None:
    """Creates a Workflow; its name is new, so a second try can only meet the first. Raises `RunError`."""
    for attempt in range(_TRIES):
        try:
            return cluster.create(workflow)
        except ApiError as error:
            if error.status == CONFLICT and attempt:
                return None
            if not error.passes or attempt == _TRIES - 1:
                raise RunError(
                    f"Kubernetes did not take the workflow: {error.message}", hint=_HINTS.get(error.status, "")
                ) from error
        time.sleep(_PAUSE * 2**attempt)
    return None
