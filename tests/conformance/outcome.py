"""What a run came to, in a form that can be compared between engines and kept as a golden."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from jetbridge.errors import RunError
from jetbridge.idl import ContainerError, ErrorDocument, ExecutionError, Literal
from jetbridge.runtime.layout import error_uri, inputs_uri, outputs_uri
from jetbridge.store import Store
from jetbridge.types.digest import content_digest
from jetbridge.types.json_codec import to_json


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """A node's error: its class as Flyte names it."""

    node: str
    code: str
    kind: str
    origin: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """How a run ended.

    Attributes:
        succeeded: Whether the engine calls it a success.
        nodes: The nodes whose outputs are committed.
        failures: The nodes that ended with an error.
        digests: Each output's content: values by value, files and directories by bytes, data frames by cells.
        values: The outputs for a reader.
        error: What the user was told.
    """

    succeeded: bool
    nodes: tuple[str, ...]
    failures: tuple[Failure, ...]
    digests: Mapping[str, str] = field(default_factory=dict[str, str])
    values: Mapping[str, object] = field(default_factory=dict[str, object])
    error: str = ""


def success(store: Store, folder: str, outputs: Mapping[str, Literal]) -> Outcome:
    """The outcome of a run that has outputs.

    Args:
        store: Where the run's data lies.
        folder: The URI below which there is this run alone.
        outputs: The workflow's outputs.
    """
    digests = {name: content_digest(store, literal) for name, literal in outputs.items()}
    values = {name: _readable(literal, folder, digests[name]) for name, literal in outputs.items()}
    nodes, failures = _nodes(store, folder)
    return Outcome(succeeded=True, nodes=nodes, failures=failures, digests=digests, values=values)


def failure(store: Store, folder: str, error: RunError) -> Outcome:
    """The outcome of a run that ended with an error."""
    nodes, failures = _nodes(store, folder)
    return Outcome(succeeded=False, nodes=nodes, failures=failures, error=error.message)


def _readable(literal: Literal, folder: str, digest: str) -> object:
    """JSON; the digest of what lies in the store, because its place differs from run to run."""
    value = to_json(literal)
    return digest if folder in json.dumps(value) else value


def _nodes(store: Store, folder: str) -> tuple[tuple[str, ...], tuple[Failure, ...]]:
    objects = set(store.list(folder))
    root = min((uri.rpartition("/")[0] for uri in objects if uri == inputs_uri(uri.rpartition("/")[0])), key=len)
    paths = sorted({uri.removeprefix(f"{root}/").rpartition("/")[0] for uri in objects} - {""})
    done = tuple(path for path in paths if outputs_uri(root, path) in objects)
    failed = (path for path in paths if path not in done and error_uri(root, path) in objects)
    return done, tuple(_failure(store, root, path) for path in failed)


def _failure(store: Store, root: str, path: str) -> Failure:
    error = ErrorDocument.FromString(store.read(error_uri(root, path))).error
    return Failure(
        node=path,
        code=error.code,
        kind=ContainerError.Kind.Name(error.kind),
        origin=ExecutionError.ErrorKind.Name(error.origin),
    )


def golden_text(outcome: Outcome) -> str:
    """The outcome for a golden file."""
    failures = [f"{one.node}: {one.code} {one.kind} {one.origin}" for one in outcome.failures]
    record = {
        "succeeded": outcome.succeeded,
        "nodes": list(outcome.nodes),
        "failures": failures,
        "outputs": outcome.values,
    }
    return json.dumps(record, indent=2, sort_keys=True) + "\n"


def differences(expected: Outcome, found: Outcome) -> Iterator[str]:
    """Where two runs of one case differ."""
    if expected.succeeded != found.succeeded:
        yield f"succeeded: {found.succeeded} {found.error}"
    if expected.failures != found.failures:
        yield f"failures: {found.failures} instead of {expected.failures}"
    if expected.nodes != found.nodes and expected.succeeded:
        yield f"committed nodes: {found.nodes} instead of {expected.nodes}"
    for name in sorted(expected.digests.keys() | found.digests.keys()):
        if expected.digests.get(name) != found.digests.get(name):
            yield f"output {name!r}: {found.values.get(name)!r} instead of {expected.values.get(name)!r}"


def surprises(outcome: Outcome, fails: bool, says: str) -> Iterator[str]:
    """Where a run did not end as its case says, or its user was not told why it failed.

    A node may fail in a run that succeeds: an element of a map that need not succeed as a whole.
    """
    if outcome.succeeded is fails:
        yield f"succeeded: {outcome.succeeded} {outcome.error}"
    if not outcome.succeeded and outcome.failures:
        if not any(f"[{failed.code}]" in outcome.error for failed in outcome.failures):
            yield f"the message names none of {outcome.failures}: {outcome.error}"
    elif fails and not says:
        yield f"no node has an error: {outcome.error}"
    if says not in outcome.error:
        yield f"{says!r} is not in the message: {outcome.error}"
