"""Where a run's data lies below its root. Paths are deterministic, so a consumer needs no message from its producer.

<run root>/run.json                       what was started, and where: for verbs that come later
<run root>/log.jsonl                      what its nodes printed, where a verb has followed it to its end
<run root>/end.json                       how the run ended, and what the engine says of its attempts
<run root>/inputs.pb                      the workflow's inputs, where a back end writes them
<run root>/<node path>/outputs.pb         the committed outputs of a node: the only ones to trust
<run root>/<node path>/futures.pb         instead of outputs, the workflow that a dynamic task made
<run root>/<node path>/error.pb           the error of the latest failed attempt
<run root>/<node path>/waiting            a gate of a local run waits for an answer, or has waited
<run root>/<node path>/deck.html          the deck of the attempt that committed, else of the latest
<run root>/<node path>/attempts/<a>/…     files and tables that attempt `a` wrote
<run root>/<node path>/checkpoints/<n>/…  what attempt number `n` leaves for later ones
<run root>/<node path>/records/<a>.json   when attempt `a` did what, and what it used: for reports alone
"""

from __future__ import annotations

from jetbridge.store import join, normalize_uri


def record_uri(run_root: str) -> str:
    """What was started, and where."""
    return join(run_root, "run.json")


def log_uri(run_root: str) -> str:
    """What the nodes of a run printed."""
    return join(run_root, "log.jsonl")


def end_uri(run_root: str) -> str:
    """How the run ended."""
    return join(run_root, "end.json")


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


def waiting_uri(run_root: str, node_path: str) -> str:
    """The mark of a gate that waits."""
    return join(run_root, node_path, "waiting")


def deck_uri(run_root: str, node_path: str) -> str:
    """A node's deck."""
    return join(run_root, node_path, "deck.html")


def attempt_prefix(run_root: str, node_path: str, attempt: str) -> str:
    """The folder that belongs to one attempt alone."""
    return join(run_root, node_path, "attempts", attempt)


def attempt_record_uri(run_root: str, node_path: str, attempt: str) -> str:
    """When an attempt did what."""
    return join(run_root, node_path, "records", f"{attempt}.json")


def failures_prefix(run_root: str, node_path: str) -> str:
    """The folder with an empty object for each recoverable failure of a node."""
    return join(run_root, node_path, "failures")


def outputs_beside(uri: str) -> str:
    """The outputs of the node whose attempt wrote a file; empty for a file of no attempt.

    Example:
        >>> outputs_beside("s3://b/runs/run-1/n0/attempts/0-1f/parts")
        's3://b/runs/run-1/n0/outputs.pb'
    """
    node, found, _ = uri.rpartition("/attempts/")
    return join(node, "outputs.pb") if found else ""


def cache_prefix(root: str) -> str:
    """The cache of a store, beside the runs."""
    return join(normalize_uri(root), "cache")


def checkpoints_prefix(run_root: str, node_path: str) -> str:
    """The folder with the checkpoints of a node's attempts."""
    return join(run_root, node_path, "checkpoints")
