"""Where a run's data lies below its root. Paths are deterministic, so a consumer needs no message from its producer.

<run root>/inputs.pb                      the workflow's inputs, where a back end writes them
<run root>/<node path>/outputs.pb         the committed outputs of a node: the only ones to trust
<run root>/<node path>/error.pb           the error of the latest failed attempt
<run root>/<node path>/attempts/<a>/…     files and tables that attempt `a` wrote
"""

from __future__ import annotations

from jetbridge.store import join


def inputs_uri(run_root: str) -> str:
    """The workflow's inputs."""
    return join(run_root, "inputs.pb")


def outputs_uri(run_root: str, node_path: str) -> str:
    """A node's committed outputs."""
    return join(run_root, node_path, "outputs.pb")


def error_uri(run_root: str, node_path: str) -> str:
    """The error of a node's latest failed attempt."""
    return join(run_root, node_path, "error.pb")


def attempt_prefix(run_root: str, node_path: str, attempt: str) -> str:
    """The folder that belongs to one attempt alone."""
    return join(run_root, node_path, "attempts", attempt)
