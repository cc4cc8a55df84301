"""Where a run's data lies below its root. Paths are deterministic, so a consumer needs no message from its producer.

<run root>/inputs.pb                      the workflow's inputs, where a back end writes them
<run root>/<node path>/outputs.pb         the committed outputs of a node: the only ones to trust
<run root>/<node path>/futures.pb         instead of outputs, the workflow that a dynamic task made
<run root>/<node path>/error.pb           the error of the latest failed attempt
<run root>/<node path>/deck.html          the deck of the attempt that committed, else of the latest
<run root>/<node path>/attempts/<a>/…     files and tables that attempt `a` wrote
<run root>/<node path>/checkpoints/<n>/…  what attempt number `n` leaves for later ones
"""

from __future__ import annotations

from jetbridge.store import join


def inputs_uri(run_root: str) -> str:
    """The workflow's inputs."""
    return join(run_root, "inputs.pb")


def outputs_uri(run_root: str, node_path: str) -> str:
    """A node's committed outputs."""
    return join(run_root, node_path, "outputs.pb")


def futures_uri(run_root: str, node_path: str) -> str:
    """The workflow that a dynamic task made."""
    return join(run_root, node_path, "futures.pb")


def error_uri(run_root: str, node_path: str) -> str:
    """The error of a node's latest failed attempt."""
    return join(run_root, node_path, "error.pb")


def deck_uri(run_root: str, node_path: str) -> str:
    """A node's deck."""
    return join(run_root, node_path, "deck.html")


def attempt_prefix(run_root: str, node_path: str, attempt: str) -> str:
    """The folder that belongs to one attempt alone."""
    return join(run_root, node_path, "attempts", attempt)


def checkpoints_prefix(run_root: str, node_path: str) -> str:
    """The folder with the checkpoints of a node's attempts."""
    return join(run_root, node_path, "checkpoints")
